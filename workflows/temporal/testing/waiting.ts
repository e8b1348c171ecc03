/** What every scenario waits for: a phase, a whole first sync, a command's end. */
import type { RingTarget } from "../../client.ts";
import type { Engine } from "./engine.ts";
import type { Script } from "./fake-source.ts";
import type { Row } from "./merchant.ts";
import { until } from "./until.ts";

export type Scenario = (engine: Engine) => Promise<RingTarget>;

export const rowUntil = ({ merchant }: Engine, target: RingTarget, holds: (row: Row) => boolean) =>
  until(
    () => merchant.row(target),
    (row) => row !== undefined && holds(row),
  );

export const phaseUntil = (engine: Engine, target: RingTarget, phase: string) =>
  rowUntil(engine, target, (row) => row.phase === phase);

export const synced = (row: Row) => row.phase === "LIVE" && row.backfill === "done" && row.lastSuccessAt !== null;

export async function connected(
  engine: Engine,
  script: Partial<Script> = {},
  platform = "shopify",
): Promise<RingTarget> {
  const target = await engine.merchant.connect({ platform });
  engine.source.when(target.datasourceId, script);
  await engine.merchant.comeBack(target);
  await rowUntil(engine, target, synced);
  return target;
}

export async function syncsAgain(engine: Engine, target: RingTarget): Promise<void> {
  const before = (await engine.merchant.row(target))?.lastSuccessAt?.getTime() ?? 0;
  await rowUntil(engine, target, (row) => (row.lastSuccessAt?.getTime() ?? 0) > before);
}

/** What has ended otherwise is not waited for. */
export async function commandUntil(engine: Engine, id: string, state = "done"): Promise<void> {
  const read = async () =>
    (
      await engine.merchant.sql<{ state: string; outcome: object | null }[]>`
      select state, outcome from commands where id = ${id}`
    )[0];
  const ended = await until(read, (seen) => seen !== undefined && seen.state !== "accepted");
  if (ended?.state !== state) throw new Error(`It ended ${JSON.stringify(ended)}, and not ${state}`);
}

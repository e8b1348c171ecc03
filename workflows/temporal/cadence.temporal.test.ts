import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { RingTarget } from "../client.ts";
import { FAST, startEngine } from "./testing/engine.ts";
import type { Engine } from "./testing/engine.ts";
import { commandUntil, connected } from "./testing/scenarios.ts";
import { until } from "./testing/until.ts";

/** Hours are hours here: the row's own cadence decides, as it does for merchants. */
let engine: Engine;
beforeAll(async () => {
  const { intervalMs: _none, ...durations } = FAST;
  engine = await startEngine({
    postgresUrl: inject("postgresUrl"),
    temporalAddress: inject("temporalAddress"),
    durations,
  });
  await engine.startWorkers();
});
afterAll(() => engine.close());

const syncs = async ({ datasourceId }: RingTarget) =>
  (
    await engine.merchant
      .sql`select 1 from runs where datasource_id = ${datasourceId} and kind = 'sync' and finished_at is not null`
  ).length;
const nextRunAt = async ({ datasourceId }: RingTarget) =>
  (
    await engine.merchant.sql<
      { at: Date | null }[]
    >`select next_run_at as at from datasources where id = ${datasourceId}`
  )[0]?.at?.getTime() ?? 0;

test("a shorter cadence moves the next wake, and a longer one moves it back", async () => {
  const target = await connected(engine);
  const before = await syncs(target);
  await until(
    () => nextRunAt(target),
    (at) => at > Date.now() + 5_000, // an hour's point that is not about to come by itself
    20_000,
  );
  await commandUntil(engine, await engine.merchant.command(target, "setCadence", "cadence_ms = 2000"));
  await until(
    () => syncs(target),
    (count) => count >= before + 2,
    20_000,
  );
  await commandUntil(engine, await engine.merchant.command(target, "setCadence", "cadence_ms = 86400000"));
  await until(
    () => nextRunAt(target),
    (at) => at > Date.now() + 60_000,
    20_000,
  );
});

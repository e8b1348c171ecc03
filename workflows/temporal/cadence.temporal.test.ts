import { afterAll, beforeAll, inject, test } from "vitest";
import { datasourceWorkflowId } from "../client.ts";
import type { RingTarget } from "../client.ts";
import { FAST, startEngine } from "./testing/engine.ts";
import type { Engine } from "./testing/engine.ts";
import { historyOf } from "./testing/histories.ts";
import { commandUntil, connected } from "./testing/waiting.ts";
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

/** So long that its next point is not about to come by itself. */
const longMs = 30 * 86_400_000;

const syncs = async ({ datasourceId }: RingTarget) =>
  (
    await engine.merchant
      .sql`select 1 from runs where datasource_id = ${datasourceId} and kind = 'sync' and finished_at is not null`
  ).length;
/** How long the workflow sleeps now. */
async function sleepingMs({ datasourceId }: RingTarget): Promise<number> {
  const { history } = await historyOf(engine.client, datasourceWorkflowId(datasourceId));
  const timer = (history.events ?? []).findLast((event) => event.timerStartedEventAttributes != null);
  return Number(timer?.timerStartedEventAttributes?.startToFireTimeout?.seconds ?? 0) * 1_000;
}

test("a shorter cadence wakes it sooner, and a longer one lets it sleep", async () => {
  const target = await connected(engine);
  const before = await syncs(target);
  await commandUntil(engine, await engine.merchant.command(target, "setCadence", "cadence_ms = 2000"));
  await until(
    () => syncs(target),
    (count) => count >= before + 2,
  );
  await commandUntil(engine, await engine.merchant.command(target, "setCadence", `cadence_ms = ${longMs}`));
  await until(
    () => sleepingMs(target),
    (ms) => ms > 10_000,
  );
});

test("the first spot check waits for no point of the rhythm", async () => {
  const target = await connected(engine, {}, "klaviyo");
  await until(
    async () => engine.source.callsOf(target.datasourceId),
    (calls) => calls.includes("spotCheck:1"),
  );
});

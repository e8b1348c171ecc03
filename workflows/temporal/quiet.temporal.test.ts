import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { datasourceWorkflowId } from "../client.ts";
import type { RingTarget } from "../client.ts";
import { FAST, startEngine } from "./testing/engine.ts";
import type { Engine } from "./testing/engine.ts";
import { historyOf } from "./testing/histories.ts";
import { until } from "./testing/until.ts";
import { commandUntil, connected, phaseUntil, rowUntil, synced, syncsAgain } from "./testing/waiting.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine({
    postgresUrl: inject("postgresUrl"),
    temporalAddress: inject("temporalAddress"),
    // Its cycles are counted by nothing here: a run of the workflow that ends hides how long it sleeps.
    durations: { ...FAST, canEvery: 1_000 },
  });
  await engine.startWorkers();
});
afterAll(() => engine.close());

/** By the clock of the organisation, six hours ago to six hours on. */
function hoursThatLast(): string {
  const clock = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Kolkata", hour: "2-digit", minute: "2-digit" });
  const [hour = 0, minute = 0] = clock.format(Date.now()).split(":").map(Number);
  const at = (hours: number): number => (hour * 60 + minute + hours * 60 + 1_440) % 1_440;
  return `quiet_from = ${at(-6)}, quiet_to = ${at(6)}, quiet_by = '{"kind":"system","name":"test"}', quiet_since = now()`;
}
const NONE = "quiet_from = null, quiet_to = null, quiet_by = null, quiet_since = null";
const set = async (target: RingTarget, change: string) =>
  commandUntil(engine, await engine.merchant.command(target, "setQuietHours", change));

/** The timer that it has begun last: how long it sleeps now. */
async function sleepingMs({ datasourceId }: RingTarget): Promise<number> {
  const { history } = await historyOf(engine.client, datasourceWorkflowId(datasourceId));
  const timer = (history.events ?? []).findLast((event) => event.timerStartedEventAttributes != null);
  return Number(timer?.timerStartedEventAttributes?.startToFireTimeout?.seconds ?? 0) * 1_000;
}
const sleepsTillTheyEnd = (target: RingTarget) =>
  until(
    () => sleepingMs(target),
    (ms) => ms > 5 * 3_600_000,
  );

test("in quiet hours no sync begins by itself; one that is asked for runs; taken away, it goes on", async () => {
  const target = await connected(engine);
  await set(target, hoursThatLast());
  await sleepsTillTheyEnd(target);
  const asked = await engine.merchant.command(target, "syncNow");
  await commandUntil(engine, asked);
  await sleepsTillTheyEnd(target);
  await set(target, NONE);
  await syncsAgain(engine, target);
});

test("a history rests in them, days that are wanted first are read, and it ends when they are taken away", async () => {
  const { merchant, source } = engine;
  let given: (position: number) => boolean = (position) => position < 2;
  const target = await merchant.connect();
  source.when(target.datasourceId, {
    slice: ({ position }) => (given(position) ? { kind: "done" } : { kind: "throttled", forMs: 500 }),
  });
  await merchant.comeBack(target);
  await phaseUntil(engine, target, "LIVE");
  await set(target, hoursThatLast());
  await sleepsTillTheyEnd(target);
  given = () => true;
  const slices = () => merchant.sql<{ position: number; priority: number; state: string; to: string }[]>`
    select position, priority, state, to_at::date::text as to from slices
    where datasource_id = ${target.datasourceId} order by position`;
  const open = (await slices()).filter(({ state }) => state !== "done");
  expect(open.length).toBeGreaterThan(1);
  const to = open.at(-1)?.to ?? "";
  await commandUntil(engine, await merchant.command(target, "bringForward", "", { args: { from: to, to } }));
  await until(slices, (seen) => {
    const wanted = seen.filter(({ priority }) => priority > 0);
    return wanted.length > 0 && wanted.every(({ state }) => state === "done");
  });
  expect((await slices()).some(({ state, priority }) => priority === 0 && state !== "done")).toBe(true);
  await set(target, NONE);
  await rowUntil(engine, target, synced);
});

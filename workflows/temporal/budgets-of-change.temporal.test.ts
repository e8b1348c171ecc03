// What a person's wish for another history, or another source, costs the entity in events, besides its child's own.
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { datasourceWorkflowId } from "../client.ts";
import type { RingTarget } from "../client.ts";
import { dayAgo } from "../load/testing/days.ts";
import { cheapest } from "./testing/cheapest.ts";
import { FAST, startEngine } from "./testing/engine.ts";
import type { Engine } from "./testing/engine.ts";
import type { Script } from "./testing/fake-source.ts";
import { historyOf, isAtRest, isUnderWay } from "./testing/histories.ts";
import { commandUntil } from "./testing/waiting.ts";
import { until } from "./testing/until.ts";

/** A row may only grow with a reason in the commit that grows it. */
const BUDGET = { bringForward: 12, extendHistory: 60, replacedToItsEnd: 55 };

let engine: Engine;
beforeAll(async () => {
  // Hours are hours here: no wake falls into what is counted.
  const durations = { ...FAST, canEvery: 1_000, intervalMs: 3_600_000 };
  engine = await startEngine({
    postgresUrl: inject("postgresUrl"),
    temporalAddress: inject("temporalAddress"),
    durations,
  });
  await engine.startWorkers();
});
afterAll(() => engine.close());

const eventsOf = async (target: RingTarget): Promise<readonly string[]> =>
  (await historyOf(engine.client, datasourceWorkflowId(target.datasourceId))).types;
const dayBack = (days: number): string => dayAgo("Asia/Kolkata", days);
const ofChild = (type: string) => /[cC]hild|ExternalWorkflow|signalExternal/.test(type);

async function atRest(script: Partial<Script>, holds: string): Promise<{ target: RingTarget; before: number }> {
  const target = await engine.merchant.connect();
  engine.source.when(target.datasourceId, script);
  await engine.merchant.comeBack(target);
  await until(
    () => engine.merchant.row(target),
    (row) => row?.phase === "LIVE" && row.lastSuccessAt !== null && row.backfill === holds,
  );
  const resting = await until(() => eventsOf(target), holds === "done" ? isAtRest : (types) => !isUnderWay(types));
  return { target, before: resting.length };
}

const since = async (target: RingTarget, before: number, last: string): Promise<string[]> => {
  const types = await until(
    () => eventsOf(target),
    (seen) => seen.length > before && seen.at(-1) === last,
  );
  return types.slice(before).filter((type) => !ofChild(type));
};

test("days that are wanted first", async () => {
  const script: Partial<Script> = {
    slice: ({ position }) => (position < 2 ? { kind: "done" } : { kind: "throttled", forMs: 60_000 }),
  };
  const cost = await cheapest(BUDGET.bringForward, async () => {
    const { target, before } = await atRest(script, "running");
    const args = { from: dayBack(320), to: dayBack(260) };
    await commandUntil(engine, await engine.merchant.command(target, "bringForward", "", { args }));
    return (await since(target, before, "timerStarted")).length;
  });
  expect(cost).toBeLessThanOrEqual(BUDGET.bringForward);
});

test("history further back", async () => {
  const cost = await cheapest(BUDGET.extendHistory, async () => {
    const { target, before } = await atRest({}, "done");
    const args = { from: "2020-01-01" };
    await commandUntil(engine, await engine.merchant.command(target, "extendHistory", "", { args }));
    await until(
      () => engine.merchant.row(target),
      (row) => row?.backfill === "done",
    );
    return (await since(target, before, "timerStarted")).length;
  });
  expect(cost).toBeLessThanOrEqual(BUDGET.extendHistory);
});

test("another one in its place, up to its end", async () => {
  const cost = await cheapest(BUDGET.replacedToItsEnd, async () => {
    const { target, before } = await atRest({}, "done");
    const next = await engine.merchant.connect({ replaces: target });
    const args = { replacement: next.datasourceId };
    const asked = await engine.merchant.command(target, "replace", "", { args });
    // It has read that, and sleeps: what the ring below wakes is this run and no other.
    await since(target, before, "timerStarted");
    await engine.merchant.comeBack(next);
    await commandUntil(engine, asked);
    // The outbox's sender is not part of this stand.
    const row = await engine.merchant.row(target);
    await engine.ringer.ring(target, (row?.generation ?? 0) + 1_000);
    return (await since(target, before, "workflowExecutionCompleted")).length;
  });
  expect(cost).toBeLessThanOrEqual(BUDGET.replacedToItsEnd);
});

import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { datasourceWorkflowId } from "../client.ts";
import type { RingTarget } from "../client.ts";
import { cheapest } from "./testing/cheapest.ts";
import { FAST, startEngine } from "./testing/engine.ts";
import { until } from "./testing/until.ts";
import type { Engine } from "./testing/engine.ts";
import { cycleCosts, historyOf, isAtRest } from "./testing/histories.ts";
import type { History } from "./testing/histories.ts";

/** Events of a history that a scenario may cost. A row may only grow with a reason in the commit that grows it. */
const BUDGET = {
  attemptNobodyFinishes: 25,
  // The difference of two lives, each of which may wake once more for a ring that comes alone: 19, and 3 either way.
  choosingAnAccount: 22,
  credentialToLive: 40,
  idleCycle: 11,
  disconnect: 45,
};

/** One with hours of two seconds, one whose hours are hours: there no wake falls into what is counted. */
let engine: Engine;
let calm: Engine;
beforeAll(async () => {
  const servers = { postgresUrl: inject("postgresUrl"), temporalAddress: inject("temporalAddress") };
  engine = await startEngine({ ...servers, durations: { ...FAST, canEvery: 1_000 } });
  calm = await startEngine({ ...servers, durations: { ...FAST, canEvery: 1_000, intervalMs: 3_600_000 } });
  await Promise.all([engine.startWorkers(), calm.startWorkers()]);
});
afterAll(() => Promise.all([engine.close(), calm.close()]));

const eventsOf = async (target: RingTarget, of = engine): Promise<readonly string[]> =>
  (await historyOf(of.client, datasourceWorkflowId(target.datasourceId))).types;

const ofChild = (type: string) => /[cC]hild|ExternalWorkflow|signalExternal/.test(type);

const indexOfActivity = (history: History, name: string): number =>
  (history.events ?? []).findIndex((event) => event.activityTaskScheduledEventAttributes?.activityType?.name === name);

/** All but the child's, from the click on. */
async function eventsToLive(target: RingTarget): Promise<number> {
  const { history, types } = await historyOf(calm.client, datasourceWorkflowId(target.datasourceId));
  return types.slice(0, indexOfActivity(history, "applyTransition") + 1).filter((type) => !ofChild(type)).length;
}

async function connected(of = engine): Promise<RingTarget> {
  const target = await of.merchant.connect();
  await of.merchant.comeBack(target);
  await until(
    () => of.merchant.row(target),
    (row) => row?.phase === "LIVE" && row.lastSuccessAt !== null,
  );
  return target;
}

describe("events of a history, up to live", () => {
  test("an attempt that nobody finishes", async () => {
    const cost = await cheapest(BUDGET.attemptNobodyFinishes, async () => {
      const target = await engine.merchant.connect({ forMs: 2_000 });
      const types = await until(
        () => eventsOf(target),
        (seen) => seen.at(-1) === "workflowExecutionCompleted",
      );
      return types.length;
    });
    expect(cost).toBeLessThanOrEqual(BUDGET.attemptNobodyFinishes);
  });

  test("from credential to live, besides the child", async () => {
    const cost = await cheapest(BUDGET.credentialToLive, async () => {
      const target = await calm.merchant.connect();
      const before = await until(
        () => eventsOf(target, calm),
        (types) => types.includes("timerStarted"),
      );
      await calm.merchant.comeBack(target);
      await until(
        () => calm.merchant.row(target),
        (row) => row?.phase === "LIVE",
      );
      const { history, types } = await historyOf(calm.client, datasourceWorkflowId(target.datasourceId));
      const written = indexOfActivity(history, "applyTransition"); // what follows it is the first sync
      return types.slice(before.length, written + 1).filter((type) => !ofChild(type)).length;
    });
    expect(cost).toBeLessThanOrEqual(BUDGET.credentialToLive);
  });

  test("choosing an account costs little more", async () => {
    const more = await cheapest(BUDGET.choosingAnAccount, async () => {
      const target = await calm.merchant.connect({ platform: "meta-ads" });
      await calm.merchant.comeBack(target);
      await until(
        () => eventsOf(target, calm),
        (types) => calm.source.callsOf(target.datasourceId).includes("listAccounts") && types.at(-1) === "timerStarted",
      );
      await calm.merchant
        .sql`update account_candidates set state = 'chosen' where datasource_id = ${target.datasourceId}`;
      await calm.merchant.command(target, "chooseAccount");
      await until(
        () => calm.merchant.row(target),
        (row) => row?.phase === "LIVE",
      );
      const plain = await eventsToLive(await connected(calm));
      return (await eventsToLive(target)) - plain;
    });
    expect(more).toBeLessThanOrEqual(BUDGET.choosingAnAccount);
  });
});

describe("events of a history, while it lives and at its end", () => {
  test("an idle cycle costs exactly eleven", async () => {
    const target = await connected();
    // A machine that is busy makes a cycle late, and a late one costs more; the next is in time.
    const costs = await until(
      async () => cycleCosts(await eventsOf(target)),
      (seen) => seen.length >= 3 && Math.min(...seen) <= BUDGET.idleCycle,
    );
    expect(Math.min(...costs)).toBe(BUDGET.idleCycle);
  });

  test("a paused datasource costs none", async () => {
    const target = await connected();
    await engine.merchant.command(target, "pause");
    await until(
      () => engine.merchant.row(target),
      (row) => row?.phase === "PAUSED",
    );
    const atRest = await until(() => eventsOf(target), isAtRest);
    // Another source lives through three cycles meanwhile.
    const other = await connected();
    await until(
      () => eventsOf(other),
      (types) => types.filter((type) => type === "timerFired").length >= 3,
    );
    expect(await eventsOf(target)).toEqual(atRest);
  });

  test("a disconnect, with its undo and its end", async () => {
    const cost = await cheapest(BUDGET.disconnect, async () => {
      const target = await connected(calm);
      const atRest = await until(() => eventsOf(target, calm), isAtRest);
      await calm.merchant.command(target, "disconnect");
      const types = await until(
        () => eventsOf(target, calm),
        (seen) => seen.at(-1) === "workflowExecutionCompleted",
      );
      return types.length - atRest.length;
    });
    expect(cost).toBeLessThanOrEqual(BUDGET.disconnect);
  });
});

import { randomBytes } from "node:crypto";
import proto from "@temporalio/proto";
import type { temporal } from "@temporalio/proto";
import { afterEach, describe, expect, inject, test } from "vitest";
import { backfillWorkflowId, datasourceWorkflowId } from "../client.ts";
import type { RingTarget } from "../client.ts";
import { FAST, startEngine } from "./testing/engine.ts";
import type { Engine } from "./testing/engine.ts";
import { historyOf, runsOf } from "./testing/histories.ts";
import { connected, phaseUntil } from "./testing/waiting.ts";
import { patiently, until } from "./testing/until.ts";

const { WorkflowTaskFailedCause } = proto.temporal.api.enums.v1;

let engine: Engine;
/** A life whose history is all in one place. */
const inOneRun = { ...FAST, canEvery: 1_000 };
const start = async ({ payloadKeys, release }: { payloadKeys?: string; release?: string } = {}): Promise<void> => {
  const servers = { postgresUrl: inject("postgresUrl"), temporalAddress: inject("temporalAddress") };
  engine = await startEngine(payloadKeys === undefined ? servers : { ...servers, payloadKeys, durations: inOneRun });
  await engine.startWorkers(release);
};
afterEach(() => engine.close());

const idOf = ({ datasourceId }: RingTarget) => datasourceWorkflowId(datasourceId);

/** A ring that comes while a run ends has its last task done again (UNHANDLED_COMMAND): that is the server's way, not a fault of code. */
const failuresOfCode = (history: temporal.api.history.v1.IHistory): string[] =>
  (history.events ?? []).flatMap(({ workflowTaskFailedEventAttributes: failed }) =>
    failed && failed.cause !== WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND
      ? [`${failed.cause}: ${failed.failure?.message}`]
      : [],
  );

describe("a deploy with workflows in flight", () => {
  test.each([
    ["the same code", undefined],
    ["the release before", "0.1.0"],
  ])("%s: twenty sources in the middle of everything go on, and no workflow task fails", async (_, release) => {
    await start(release === undefined ? {} : { release });
    const { merchant } = engine;
    const targets = await twentyBegun();
    const parked = await connected(engine);
    await merchant.command(parked, "pause");
    await phaseUntil(engine, parked, "PAUSED");
    for (let deploys = 0; deploys < 2; deploys += 1) {
      await engine.stopWorkers();
      await engine.startWorkers();
    }
    for (const target of targets) await wholeAndLive(target);
    await merchant.command(parked, "resume");
    await phaseUntil(engine, parked, "LIVE");
    expect(await failuresIn([...targets, parked])).toEqual([]);
  });

  test("rolled back and forward again: what the release before can read goes on under it, the rest waits, all ends well", async () => {
    await start();
    const { merchant } = engine;
    const targets = await twentyBegun();
    const parked = await connected(engine);
    await merchant.command(parked, "pause");
    await phaseUntil(engine, parked, "PAUSED");
    await engine.stopWorkers();
    await engine.startWorkers("0.1.0");
    await merchant.command(parked, "resume");
    await phaseUntil(engine, parked, "LIVE");
    const fresh = await connected(engine);
    await engine.stopWorkers();
    await engine.startWorkers();
    for (const target of [...targets, fresh, parked]) await wholeAndLive(target);
  });
});

/** Twenty connects, each somewhere in its history when it is left. */
async function twentyBegun(): Promise<RingTarget[]> {
  const { merchant, source } = engine;
  const slow = {
    slice: () => new Promise<{ kind: "done" }>((resolve) => setTimeout(() => resolve({ kind: "done" }), 200)),
  };
  const begin = async (n: number): Promise<RingTarget> => {
    const target = await merchant.connect({ platform: n % 4 === 3 ? "klaviyo" : "shopify" });
    source.when(target.datasourceId, n % 2 === 0 ? slow : {});
    await merchant.comeBack(target);
    return target;
  };
  return Promise.all(Array.from({ length: 20 }, (_, n) => begin(n)));
}

const wholeAndLive = (target: RingTarget) =>
  until(
    () => engine.merchant.row(target),
    (row) => row?.phase === "LIVE" && row.backfill === "done" && row.lastSuccessAt !== null,
  );

async function failuresIn(targets: readonly RingTarget[]): Promise<string[]> {
  const failures: string[] = [];
  for (const target of targets)
    for (const id of [idOf(target), backfillWorkflowId(target.datasourceId, 1)])
      for (const { runId } of await runsOf(engine.client, id))
        failures.push(...failuresOfCode((await historyOf(engine.client, id, runId)).history));
  return failures;
}

describe("what Temporal holds", () => {
  test("is sealed where keys are given: a whole life leaves nothing to read", async () => {
    await start({ payloadKeys: `k1 ${randomBytes(32).toString("hex")}` });
    const target = await connected(engine);
    await engine.merchant.command(target, "pause");
    await phaseUntil(engine, target, "PAUSED");
    const { history } = await historyOf(engine.client, idOf(target));
    const scheduled = history.events?.flatMap((event) => [
      ...(event.activityTaskScheduledEventAttributes?.input?.payloads ?? []),
      ...(event.activityTaskCompletedEventAttributes?.result?.payloads ?? []),
      ...(event.workflowExecutionSignaledEventAttributes?.input?.payloads ?? []),
    ]);
    expect(scheduled?.length).toBeGreaterThan(5);
    for (const payload of scheduled ?? [])
      expect(Buffer.from(payload.metadata?.["encoding"] ?? []).toString()).toBe("binary/encrypted");
  });

  test("can be looked for by phase, platform and organisation", async () => {
    await start();
    const target = await connected(engine);
    await engine.merchant.command(target, "pause");
    await phaseUntil(engine, target, "PAUSED");
    const query = `DsPhase = 'PAUSED' AND DsPlatform = 'shopify' AND DsOrganisation = '${target.organisationId}' AND DsHold = 'none'`;
    await until(
      async () => (await engine.client.workflow.count(query)).count,
      (count) => count === 1,
    );
  });

  test("tells support what it knows, when asked", async () => {
    await start();
    const target = await connected(engine);
    const handle = engine.client.workflow.getHandle(idOf(target));
    // A run that has only begun knows nothing yet.
    const known = await until(
      () => patiently(() => handle.query<{ intent: { facts: { phase: string } } } | null>("debugState")),
      (seen) => seen !== null,
    );
    expect(known?.intent.facts.phase).toBe("LIVE");
  });
});

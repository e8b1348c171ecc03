import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { datasourceWorkflowId } from "../client.ts";
import type { RingTarget } from "../client.ts";
import { MESSAGES } from "../lifecycle/names.ts";
import type { Knowledge } from "../lifecycle/phases.ts";
import { FAST, startEngine } from "./testing/engine.ts";
import type { Engine } from "./testing/engine.ts";
import { commandUntil, connected } from "./testing/waiting.ts";
import { patiently, until } from "./testing/until.ts";

/** Hours are hours here: no sync comes by itself while a test waits for a check. */
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

/** By run: a busy machine may have an attempt at one repeated. */
const callsOf = ({ datasourceId }: RingTarget, name: string) => [
  ...new Set(engine.source.callsOf(datasourceId).filter((call) => call.startsWith(`${name}:`))),
];

/** With its first check behind it, and no point of its rhythm near. */
async function atRest(): Promise<RingTarget> {
  const target = await connected(engine, {}, "klaviyo");
  await commandUntil(engine, await engine.merchant.command(target, "setCadence", `cadence_ms = ${30 * 86_400_000}`));
  await until(
    () => Promise.resolve(callsOf(target, "spotCheck")),
    (calls) => calls.length > 0,
  );
  return target;
}

/** What the workflow itself holds for unanswered; it reads its rows only when it is rung. */
async function openOf({ datasourceId }: RingTarget): Promise<readonly object[]> {
  const handle = engine.client.workflow.getHandle(datasourceWorkflowId(datasourceId));
  // A worker that is busy with others may let a question lapse.
  const known = await patiently(() => handle.query<Knowledge | null>(MESSAGES.debugState));
  return known?.intent.open ?? [];
}

const runsAsked = ({ datasourceId }: RingTarget) => engine.merchant.sql<{ askedBy: string }[]>`
  select asked_by as "askedBy" from runs where datasource_id = ${datasourceId} and kind = 'spotCheck' and asked_by is not null`;

test("a check that is asked for comes at once and without a sync", async () => {
  const target = await atRest();
  const syncs = callsOf(target, "sync").length;
  const checks = callsOf(target, "spotCheck").length;
  const asked = await engine.merchant.command(target, "checkNow");
  await commandUntil(engine, asked);
  await until(
    () => openOf(target),
    (open) => open.length === 0,
  );
  expect(callsOf(target, "spotCheck"), "it is asked once").toHaveLength(checks + 1);
  expect(callsOf(target, "sync"), "no sync came for it").toHaveLength(syncs);
});

test("pressed again while one runs, it is one check; what is asked behind it is another", async () => {
  const target = await atRest();
  const checks = callsOf(target, "spotCheck").length;
  const gate = Promise.withResolvers<{ kind: "done" }>();
  let begun = 0;
  engine.source.when(target.datasourceId, {
    spotCheck: () => {
      begun += 1;
      return gate.promise;
    },
  });
  const asked = await engine.merchant.command(target, "checkNow");
  await until(
    () => Promise.resolve(begun),
    (count) => count >= 1,
  );
  // The same row again: whoever rings for what is under way begins nothing.
  const { datasourceId } = target;
  const [row] = await engine.merchant.sql<{ version: number }[]>`
    update datasources set intent_version = intent_version + 1 where id = ${datasourceId} returning intent_version as version`;
  await engine.ringer.ring(target, row?.version ?? 0);
  gate.resolve({ kind: "done" });
  await commandUntil(engine, asked);
  await commandUntil(engine, await engine.merchant.command(target, "setCadence", `cadence_ms = ${29 * 86_400_000}`));
  expect(callsOf(target, "spotCheck"), "one check").toHaveLength(checks + 1);
  expect(await runsAsked(target)).toEqual([{ askedBy: asked }]);
});

test("held back by a limit, it waits that out whoever rings meanwhile, and is answered then", async () => {
  const target = await atRest();
  const times: number[] = [];
  engine.source.when(target.datasourceId, {
    spotCheck: () => {
      times.push(Date.now());
      return times.length === 1 ? { kind: "throttled", forMs: 4_000 } : { kind: "done" };
    },
  });
  const syncs = callsOf(target, "sync").length;
  const asked = await engine.merchant.command(target, "checkNow");
  await until(
    () => Promise.resolve(times.length),
    (count) => count >= 1,
  );
  await commandUntil(engine, await engine.merchant.command(target, "setCadence", `cadence_ms = ${28 * 86_400_000}`));
  await commandUntil(engine, asked);
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(3_000);
  expect(callsOf(target, "sync")).toHaveLength(syncs);
});

test("a source that is down answers for itself, and the next press asks it anew", async () => {
  const target = await atRest();
  engine.source.when(target.datasourceId, { spotCheck: () => ({ kind: "providerDown" }) });
  const failed = await engine.merchant.command(target, "checkNow");
  await commandUntil(engine, failed, "failed");
  const [told] = await engine.merchant.sql`select outcome from commands where id = ${failed}`;
  expect(told).toEqual({ outcome: { code: "notChecked", because: "providerDown", said: "down" } });
  engine.source.when(target.datasourceId, {});
  await commandUntil(engine, await engine.merchant.command(target, "checkNow"));
});

// What stops a slice, and what gives it up: what people mend at the source, or by another consent, is gone on with.
import { SourceFailure, type Failure } from "@headwater/connectors/failure.ts";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { closeRun, planRun } from "./plan-run.ts";
import { makeRig, options, type Rig } from "./testing/rig.ts";
import { order, scripted, scriptedConnector } from "./testing/scripted-source.ts";
import { workOnSlice } from "./work-on-slice.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await makeRig(inject("postgresUrl"), scriptedConnector({ pages: scripted([]) }));
});
afterAll(() => rig.close());

const told = { code: "x", said: "no" };
const failures: readonly [string, Failure, "running" | "failed"][] = [
  ["a dead credential", { class: "reauthorize", why: "expired", ...told }, "running"],
  ["a right that is lacking", { class: "permission", lacks: "read_orders", curedBy: "grant", ...told }, "running"],
  ["a frozen account", { class: "permission", lacks: "atSource", curedBy: "source", ...told }, "running"],
  ["an account that is gone", { class: "gone", what: "account", ...told }, "failed"],
  ["a mistake of ours", { class: "invalid_request", ...told }, "failed"],
  ["an object that is gone", { class: "gone", what: "object", ...told }, "failed"],
];

const failing = (failure: Failure) => () => ({
  [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new SourceFailure(failure)) }),
});

test.each(failures.map((row, n) => [...row, n + 1] as const))("%s", async (_what, failure, state, n) => {
  const slice = await rig.slice("backfill", n);
  const stateNow = async () => (await rig.owner`select state from slices where id = ${slice.sliceId}`)[0]?.["state"];
  rig.use(scriptedConnector({ pages: failing(failure) }));
  expect(await workOnSlice(rig.deps, slice, options())).toMatchObject({ kind: "failed", failure });
  expect(await stateNow()).toBe(state);
  const shown = state === "failed" ? "failed" : "waiting";
  expect(await rig.owner`select distinct state from progress where stream = 'orders'`).toEqual([{ state: shown }]);
  if (state === "failed") return;
  rig.use(scriptedConnector({ pages: scripted([order(String(n))]) }));
  expect(await workOnSlice(rig.deps, slice, options())).toMatchObject({ kind: "done", rows: 1 });
  expect(await stateNow()).toBe("done");
});

test("a right that only an optional stream needs gives that slice up, and stops nothing else", async () => {
  const slice = await rig.slice("backfill", failures.length + 2);
  const failure: Failure = { class: "permission", lacks: "read_customers", curedBy: "operator", ...told };
  rig.use(scriptedConnector({ pages: failing(failure), stream: { optional: true } }));
  const outcome = await workOnSlice(rig.deps, slice, options());
  expect(outcome).toMatchObject({ kind: "failed", failure, onlyItsStream: true });
  expect(await rig.owner`select state from slices where id = ${slice.sliceId}`).toEqual([{ state: "failed" }]);
});

test("a stream whose history ended with a hole has failed, whatever of it came after, and says why", async () => {
  const run = rig.run("backfill", failures.length + 1);
  const [newest, older] = await planRun(rig.deps, run, [
    { stream: "orders", from: "2026-06-01", to: "2026-12-01", position: 0 },
    { stream: "orders", from: "2026-01-01", to: "2026-06-01", position: 1 },
  ]);
  if (newest === undefined || older === undefined) throw new Error("nothing was planned");
  const failure: Failure = { class: "invalid_request", ...told };
  rig.use(scriptedConnector({ pages: failing(failure) }));
  await workOnSlice(rig.deps, { ...run, sliceId: newest.sliceId }, options());
  rig.use(scriptedConnector({ pages: scripted([order("old")]) }));
  expect(await workOnSlice(rig.deps, { ...run, sliceId: older.sliceId }, options())).toMatchObject({ kind: "done" });
  await closeRun(rig.deps, run, "failed");
  expect(await rig.owner`select state, windows_done, waiting_for from progress where stream = 'orders'`).toEqual([
    { state: "failed", windows_done: 1, waiting_for: failure },
  ]);
});

test("what is read again beside a history that is in says nothing of it, however it ends", async () => {
  await rig.owner`update progress set state = 'done', windows_done = windows_total, waiting_for = null`;
  const slice = await rig.slice("refresh");
  const busy: Failure = { class: "rate_limit", retryAt: new Date(Date.now() + 3_600_000).toISOString(), ...told };
  rig.use(scriptedConnector({ pages: failing(busy) }));
  expect(await workOnSlice(rig.deps, slice, options())).toMatchObject({ kind: "throttled" });
  expect(await rig.owner`select state, waiting_for from progress where stream = 'orders'`).toEqual([
    { state: "done", waiting_for: null },
  ]);
});

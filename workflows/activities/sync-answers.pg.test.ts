// What whoever asked for a sync hears of it, and when.
import { MockActivityEnvironment } from "@temporalio/testing";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { emptyLedger } from "../load/outcome.ts";
import type { SyncOutcome } from "../load/outcome.ts";
import type { Merchant } from "../temporal/testing/merchant.ts";
import type { WorkDeps } from "./deps.ts";
import { sync } from "./running.ts";
import { ownRows, rowDeps } from "./testing/own-rows.ts";

const own = ownRows();
let merchant: Merchant;
let deps: WorkDeps;
const whole: SyncOutcome & { kind: "done" } = {
  kind: "done",
  pages: 1,
  rows: 2,
  intentVersion: 0,
  ledger: { ...emptyLedger(), read: 2, merged: 2 },
  failedStreams: [],
  completeThrough: null,
};
let ended: SyncOutcome;
beforeEach(() => {
  ended = whole;
});
beforeAll(() => {
  ({ merchant } = own);
  const load = { syncOnce: () => Promise.resolve(ended) };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing else of the load path is called here
  deps = { ...rowDeps(own.worker), load, loadDeps: {} } as never;
});

async function asked() {
  const target = await merchant.connect();
  await merchant.sql`update datasources set phase = 'LIVE', auth = 'ok', seq = 4, last_success_at = now(),
    complete_through = now() - interval '3 minutes' where id = ${target.datasourceId}`;
  const command = await merchant.command(target, "syncNow");
  const of = { ...target, askedBy: [command], generation: 0, n: 1, skipped: 0, intervalMs: 3_600_000 };
  const call = () => new MockActivityEnvironment().run(() => sync(deps, of));
  const answer = async () => (await merchant.sql`select state, outcome from commands where id = ${command}`)[0];
  return { target, call, answer };
}

test("once what was held back by another shape is read, within the same sync", async () => {
  const { target, call, answer } = await asked();
  await merchant.sql`insert into notices (organisation_id, datasource_id, kind)
    values (${target.organisationId}, ${target.datasourceId}, 'shapeChanged')`;
  // Nothing of it is left in quarantine: the same sync has read it whole.
  expect(await call()).toEqual({ kind: "more", retryAt: null, intentVersion: 0 });
  expect(await answer()).toMatchObject({ state: "accepted" });
  expect(await call()).toEqual({ kind: "done", retryAt: null, intentVersion: 0 });
  expect(await answer()).toEqual({ state: "done", outcome: { code: "synced", rows: 2 } });
});

test("not that it was synced, where what was asked for did not come, however little a person has to see to it", async () => {
  const { call, answer } = await asked();
  ended = { ...whole, answer: "noFile" };
  expect(await call()).toEqual({ kind: "done", retryAt: null, intentVersion: 0 });
  expect(await answer()).toEqual({ state: "failed", outcome: { code: "noFile" } });
});

test("of the one stream that failed what that one says, where there is no other", async () => {
  const { call, answer } = await asked();
  const failure = { class: "transient", code: "x", said: "503" } as const;
  ended = { ...whole, failedStreams: [{ stream: "Ledger", failure }], answer: "transient" };
  expect(await call()).toMatchObject({ kind: "failed" });
  expect(await answer()).toEqual({ state: "failed", outcome: { code: "transient" } });
});

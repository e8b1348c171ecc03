// Quiet hours as a worker reads them, and what of a history they hold back.
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { RingTarget } from "../client.ts";
import { quietAt } from "../lifecycle/quiet.ts";
import type { Merchant } from "../temporal/testing/merchant.ts";
import type { WorkDeps } from "./deps.ts";
import { createEntityActivities } from "./entity.ts";
import { beginBackfill, planLeft } from "./history.ts";
import { workOnSlice } from "./slices.ts";
import { makeHistoryRig } from "./testing/history-rig.ts";

let deps: WorkDeps;
let merchant: Merchant;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ deps, merchant, close } = await makeHistoryRig(inject("postgresUrl")));
});
afterAll(() => close());

/** By the clock of the organisation; whenever this runs, they last, or begin in six hours. */
function hours(from: number, to: number): { from: number; to: number } {
  const clock = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Kolkata", hour: "2-digit", minute: "2-digit" });
  const [hour = 0, minute = 0] = clock.format(Date.now()).split(":").map(Number);
  const at = (ahead: number): number => (hour * 60 + minute + ahead * 60 + 1_440) % 1_440;
  return { from: at(from), to: at(to) };
}

async function filling(quiet: { from: number; to: number } | null = hours(-6, 6)) {
  const target = await merchant.connect();
  const { datasourceId } = target;
  await merchant.sql`
    with granted as (update grants set scopes = '{read}' where login_key = ${datasourceId})
    update datasources set auth = 'ok', quiet_from = ${quiet?.from ?? null}, quiet_to = ${quiet?.to ?? null},
      quiet_by = ${quiet === null ? null : '{"kind":"system","name":"test"}'}::text::jsonb,
      quiet_since = ${quiet === null ? null : new Date()} where id = ${datasourceId}`;
  await beginBackfill(deps, { ...target, generation: 0, seq: 1, n: 1, quickStart: false });
  return { ...target, runId: `${datasourceId}:backfill:1` };
}
const intentOf = (target: RingTarget) =>
  createEntityActivities(deps).loadIntent({
    organisationId: target.organisationId,
    datasourceId: target.datasourceId,
  });
const openOf = async (run: Parameters<typeof planLeft>[1]) => (await planLeft(deps, run))?.open ?? [];

test("a datasource without quiet hours is read as it ever was", async () => {
  const run = await filling(null);
  expect(await intentOf(run)).not.toHaveProperty("quiet");
  expect((await openOf(run)).length).toBeGreaterThan(2);
});

test("while they last nothing of a history is handed out, and a piece that is asked for is not begun", async () => {
  const run = await filling();
  const quiet = (await intentOf(run))?.quiet;
  expect(quietAt(quiet?.windows ?? [], Date.now())).not.toBeNull();
  expect(quiet).toMatchObject({ goOnAskedAt: null, childAsked: "none" });
  expect(await openOf(run)).toEqual([]);
  expect(await workOnSlice(deps, { ...run, generation: 0, position: 0 })).toEqual({ kind: "stopped", retryAt: null });
});

test("days that are wanted first are", async () => {
  const run = await filling();
  await merchant.sql`update slices set priority = 2 where run_id = ${run.runId} and position = 3`;
  expect((await intentOf(run))?.quiet?.childAsked).toBe("some");
  expect(await openOf(run)).toEqual([3]);
});

test("so is all of it once a person has resumed it since they began, and not for what was resumed before", async () => {
  const run = await filling();
  await merchant.command(run, "resume");
  await merchant.sql`update commands set created_at = now() - interval '7 hours' where datasource_id = ${run.datasourceId}`;
  expect(await openOf(run)).toEqual([]);
  await merchant.command(run, "resume");
  expect((await openOf(run)).length).toBeGreaterThan(2);
});

test("an earlier history that is asked for in them is begun, and rests in the next ones like any other", async () => {
  const run = await filling();
  const command = await merchant.command(run, "extendHistory");
  await merchant.sql`update runs set asked_by = ${command} where id = ${run.runId}`;
  expect((await openOf(run)).length).toBeGreaterThan(2);
  await merchant.sql`update commands set created_at = now() - interval '7 hours' where id = ${command}`;
  expect(await openOf(run)).toEqual([]);
});

test.each([
  ["a person asked for goes on", '{"kind":"person","userId":"u"}', "all"],
  ["we asked for ourselves rests", '{"kind":"system","name":"engine"}', "none"],
])("a resync that %s", async (_what, actor, asked) => {
  const run = await filling();
  const command = await merchant.command(run, "resync");
  await merchant.sql`update commands set actor = ${actor}::text::jsonb where id = ${command}`;
  await merchant.sql`update runs set finished_at = now() where id = ${run.runId}`;
  await merchant.sql`insert into runs (organisation_id, id, datasource_id, kind, n, asked_by, state)
    values (${run.organisationId}, ${`${run.datasourceId}:resync:2`}, ${run.datasourceId}, 'resync', 2, ${command}, 'running')`;
  expect((await intentOf(run))?.quiet?.childAsked).toBe(asked);
});

test("outside of them all of it is handed out, and the workflow knows when the next begin", async () => {
  const run = await filling(hours(6, 9));
  const windows = (await intentOf(run))?.quiet?.windows ?? [];
  expect(windows.some(({ from }) => from > Date.now())).toBe(true);
  expect((await openOf(run)).length).toBeGreaterThan(2);
});

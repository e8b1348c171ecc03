import { randomUUID } from "node:crypto";
import { MockActivityEnvironment } from "@temporalio/testing";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { Merchant } from "../temporal/testing/merchant.ts";
import { RULES } from "../temporal/testing/rules.ts";
import type { WorkDeps } from "./deps.ts";
import { createEntityActivities } from "./entity.ts";
import { beginBackfill, closeRun } from "./history.ts";
import { purgeBatch } from "./slices.ts";
import { makeHistoryRig } from "./testing/history-rig.ts";

let deps: WorkDeps;
let merchant: Merchant;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ deps, merchant, close } = await makeHistoryRig(inject("postgresUrl")));
});
afterAll(() => close());

/** A first history whose slices ended so, closed before any sync was made. */
async function closedHistory(states: { readonly last: "done" | "failed"; readonly others: "done" | "failed" }) {
  const { organisationId, datasourceId } = await merchant.connect();
  await merchant.sql`
    with granted as (update grants set scopes = '{read}' where login_key = ${datasourceId})
    update datasources set auth = 'ok' where id = ${datasourceId}`;
  const ref = { organisationId, datasourceId, generation: 0 };
  await beginBackfill(deps, { ...ref, seq: 1, n: 1, quickStart: false });
  const [run] = await merchant.sql<{ id: string }[]>`select id from runs where datasource_id = ${datasourceId}`;
  const runId = run?.id ?? "";
  await merchant.sql`
    update slices s set finished_at = now(), state = case
      when position = (select max(position) from slices where run_id = ${runId}) then ${states.last} else ${states.others} end
    where run_id = ${runId}`;
  expect((await readOf(datasourceId)).landed).toBe(false);
  await closeRun(deps, { organisationId, datasourceId, runId });
  return readOf(datasourceId);
}

async function readOf(datasourceId: string) {
  const [row] = await merchant.sql<{ backfill: string; landed: boolean }[]>`
    select backfill, first_numbers_at is not null as landed from datasources where id = ${datasourceId}`;
  return row ?? { backfill: "", landed: false };
}

test("a history that is in before the first sync has brought the first numbers", async () => {
  expect(await closedHistory({ last: "done", others: "done" })).toEqual({ backfill: "done", landed: true });
});

test("one with holes has brought those of its other days", async () => {
  expect(await closedHistory({ last: "done", others: "failed" })).toEqual({ backfill: "failed", landed: true });
});

test("one that failed whole has brought none", async () => {
  expect(await closedHistory({ last: "failed", others: "failed" })).toEqual({ backfill: "failed", landed: false });
});

test("one that took over an hour is told by mail to those who manage, once and when it is whole; a shorter one is not", async () => {
  const person = randomUUID();
  await merchant.sql`insert into users (id, name, email) values (${person}, 'Mira', ${`${person}@example.com`})`;
  await merchant.sql`insert into memberships (organisation_id, user_id, role) values (${merchant.organisationId}, ${person}, 'owner')`;
  const mailed = async (minutes: number, state: "done" | "failed") => {
    const { organisationId, datasourceId } = await merchant.connect();
    await merchant.sql`
      with granted as (update grants set scopes = '{read}' where login_key = ${datasourceId})
      update datasources set auth = 'ok', name = ${datasourceId} where id = ${datasourceId}`;
    const ref = { organisationId, datasourceId };
    await beginBackfill(deps, { ...ref, generation: 0, seq: 1, n: 1, quickStart: false });
    const [run] = await merchant.sql<{ id: string }[]>`
      update runs set started_at = now() - ${minutes}::int * interval '1 minute' where datasource_id = ${datasourceId} returning id`;
    await merchant.sql`update slices set finished_at = now(), state = ${state} where datasource_id = ${datasourceId}`;
    for (let n = 0; n < 2; n += 1) await closeRun(deps, { ...ref, runId: run?.id ?? "" });
    const sent = await merchant.sql<{ kind: string; to: string }[]>`
      select kind, to_address as to from mails where details ->> 'account' = ${datasourceId} and kind <> 'historyIncomplete'`;
    return sent.map(({ kind, to }) => [kind, to]);
  };
  expect(await mailed(59, "done")).toEqual([]);
  expect(await mailed(61, "failed")).toEqual([]);
  expect(await mailed(61, "done")).toEqual([["historyDone", `${person}@example.com`]]);
});

test("one with holes needs somebody: one notice and one mail that name what lacks days, over once they are read", async () => {
  const person = randomUUID();
  await merchant.sql`insert into users (id, name, email) values (${person}, 'Mira', ${`${person}@example.com`})`;
  await merchant.sql`insert into memberships (organisation_id, user_id, role) values (${merchant.organisationId}, ${person}, 'owner')`;
  const { organisationId, datasourceId } = await merchant.connect();
  await merchant.sql`
    with granted as (update grants set scopes = '{read}' where login_key = ${datasourceId})
    update datasources set auth = 'ok', name = ${datasourceId} where id = ${datasourceId}`;
  const ref = { organisationId, datasourceId };
  const readAll = async (n: number, state: "done" | "failed", command?: string) => {
    await beginBackfill(deps, { ...ref, generation: 0, seq: 1, n, quickStart: false, ...(command && { command }) });
    const [run] = await merchant.sql<{ id: string }[]>`
      update slices set finished_at = clock_timestamp(), state = ${state} where datasource_id = ${datasourceId} and state = 'queued'
      returning run_id as id`;
    await closeRun(deps, { ...ref, runId: run?.id ?? "" });
  };
  const told = async () => [
    ...(await merchant.sql<{ kind: string; streams: string[]; over: boolean }[]>`
      select kind, detail -> 'streams' as streams, resolved_at is not null as over from notices where datasource_id = ${datasourceId}`),
  ];
  const mailed = () => merchant.sql<{ kind: string }[]>`
    select distinct kind from mails where details ->> 'account' = ${datasourceId}`;
  await readAll(1, "failed");
  const [holes] = await told();
  expect(holes).toMatchObject({ kind: "historyIncomplete", over: false });
  expect(holes?.streams.length).toBeGreaterThan(0);
  expect((await mailed()).map(({ kind }) => kind)).toEqual(["historyIncomplete"]);
  await readAll(1, "done", await merchant.command(ref, "resync", "", { ring: false, args: {} }));
  expect(await told()).toMatchObject([{ kind: "historyIncomplete", over: true }]);
  expect((await mailed()).map(({ kind }) => kind)).toEqual(["historyIncomplete"]);
});

test("one whose limit fell while it was read is read anew, all of it, and then is done", async () => {
  const { organisationId, datasourceId } = await merchant.connect();
  await merchant.sql`
    with granted as (update grants set scopes = '{read}' where login_key = ${datasourceId})
    update datasources set auth = 'ok', backfill = 'running', history_from = current_date - 60 where id = ${datasourceId}`;
  const ref = { organisationId, datasourceId };
  const readTo = async (n: number) => {
    await beginBackfill(deps, { ...ref, generation: 0, seq: n, n, quickStart: false });
    await merchant.sql`update datasources set history_from = null where id = ${datasourceId}`;
    await merchant.sql`update slices set finished_at = now(), state = 'done' where datasource_id = ${datasourceId}`;
    const [run] = await merchant.sql<{ id: string }[]>`
      select id from runs where datasource_id = ${datasourceId} and n = ${n}`;
    await closeRun(deps, { ...ref, runId: run?.id ?? "" });
    return (await readOf(datasourceId)).backfill;
  };
  expect([await readTo(1), await readTo(2)]).toEqual(["queued", "done"]);
});

test("a hole in the history is over once every day that was given up has been read whole since, and not before", async () => {
  const { organisationId, datasourceId } = await merchant.connect();
  await merchant.sql`
    with granted as (update grants set scopes = '{read}' where login_key = ${datasourceId})
    update datasources set auth = 'ok' where id = ${datasourceId}`;
  const ref = { organisationId, datasourceId };
  const idOf = async (kind: string) =>
    (
      await merchant.sql`select id from runs where datasource_id = ${datasourceId} and kind = ${kind} order by n desc`
    )[0]?.["id"];
  const days = async (run: string, position: number) =>
    (
      await merchant.sql`select stream, from_at::date::text as from, (to_at - interval '1 day')::date::text as to,
        ((from_at + (to_at - from_at) / 2))::date::text as half from slices where run_id = ${run} and position = ${position}`
    )[0];
  await beginBackfill(deps, { ...ref, generation: 0, seq: 1, n: 1, quickStart: false });
  const history = await idOf("backfill");
  await merchant.sql`
    update slices set finished_at = now(), state = case when position = 2 then 'failed' else 'done' end where run_id = ${history}`;
  await closeRun(deps, { ...ref, runId: history });
  const hole = await days(history, 2);
  let n = 0;
  const reread = async (from: string, to: string, state: string) => {
    n += 1;
    const args = { stream: hole?.["stream"], from, to };
    const command = await merchant.command(ref, "resync", "", { ring: false, args });
    await beginBackfill(deps, { ...ref, generation: 0, seq: 1, n, quickStart: false, command });
    const run = await idOf("resync");
    await merchant.sql`update slices set finished_at = now(), state = ${state} where run_id = ${run}`;
    await closeRun(deps, { ...ref, runId: run });
    return (await readOf(datasourceId)).backfill;
  };
  const { from, to, half } = { from: hole?.["from"], to: hole?.["to"], half: hole?.["half"] };
  expect([
    (await readOf(datasourceId)).backfill,
    await reread(from, to, "failed"),
    await reread(half, to, "done"),
    await reread(from, half, "done"),
  ]).toEqual(["failed", "failed", "failed", "done"]);
});

/** Live, with a number of each of these days, and another option chosen by a command. */
async function chosen(days: readonly string[]) {
  const { organisationId, datasourceId } = await merchant.connect();
  const target = { organisationId, datasourceId };
  await merchant.sql`
    with account as (insert into accounts (organisation_id, platform, external_id, name, zone)
        values (${organisationId}, 'shopify', ${datasourceId}, 'Shop', 'UTC') returning id),
      granted as (update grants set scopes = '{read}' where login_key = ${datasourceId})
    update datasources set auth = 'ok', phase = 'LIVE', backfill = 'done', first_numbers_at = now(), account_id = account.id
    from account where datasources.id = ${datasourceId}`;
  for (const day of days)
    await merchant.sql`
      insert into rollups (organisation_id, account_id, metric, day, currency, value)
      select organisation_id, account_id, 'orders', ${day}, 'EUR', 1 from datasources where id = ${datasourceId}`;
  const args = { choice: "metric", value: "new", stream: "orders" };
  const command = await merchant.command(target, "resync", "", { ring: false, args });
  await merchant.sql`
    update accounts set choices = jsonb_build_object('metric', jsonb_build_object('value', 'new', 'before', 'old', 'command', ${command}::text, 'options', '[]'::jsonb))
    where external_id = ${datasourceId}`;
  const choice = async () =>
    (await merchant.sql`select choices->'metric' as choice from accounts where external_id = ${datasourceId}`)[0]?.[
      "choice"
    ];
  return { ref: { organisationId, datasourceId }, command, choice };
}

test("reading the whole history again reaches the oldest day that was given up, however long ago it was planned", async () => {
  const { ref } = await chosen([]);
  await merchant.sql`
    update datasources set phase = 'VERIFYING', backfill = 'none' where id = ${ref.datasourceId}`;
  await beginBackfill(deps, { ...ref, generation: 0, seq: 1, n: 1, quickStart: false });
  const [run] = await merchant.sql<{ id: string }[]>`select id from runs where datasource_id = ${ref.datasourceId}`;
  const runId = run?.id ?? "";
  const [oldest] = await merchant.sql`
    with aged as (update slices set from_at = from_at - interval '40 days', to_at = to_at - interval '40 days',
        finished_at = now(), state = case when stream = 'orders' then 'failed' else 'done' end
      where run_id = ${runId} returning from_at)
    select min(from_at) as day from aged`;
  await closeRun(deps, { ...ref, runId });
  expect((await readOf(ref.datasourceId)).backfill).toBe("failed");
  const command = await merchant.command(ref, "resync", "", { ring: false, args: {} });
  await beginBackfill(deps, { ...ref, generation: 0, seq: 1, n: 1, quickStart: false, command });
  const resync = `${ref.datasourceId}:resync:1`;
  const [planned] = await merchant.sql`select min(from_at) as day from slices where run_id = ${resync}`;
  expect(planned?.["day"]).toEqual(oldest?.["day"]);
  await merchant.sql`update slices set finished_at = now(), state = 'done' where run_id = ${resync}`;
  await closeRun(deps, { ...ref, runId: resync });
  expect((await readOf(ref.datasourceId)).backfill).toBe("done");
});

test("another choice is read anew from the first day that has a number, whatever the history reaches", async () => {
  const { ref, command } = await chosen(["2019-05-04", "2026-01-01"]);
  await beginBackfill(deps, { ...ref, generation: 0, seq: 1, n: 1, quickStart: false, command });
  const [planned] = await merchant.sql`
    select min(s.from_at)::date::text as first, array_agg(distinct s.stream) as streams, min(r.kind) as kind
    from slices s join runs r on r.id = s.run_id where s.datasource_id = ${ref.datasourceId}`;
  expect(planned).toEqual({ first: "2019-05-04", streams: ["orders"], kind: "resync" });
});

test("another choice may have days before the first that has a number: it is read anew as far as the history was", async () => {
  const { ref, command } = await chosen(["2026-01-01"]);
  await merchant.sql`
    with run as (insert into runs (organisation_id, id, datasource_id, kind, n, state, finished_at)
        values (${ref.organisationId}, ${`${ref.datasourceId}:backfill:1`}, ${ref.datasourceId}, 'backfill', 1, 'succeeded', now())
        returning organisation_id, id, datasource_id)
    insert into slices (organisation_id, run_id, datasource_id, stream, position, state, from_at, to_at)
    select organisation_id, id, datasource_id, 'orders', 0, 'done', '2024-01-01', '2026-02-01' from run`;
  await beginBackfill(deps, { ...ref, generation: 0, seq: 1, n: 1, quickStart: false, command });
  const [planned] = await merchant.sql`
    select min(s.from_at)::date::text as first from slices s join runs r on r.id = s.run_id
    where r.datasource_id = ${ref.datasourceId} and r.kind = 'resync'`;
  expect(planned).toEqual({ first: "2024-01-01" });
});

test("another zone of the account is read anew from there too, in every stream", async () => {
  const { ref, command } = await chosen(["2019-05-04", "2026-01-01"]);
  await merchant.sql`update commands set args = '{"because":"accountChanged"}' where id = ${command}`;
  await beginBackfill(deps, { ...ref, generation: 0, seq: 1, n: 1, quickStart: false, command });
  const [planned] = await merchant.sql`
    select min(s.from_at)::date::text as first, count(distinct s.stream)::int > 1 as all, min(r.kind) as kind
    from slices s join runs r on r.id = s.run_id where s.datasource_id = ${ref.datasourceId}`;
  expect(planned).toEqual({ first: "2019-05-04", all: true, kind: "resync" });
});

test.each([
  ["another choice", { choice: "metric", value: "new", stream: "orders" }, 0],
  ["another zone or currency", { because: "accountChanged" }, 0],
  ["a range that somebody asked for", { stream: "orders", from: "2026-01-01", to: "2026-01-02" }, 1],
])("what was checked of the old numbers stands no longer than %s lets it", async (_what, args, left) => {
  const { ref, command } = await chosen(["2026-01-01"]);
  await merchant.sql`
    insert into spot_checks (organisation_id, datasource_id, metric, day, currency, ours, theirs, figure, settled)
    values (${ref.organisationId}, ${ref.datasourceId}, 'orders', '2026-01-01', 'EUR', 1, 1, 'ordersCount', true)`;
  await merchant.sql`update commands set args = ${JSON.stringify(args)}::text::jsonb where id = ${command}`;
  await beginBackfill(deps, { ...ref, generation: 0, seq: 1, n: 1, quickStart: false, command });
  expect(await merchant.sql`select 1 from spot_checks where datasource_id = ${ref.datasourceId}`).toHaveLength(left);
});

test("a stream that comes with another is read again by reading that one", async () => {
  const { ref } = await chosen([]);
  const command = await merchant.command(ref, "resync", "", { ring: false, args: { stream: "refunds" } });
  await beginBackfill(deps, { ...ref, generation: 0, seq: 1, n: 1, quickStart: false, command });
  const [planned] = await merchant.sql`
    select array_agg(distinct stream) as streams from slices where datasource_id = ${ref.datasourceId}`;
  expect(planned).toEqual({ streams: ["orders"] });
});

test("what counted before counts again where its days cannot be read anew any more", async () => {
  const { ref, choice } = await chosen(["2026-01-01"]);
  const entity = createEntityActivities(deps);
  expect((await entity.loadIntent(ref))?.open).toHaveLength(1);
  expect(await choice()).toMatchObject({ value: "new" });
  await merchant.sql`update datasources set user_paused_at = now() where id = ${ref.datasourceId}`;
  expect((await entity.loadIntent(ref))?.open).toHaveLength(0);
  expect(await choice()).toEqual({ value: "old", options: [] });
});

test("what the engine asked for because the account has changed waits out a pause, and a disconnect that is undone", async () => {
  const { ref, command } = await chosen(["2026-01-01"]);
  const entity = createEntityActivities(deps);
  await merchant.sql`
    update commands set args = '{"because":"accountChanged"}', actor = '{"kind":"system","name":"engine"}' where id = ${command}`;
  const asked = merchant.command(ref, "resync", "", { ring: false, args: {} });
  const open = async () => (await entity.loadIntent(ref))?.open.map(({ id }) => id);
  await merchant.sql`update datasources set user_paused_at = now() where id = ${ref.datasourceId}`;
  expect(await open()).toEqual([]);
  expect(await merchant.sql`select state from commands where id = ${await asked}`).toEqual([{ state: "refused" }]);
  await merchant.sql`update datasources set user_paused_at = null where id = ${ref.datasourceId}`;
  expect(await open()).toEqual([command]);
  await merchant.command(ref, "disconnect", undefined, { ring: false });
  expect(await open()).toEqual([]);
  await new MockActivityEnvironment().run(() => entity.compensate({ ...ref, generation: 1, seq: 2 }));
  await merchant.command(ref, "undoDisconnect", undefined, { ring: false });
  await merchant.sql`update datasources set auth = 'ok' where id = ${ref.datasourceId}`;
  expect(await open()).toEqual([command]);
});

test("what the engine asked for of a source that nothing is fetched from any more is refused, and does not wait for ever", async () => {
  const { ref, command } = await chosen([]);
  await merchant.sql`
    update commands set args = '{"because":"accountChanged"}', actor = '{"kind":"system","name":"engine"}' where id = ${command}`;
  await merchant.sql`update datasources set user_paused_at = now() where id = ${ref.datasourceId}`;
  const entity = createEntityActivities({ ...deps, platformRules: () => ({ ...RULES, streams: [] }) });
  const answered = async () => {
    await entity.loadIntent(ref);
    return (await merchant.sql`select state, outcome from commands where id = ${command}`)[0];
  };
  expect(await answered()).toEqual({ state: "accepted", outcome: null });
  await merchant.sql`update datasources set user_paused_at = null where id = ${ref.datasourceId}`;
  expect(await answered()).toEqual({ state: "refused", outcome: { code: "nothingToFetch" } });
});

test("what a disconnect broke off of it goes on once that is undone, so that no day is left on what counted before", async () => {
  const { ref, command, choice } = await chosen(["2025-10-01", "2026-01-01"]);
  const entity = createEntityActivities(deps);
  await beginBackfill(deps, { ...ref, generation: 0, seq: 1, n: 1, quickStart: false, command });
  await merchant.sql`
    update slices set state = 'done', finished_at = now() where datasource_id = ${ref.datasourceId} and position = 0`;
  const plain = await merchant.command(ref, "resync", "", { ring: false, args: { stream: "products" } });
  const stateOf = async (id: string) => (await merchant.sql`select state from commands where id = ${id}`)[0]?.["state"];
  await merchant.command(ref, "disconnect", undefined, { ring: false });
  await entity.loadIntent(ref);
  await new MockActivityEnvironment().run(() => entity.compensate({ ...ref, generation: 1, seq: 2 }));
  expect([await stateOf(command), await stateOf(plain)]).toEqual(["accepted", "refused"]);
  await merchant.command(ref, "undoDisconnect", undefined, { ring: false });
  const undone = await entity.loadIntent(ref);
  expect(undone?.child).toMatchObject({ kind: "resync", n: 1 });
  await merchant.sql`update datasources set auth = 'ok' where id = ${ref.datasourceId}`;
  const left = await entity.planLeft({ ...ref, runId: undone?.child?.runId ?? "" });
  expect(left?.open.length).toBeGreaterThan(0);
  expect(left?.open).not.toContain(0);
  expect(await choice()).toMatchObject({ value: "new" });

  // With the end there is nothing left to go on with, and whoever asked is answered.
  await merchant.command(ref, "disconnect", undefined, { ring: false });
  await new MockActivityEnvironment().run(() => entity.compensate({ ...ref, generation: 3, seq: 3 }));
  await entity.applyTransition({ ...ref, generation: 3, seq: 4, to: "END", reason: "compensated" });
  expect(await stateOf(command)).toBe("refused");
  expect(
    await merchant.sql`select 1 from runs where datasource_id = ${ref.datasourceId} and finished_at is null`,
  ).toEqual([]);
});

test("what a disconnect ends keeps the counts of its pieces and says why; a history is ended once the undo has lapsed", async () => {
  const { organisationId, datasourceId } = await merchant.connect();
  await merchant.sql`
    with granted as (update grants set scopes = '{read}' where login_key = ${datasourceId})
    update datasources set auth = 'ok' where id = ${datasourceId}`;
  const ref = { organisationId, datasourceId };
  await beginBackfill(deps, { ...ref, generation: 0, seq: 1, n: 1, quickStart: false });
  const refresh = `${datasourceId}:refresh:1`;
  await merchant.sql`
    insert into runs (organisation_id, id, datasource_id, kind, n) values (${organisationId}, ${refresh}, ${datasourceId}, 'refresh', 1)`;
  await merchant.sql`
    insert into slices (organisation_id, run_id, datasource_id, stream, to_at, position)
    values (${organisationId}, ${refresh}, ${datasourceId}, 'orders', now(), 0)`;
  await merchant.sql`
    update slices set read = 7, merged = 4, unchanged = 1, deduplicated = 1, rejected = 1, written = 6
    where datasource_id = ${datasourceId} and position in (0, 1)`;
  const runs = () => merchant.sql`
    select kind, state, read::int, merged::int, unchanged::int, deduplicated::int, rejected::int, written::int, outcome
    from runs where datasource_id = ${datasourceId} order by kind`;
  await merchant.command(ref, "disconnect", undefined, { ring: false });
  const entity = createEntityActivities(deps);
  await new MockActivityEnvironment().run(() => entity.compensate({ ...ref, generation: 1, seq: 2 }));
  const ended = { state: "cancelled", outcome: { code: "disconnected" } };
  const counts = { read: 7, merged: 4, unchanged: 1, deduplicated: 1, rejected: 1, written: 6 };
  expect(await runs()).toMatchObject([
    { kind: "backfill", state: "running", outcome: null },
    { kind: "refresh", ...ended, ...counts },
  ]);
  const end = () => entity.applyTransition({ ...ref, generation: 1, seq: 3, to: "END", reason: "compensated" });
  await end();
  await end();
  const twice = { read: 14, merged: 8, unchanged: 2, deduplicated: 2, rejected: 2, written: 12 };
  expect(await runs()).toMatchObject([
    { kind: "backfill", ...ended, ...twice },
    { kind: "refresh", ...ended, ...counts },
  ]);
});

test("a deletion that began before its undo has lapsed is tried again, a second later", async () => {
  const early: WorkDeps = {
    ...deps,
    load: { ...deps.load, purgeBatch: () => Promise.resolve({ kind: "early", rows: 0 }) },
  };
  const { organisationId, datasourceId } = await merchant.connect();
  const called = new MockActivityEnvironment().run(() =>
    purgeBatch(early, { organisationId, datasourceId, generation: 1 }),
  );
  await expect(called).rejects.toMatchObject({ type: "early", nonRetryable: false, nextRetryDelay: 1_000 });
});

/** Lives that are recorded and replayed, and asserted while they are lived. Each is one datasource of its own, so they may run side by side. */
import { ok, strictEqual } from "node:assert/strict";
import type { RingTarget } from "../../client.ts";
import { filesImported } from "./upload-scenario.ts";
import { until } from "./until.ts";
import type { Engine } from "./engine.ts";
import { revoked } from "./fake-source.ts";
import type { Script } from "./fake-source.ts";
import type { Row } from "./merchant.ts";

export type Scenario = (engine: Engine) => Promise<RingTarget>;

const rowUntil = ({ merchant }: Engine, target: RingTarget, holds: (row: Row) => boolean) =>
  until(
    () => merchant.row(target),
    (row) => row !== undefined && holds(row),
    30_000,
  );

export const phaseUntil = (engine: Engine, target: RingTarget, phase: string) =>
  rowUntil(engine, target, (row) => row.phase === phase);

const synced = (row: Row) => row.phase === "LIVE" && row.backfill === "done" && row.lastSuccessAt !== null;

export async function connected(
  engine: Engine,
  script: Partial<Script> = {},
  platform = "shopify",
): Promise<RingTarget> {
  const target = await engine.merchant.connect({ platform });
  engine.source.when(target.datasourceId, script);
  await engine.merchant.comeBack(target);
  await rowUntil(engine, target, synced);
  return target;
}

export const commandUntil = (engine: Engine, id: string, state = "done") =>
  until(
    async () => (await engine.merchant.sql<{ state: string }[]>`select state from commands where id = ${id}`)[0]?.state,
    (seen) => seen === state,
    30_000,
  );

const firstConnect: Scenario = (engine) => connected(engine);

const consentTimeout: Scenario = async (engine) => {
  const target = await engine.merchant.connect({ forMs: 2_000 });
  await until(
    () => engine.merchant.row(target),
    (row) => row === undefined,
  );
  strictEqual((await engine.merchant.sql`select 1 from slots where datasource_id = ${target.datasourceId}`).length, 0);
  strictEqual(await engine.merchant.comeBack(target), "too late");
  return target;
};

const accountChoice: Scenario = async (engine) => {
  const { merchant } = engine;
  const target = await merchant.connect({ platform: "meta-ads" });
  engine.source.when(target.datasourceId, { accounts: 3 });
  await merchant.comeBack(target);
  await until(
    async () =>
      (await merchant.sql`select 1 from account_candidates where datasource_id = ${target.datasourceId}`).length,
    (count) => count === 3,
  );
  await merchant.sql`
    update account_candidates set state = 'chosen' where datasource_id = ${target.datasourceId} and external_id = 'account-1'`;
  const chosen = await merchant.command(target, "chooseAccount");
  await rowUntil(engine, target, synced);
  await commandUntil(engine, chosen);
  return target;
};

const reauthorizeDuringBackfill: Scenario = async (engine) => {
  const { merchant, source } = engine;
  const target = await merchant.connect();
  source.when(target.datasourceId, {
    slice: ({ position }) => (position >= 3 ? { kind: "failed", failure: revoked } : { kind: "done" }),
  });
  await merchant.comeBack(target);
  await phaseUntil(engine, target, "REAUTHORIZE");
  source.when(target.datasourceId, {});
  const again = await merchant.command(target, "reauthorized");
  await merchant.comeBack(target);
  await rowUntil(engine, target, synced);
  await commandUntil(engine, again);
  return target;
};

const expiringSoonThenRenewed: Scenario = async (engine) => {
  const { merchant } = engine;
  const target = await connected(engine);
  const ofIt = merchant.sql`id = (select grant_id from datasources where id = ${target.datasourceId})`;
  await merchant.sql`update grants set ends_at = now() + interval '5 days' where ${ofIt}`;
  const before = (await merchant.row(target))?.lastSuccessAt?.getTime() ?? 0;
  await rowUntil(engine, target, (row) => (row.lastSuccessAt?.getTime() ?? 0) > before); // the sync goes on
  await merchant.sql`update grants set ends_at = null where ${ofIt}`;
  await merchant.comeBack(target);
  await rowUntil(engine, target, synced);
  return target;
};

const pauseMidActivity: Scenario = async (engine) => {
  const { merchant, source } = engine;
  const target = await connected(engine);
  source.when(target.datasourceId, {
    sync: ({ signal }) => new Promise((resolve) => signal.addEventListener("abort", () => resolve({ kind: "more" }))),
  });
  await until(
    async () =>
      (await merchant.sql`select 1 from runs where datasource_id = ${target.datasourceId} and state = 'running'`)
        .length,
    (running) => running === 1,
  );
  await merchant.command(target, "pause");
  await phaseUntil(engine, target, "PAUSED");
  source.when(target.datasourceId, {});
  await merchant.command(target, "resume");
  await phaseUntil(engine, target, "LIVE");
  return target;
};

const holdExpiry: Scenario = async (engine) => {
  const { merchant } = engine;
  const target = await connected(engine);
  await merchant.sql`
    insert into holds (organisation_id, scope, datasource_id, reason, until, by)
    values (${target.organisationId}, 'source', ${target.datasourceId}, 'maintenance', now() + interval '5 seconds', '{}')`;
  await phaseUntil(engine, target, "PAUSED"); // nobody rang: the sync's fence saw it
  await phaseUntil(engine, target, "LIVE");
  return target;
};

const dailyKindsDue: Scenario = async (engine) => {
  const target = await connected(engine, {}, "klaviyo");
  await until(
    async () => engine.source.callsOf(target.datasourceId),
    (calls) => ["reread:1", "sweep:1", "spotCheck:1"].every((call) => calls.includes(call)),
  );
  return target;
};

/** Days that a person wants first are cut out of their window and read before all that was queued. */
const broughtForward: Scenario = async (engine) => {
  const { merchant, source } = engine;
  let isOpen = false;
  const script: Partial<Script> = {
    slice: ({ position }) => (isOpen || position < 2 ? { kind: "done" } : { kind: "throttled", forMs: 500 }),
  };
  const target = await merchant.connect();
  source.when(target.datasourceId, script);
  await merchant.comeBack(target);
  await phaseUntil(engine, target, "LIVE");
  const slices = () => merchant.sql<{ position: number; priority: number; from: string; to: string }[]>`
    select position, priority, from_at::date::text as from, to_at::date::text as to from slices
    where datasource_id = ${target.datasourceId} order by position`;
  const last = (await slices()).at(-1);
  const from = last?.to.replace(/..$/, "01") ?? ""; // from the first of the month in which that window ends
  const wanted = await merchant.command(target, "bringForward", "", { args: { from, to: last?.to ?? "" } });
  await commandUntil(engine, wanted);
  const first = (await slices()).filter(({ priority }) => priority > 0).map(({ position }) => position);
  ok(first.length > 0 && first.every((position) => position > 4), JSON.stringify(await slices()));
  isOpen = true;
  await rowUntil(engine, target, synced);
  const calls = source.callsOf(target.datasourceId);
  const begun = (position: number) => calls.indexOf(`slice:${position}`);
  for (const position of first) ok(begun(position) < begun(4), calls.join(" "));
  strictEqual(
    (await merchant.sql`select 1 from slices where datasource_id = ${target.datasourceId} and state <> 'done'`).length,
    0,
  );
  return target;
};

/** History further back is a run of its own beside the syncs; what lies within it already is not read again. */
const historyExtended: Scenario = async (engine) => {
  const { merchant } = engine;
  const target = await connected(engine);
  const refused = await merchant.command(target, "extendHistory", "", { args: { from: "2099-01-01" } });
  await commandUntil(engine, refused, "refused");
  const id = await merchant.command(target, "extendHistory", "", { args: { from: "2020-01-01" } });
  await commandUntil(engine, id);
  await rowUntil(engine, target, synced);
  const runs = await merchant.sql<{ first: string; last: string; asked: string | null }[]>`
    select min(from_at)::date::text as first, max(to_at)::date::text as last, r.asked_by as asked
    from runs r join slices s on s.run_id = r.id
    where r.datasource_id = ${target.datasourceId} and r.kind = 'backfill' group by r.id, r.n, r.asked_by order by r.n`;
  strictEqual(runs.length, 2);
  strictEqual(runs[1]?.first, "2020-01-01");
  strictEqual(runs[1]?.last, runs[0]?.first);
  strictEqual(runs[1]?.asked, id);
  return target;
};

/** The new one borrows the slot until it is proven; then it has it, and the old one is disconnected with its data kept. */
const replaced: Scenario = async (engine) => {
  const { merchant } = engine;
  const old = await connected(engine);
  const next = await merchant.connect({ replaces: old });
  const id = await merchant.command(old, "replace", "", { args: { replacement: next.datasourceId } });
  await merchant.comeBack(next);
  await rowUntil(engine, next, synced);
  await commandUntil(engine, id);
  await phaseUntil(engine, old, "END");
  const slots = await merchant.sql`
    select datasource_id as id from slots where datasource_id in (${old.datasourceId}, ${next.datasourceId})`;
  strictEqual(slots.length, 1);
  strictEqual(slots[0]?.["id"], next.datasourceId);
  const [days] = await merchant.sql`
    select o.counts_until = n.counts_from as same, o.replaced_by = n.id as by, o.delete_data as gone
    from datasources o, datasources n where o.id = ${old.datasourceId} and n.id = ${next.datasourceId}`;
  strictEqual(JSON.stringify(days), JSON.stringify({ same: true, by: true, gone: false }));
  return next;
};

/** Nobody comes home from the consent screen: the old one goes on, its slot with it. */
const replacementGivenUp: Scenario = async (engine) => {
  const { merchant } = engine;
  const old = await connected(engine);
  const next = await merchant.connect({ replaces: old, forMs: 2_000 });
  const id = await merchant.command(old, "replace", "", { args: { replacement: next.datasourceId } });
  await until(
    () => merchant.row(next),
    (row) => row === undefined,
  );
  await commandUntil(engine, id, "refused");
  await phaseUntil(engine, old, "LIVE");
  strictEqual((await merchant.sql`select 1 from slots where datasource_id = ${old.datasourceId}`).length, 1);
  return old;
};

/** Two stand on one grant: one renewal is both's, whichever of them proves it. */
const renewedBeside: Scenario = async (engine) => {
  const { merchant, source } = engine;
  const [one, other] = [await connected(engine), await connected(engine)];
  await merchant.sql`
    update datasources set grant_id = (select grant_id from datasources where id = ${one.datasourceId})
    where id = ${other.datasourceId}`;
  for (const each of [one, other])
    source.when(each.datasourceId, { sync: () => ({ kind: "failed", failure: revoked }) });
  for (const each of [one, other]) await phaseUntil(engine, each, "REAUTHORIZE");
  for (const each of [one, other]) source.when(each.datasourceId, {});
  await merchant.comeBack(one);
  await rowUntil(engine, one, (row) => row.auth === "ok");
  // The outbox's sender is not part of this stand: its row is rung by hand.
  const [rung] = await until(
    () => merchant.sql<{ version: number }[]>`
      select intent_version as version from outbox where datasource_id = ${other.datasourceId} order by id desc limit 1`,
    (rows) => rows.length === 1,
  );
  await engine.ringer.ring(other, rung?.version ?? 0);
  await rowUntil(engine, other, (row) => row.auth === "ok" && row.phase === "LIVE");
  return other;
};

/** The long restatement window is read again every night, behind the sync. */
const refreshDue: Scenario = async (engine) => {
  const target = await connected(engine, {}, "tiktok-ads");
  await until(
    async () => engine.source.callsOf(target.datasourceId),
    (calls) => ["refresh:1", "refresh:2"].every((call) => calls.includes(call)),
  );
  const [run] = await engine.merchant.sql`
    select state from runs where datasource_id = ${target.datasourceId} and kind = 'refresh' order by n limit 1`;
  strictEqual(run?.["state"], "succeeded");
  return target;
};

/** Asked once, after the first sync; a refusal holds up nothing, and a new credential asks again. */
const webhooksRegistered: Scenario = async (engine) => {
  const target = await connected(
    engine,
    { webhooks: () => ({ kind: "failed", code: "no", said: "no" }) },
    "tiktok-ads",
  );
  const asked = () => engine.source.callsOf(target.datasourceId).filter((call) => call === "webhooks").length;
  await until(
    async () => asked(),
    (times) => times === 1,
  );
  const before = (await engine.merchant.row(target))?.lastSuccessAt?.getTime() ?? 0;
  await rowUntil(engine, target, (row) => (row.lastSuccessAt?.getTime() ?? 0) > before);
  strictEqual(asked(), 1);
  const calls = engine.source.callsOf(target.datasourceId);
  ok(calls.indexOf("webhooks") > calls.indexOf("sync:1"), calls.join(" "));
  return target;
};

/** Rings come while a run continues as new; every command is answered all the same. */
const continuesWithPendingIntents: Scenario = async (engine) => {
  const { merchant } = engine;
  const target = await connected(engine);
  const asked: string[] = [];
  for (let n = 0; n < 24; n += 1) {
    const id = await merchant.command(target, "syncNow");
    asked.push(id);
    if (n % 2 === 0) await commandUntil(engine, id);
  }
  for (const id of asked) await commandUntil(engine, id);
  return target;
};

const disconnect: Scenario = async (engine) => {
  const target = await connected(engine);
  await engine.merchant.command(target, "disconnect");
  await phaseUntil(engine, target, "END");
  strictEqual(engine.source.callsOf(target.datasourceId).filter((call) => call === "erase").length, 1);
  return target;
};

const disconnectAndDelete: Scenario = async (engine) => {
  const target = await connected(engine);
  await engine.merchant.command(
    target,
    "disconnect",
    "disconnected_at = now(), undo_until = now() + interval '2 seconds', generation = generation + 1, delete_data = true",
  );
  await phaseUntil(engine, target, "END");
  await until(
    async () => engine.source.callsOf(target.datasourceId),
    (calls) => calls.includes("purge"),
  );
  return target;
};

const disconnectAndUndo: Scenario = async (engine) => {
  const { merchant } = engine;
  const target = await connected(engine);
  await merchant.command(
    target,
    "disconnect",
    "disconnected_at = now(), undo_until = now() + interval '1 minute', generation = generation + 1",
  );
  await phaseUntil(engine, target, "DISCONNECTING");
  await merchant.command(target, "undoDisconnect");
  await phaseUntil(engine, target, "PAUSED");
  await merchant.comeBack(target);
  await rowUntil(engine, target, (row) => row.auth === "ok" && row.phase === "PAUSED");
  await merchant.command(target, "resume");
  await phaseUntil(engine, target, "LIVE");
  return target;
};

const goneForGood: Scenario = async (engine) => {
  const gone = {
    kind: "failed",
    failure: { class: "gone", what: "account", code: "fake.gone", said: "no such shop" },
  } as const;
  const target = await connected(engine);
  engine.source.when(target.datasourceId, { sync: () => gone, verify: () => gone });
  await phaseUntil(engine, target, "END");
  strictEqual((await engine.merchant.sql`select 1 from slots where datasource_id = ${target.datasourceId}`).length, 0);
  return target;
};

const throttled: Scenario = async (engine) => {
  let times = 0;
  const target = await connected(engine, {
    verify: ({ n }) => (n === 1 ? { kind: "throttled", forMs: 1_500 } : { kind: "done" }),
    slice: ({ position }) =>
      position === 2 && (times += 1) < 3 ? { kind: "throttled", forMs: 1_000 } : { kind: "done" },
    sync: ({ run }) => (run.n === 1 ? { kind: "throttled", forMs: 1_500 } : { kind: "done" }),
  });
  // A busy machine may have an attempt repeated, and then there is one more.
  ok(times >= 3, `asked ${times} times`);
  return target;
};

const resync: Scenario = async (engine) => {
  const { merchant } = engine;
  const target = await connected(engine);
  const id = await merchant.command(target, "resync");
  await commandUntil(engine, id);
  const runs =
    await merchant.sql`select state from runs where datasource_id = ${target.datasourceId} and kind = 'resync'`;
  strictEqual(runs[0]?.["state"], "succeeded");
  return target;
};

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  firstConnect,
  consentTimeout,
  accountChoice,
  reauthorizeDuringBackfill,
  expiringSoonThenRenewed,
  pauseMidActivity,
  holdExpiry,
  dailyKindsDue,
  continuesWithPendingIntents,
  disconnect,
  disconnectAndDelete,
  disconnectAndUndo,
  goneForGood,
  throttled,
  resync,
  broughtForward,
  historyExtended,
  replaced,
  replacementGivenUp,
  renewedBeside,
  refreshDue,
  webhooksRegistered,
  filesImported,
};

/** Lives that are recorded and replayed, and asserted while they are lived. Each is one datasource of its own, so they may run side by side. */
import { ok, strictEqual } from "node:assert/strict";
import { once } from "node:events";
import { filesImported } from "./upload-scenario.ts";
import { until } from "./until.ts";
import { revoked } from "./fake-source.ts";
import { broughtForward, historyExtended, renewedBeside, replaced, replacementGivenUp } from "./scenarios-of-change.ts";
import { commandUntil, connected, phaseUntil, rowUntil, synced, syncsAgain } from "./waiting.ts";
import type { Scenario } from "./waiting.ts";

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
  await syncsAgain(engine, target);
  await merchant.sql`update grants set ends_at = null where ${ofIt}`;
  await merchant.comeBack(target);
  await rowUntil(engine, target, synced);
  return target;
};

const pauseMidActivity: Scenario = async (engine) => {
  const { merchant, source } = engine;
  const target = await connected(engine);
  source.when(target.datasourceId, {
    sync: async ({ signal }) => {
      if (!signal.aborted) await once(signal, "abort");
      return { kind: "more" };
    },
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

/** Nobody rings: the sync's fence sees the hold. A busy machine may sync only when it is over; then another one stands longer. */
const holdExpiry: Scenario = async (engine) => {
  const { merchant } = engine;
  const target = await connected(engine);
  const { organisationId, datasourceId } = target;
  const look = () => merchant.sql<{ isPaused: boolean; stands: boolean }[]>`
    select phase = 'PAUSED' as "isPaused", exists (select from holds h where h.datasource_id = d.id and h.until > now()) as stands
    from datasources d where d.id = ${datasourceId}`;
  for (let seconds = 5, isSeen = false; !isSeen; seconds *= 2) {
    await merchant.sql`
      insert into holds (organisation_id, scope, datasource_id, reason, until, by)
      values (${organisationId}, 'source', ${datasourceId}, 'maintenance', now() + ${seconds}::int * interval '1 second', '{}')`;
    const [seen] = await until(look, ([row]) => row?.isPaused === true || row?.stands === false);
    isSeen = seen?.isPaused === true;
  }
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

/** The long restatement window is read again every night, behind the sync; its reports may take a moment. */
const refreshDue: Scenario = async (engine) => {
  let asked = 0;
  const target = await connected(
    engine,
    { refresh: () => ((asked += 1) === 1 ? { kind: "throttled", forMs: 300 } : { kind: "done" }) },
    "tiktok-ads",
  );
  await until(
    async () => engine.source.callsOf(target.datasourceId),
    (calls) => ["refresh:1", "refresh:2"].every((call) => calls.includes(call)),
  );
  const [run] = await engine.merchant.sql`
    select state from runs where datasource_id = ${target.datasourceId} and kind = 'refresh' order by n limit 1`;
  strictEqual(run?.["state"], "succeeded");
  return target;
};

/** Asked after the first sync and never again, however the source answers: a refusal holds up nothing. */
const webhooksRegistered: Scenario = async (engine) => {
  const target = await connected(
    engine,
    { webhooks: () => ({ kind: "failed", code: "no", said: "no" }) },
    "tiktok-ads",
  );
  const asked = () => engine.source.callsOf(target.datasourceId).filter((call) => call === "webhooks").length;
  await until(
    async () => asked(),
    (times) => times >= 1,
  );
  // A busy machine may have the asking repeated; the sync that follows begins when it is over.
  await syncsAgain(engine, target);
  const times = asked();
  await syncsAgain(engine, target);
  strictEqual(asked(), times);
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
  ok(engine.source.callsOf(target.datasourceId).includes("erase"));
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
    "disconnected_at = now(), undo_until = now() + interval '1 hour', generation = generation + 1",
  );
  await phaseUntil(engine, target, "DISCONNECTING");
  await merchant.command(target, "undoDisconnect");
  await phaseUntil(engine, target, "REAUTHORIZE");
  await merchant.comeBack(target);
  await rowUntil(engine, target, (row) => row.auth === "ok" && row.phase === "LIVE");
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

/** Lives in which a person wants another history, or another source, and one renewal serves two. */
import { ok, strictEqual } from "node:assert/strict";
import { addDays } from "../../lifecycle/windows.ts";
import { revoked } from "./fake-source.ts";
import type { Script } from "./fake-source.ts";
import { until } from "./until.ts";
import { commandUntil, connected, phaseUntil, rowUntil, synced } from "./waiting.ts";
import type { Scenario } from "./waiting.ts";

/** Days that a person wants first are cut out of their window and read before all that was queued. */
export const broughtForward: Scenario = async (engine) => {
  const { merchant, source } = engine;
  /** Those that the source gives; it asks to wait for all others. */
  let given: (position: number) => boolean = (position) => position < 2;
  const script: Partial<Script> = {
    slice: ({ position }) => (given(position) ? { kind: "done" } : { kind: "throttled", forMs: 500 }),
  };
  const target = await merchant.connect();
  source.when(target.datasourceId, script);
  await merchant.comeBack(target);
  await phaseUntil(engine, target, "LIVE");
  const slices = () => merchant.sql<{ position: number; priority: number; state: string; from: string; to: string }[]>`
    select position, priority, state, from_at::date::text as from, to_at::date::text as to from slices
    where datasource_id = ${target.datasourceId} order by position`;
  const last = (await slices()).at(-1);
  const from = addDays(last?.to ?? "", -3);
  const wanted = await merchant.command(target, "bringForward", "", { args: { from, to: last?.to ?? "" } });
  await commandUntil(engine, wanted);
  const first = (await slices()).filter(({ priority }) => priority > 0).map(({ position }) => position);
  ok(first.length > 0 && first.every((position) => position > 4), JSON.stringify(await slices()));
  // Both lanes hold a piece. Were one of the queue begun before what is wanted, it would keep its lane, and this would never end.
  given = (position) => position < 4 || first.includes(position);
  await until(slices, (seen) => seen.every(({ position, state }) => !first.includes(position) || state === "done"));
  given = () => true;
  await rowUntil(engine, target, synced);
  strictEqual(
    (await merchant.sql`select 1 from slices where datasource_id = ${target.datasourceId} and state <> 'done'`).length,
    0,
  );
  return target;
};

/** History further back is a run of its own beside the syncs; what lies within it already is not read again. */
export const historyExtended: Scenario = async (engine) => {
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

/** The new one borrows the slot until it is proven; then it has it, and the old one is read once more, up to the switch, and disconnected. */
export const replaced: Scenario = async (engine) => {
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
    select o.counts_until = n.counts_from as same, o.replaced_by = n.id as by, o.delete_data as gone,
      o.last_success_at between o.replaced_at and o.disconnected_at as read
    from datasources o, datasources n where o.id = ${old.datasourceId} and n.id = ${next.datasourceId}`;
  strictEqual(JSON.stringify(days), JSON.stringify({ same: true, by: true, gone: false, read: true }));
  return next;
};

/** Nobody comes home from the consent screen: the old one goes on, its slot with it. */
export const replacementGivenUp: Scenario = async (engine) => {
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
export const renewedBeside: Scenario = async (engine) => {
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

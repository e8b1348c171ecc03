import { randomUUID } from "node:crypto";
import type { Page } from "@headwater/connectors/contract.ts";
import type { SourceRecord } from "@headwater/connectors/records.ts";
import { expect, test } from "vitest";
import { eraseCredential } from "../source/end-grant.ts";
import { dayStart } from "./days.ts";
import { eraseCustomer } from "./erase-customer.ts";
import { purgeBatch } from "./purge-batch.ts";
import { spotCheck } from "./spot-check.ts";
import { sweepDeletes } from "./sweep-deletes.ts";
import { dayAgo, zoneAtNoon } from "./testing/days.ts";
import { ownRig } from "./testing/own-rig.ts";
import { options } from "./testing/rig.ts";
import { line, order, refund, scripted, scriptedConnector } from "./testing/scripted-source.ts";
import { workOnSlice } from "./work-on-slice.ts";

const zone = zoneAtNoon();
const rig = ownRig({ zone });

const load = async (...records: SourceRecord[]): Promise<void> => {
  rig.use(scriptedConnector({ pages: scripted(records) }));
  await workOnSlice(rig.deps, await rig.slice(), options());
};
const alive = async () =>
  (await rig.owner<{ id: string }[]>`select id from orders where deleted_at is null order by id`).map(({ id }) => id);
const idsGiven = (ids: string[], counted: number | null) =>
  scriptedConnector({
    pages: scripted([]),
    stream: {
      ids: async function* given() {
        yield ids.slice(0, 1);
        yield ids.slice(1);
      },
      count: () => Promise.resolve(counted),
    },
  });

test("an order that the source has deleted gets a tombstone with its lines, and its day counts again", async () => {
  await load(order("a", { customerId: "c" }), order("b", { customerId: "c" }), line("l", "b"));
  rig.use(idsGiven(["a"], 1));
  expect(await sweepDeletes(rig.deps, rig.run("sweep"), options())).toMatchObject({ kind: "done", tombstoned: 2 });
  expect(await alive()).toEqual(["a"]);
  expect(await rig.owner`select value::text from rollups where metric = 'orders'`).toEqual([{ value: "1" }]);
  expect(await rig.owner`select cause from restatements where metric = 'orders' and before = 2`).toEqual([
    { cause: "delete" },
  ]);
  expect(await rig.owner`select state, written from runs where kind = 'sweep'`).toEqual([
    { state: "succeeded", written: "2" },
  ]);
});

test("an order deleted with its refund of the same day: what stays of that day is counted once", async () => {
  await load(order("a"), order("b"), refund("r", "b", { refundedAt: "2026-03-01T11:00:00Z" }));
  rig.use(idsGiven(["a"], 1));
  expect(await sweepDeletes(rig.deps, rig.run("sweep"), options())).toMatchObject({ kind: "done", tombstoned: 2 });
  expect(await rig.owner`select metric, value::text from rollups where metric in ('orders', 'refunds')`).toEqual([
    { metric: "orders", value: "1" },
  ]);
});

test("a list of ids that was cut short buries nobody: the source's own count must agree", async () => {
  await load(order("a"), order("b"), order("c"));
  rig.use(idsGiven(["a"], 3));
  expect(await sweepDeletes(rig.deps, rig.run("sweep"), options())).toMatchObject({
    kind: "providerDown",
    tombstoned: 0,
  });
  expect(await alive()).toEqual(["a", "b", "c"]);
});

test("the source's figure stands beside ours, equal or not", async () => {
  const day = dayAgo(zone, 1);
  await load(order("a", { orderedAt: dayStart(day, zone).toISOString() }));
  const connector = scriptedConnector({ pages: scripted([]) });
  rig.use({
    ...connector,
    reconcile: {
      settledAfterHours: 0,
      aggregates: (_session, asked) =>
        Promise.resolve([{ metric: "orders", day: asked, value: "2", currency: null, figure: "ordersCount" }]),
    },
  });
  const outcome = await spotCheck(rig.deps, rig.run("spotCheck"), options());
  expect(outcome.figures).toMatchObject([{ metric: "orders", day, ours: "1", theirs: "2" }]);
  expect(await rig.owner`select ours::text, theirs::text, figure, settled, parts from spot_checks`).toEqual([
    { ours: "1", theirs: "2", figure: "ordersCount", settled: true, parts: [] },
  ]);
});

test("a source that needs days to settle is held to the day that has, and shown yesterday as not settled", async () => {
  const connector = scriptedConnector({ pages: scripted([]) });
  rig.use({
    ...connector,
    reconcile: {
      settledAfterHours: 72,
      aggregates: (_session, day) =>
        Promise.resolve([{ metric: "orders", day, value: "2", currency: null, figure: "ordersCount" }]),
    },
  });
  expect(await spotCheck(rig.deps, rig.run("spotCheck"), options())).toMatchObject({ kind: "done" });
  const ago = (days: number) => dayAgo(zone, days);
  expect(await rig.owner`select day::text, settled from spot_checks order by day`).toEqual([
    { day: ago(4), settled: true },
    { day: ago(1), settled: false },
  ]);
  expect(await rig.owner`select outcome from runs where kind = 'spotCheck'`).toEqual([{ outcome: { differ: 1 } }]);
});

test("while days are read anew for another choice, old numbers of ours are not held against new ones of theirs", async () => {
  const connector = scriptedConnector({ pages: scripted([]) });
  rig.use({
    ...connector,
    reconcile: {
      settledAfterHours: 0,
      aggregates: (_session, day) =>
        Promise.resolve([{ metric: "orders", day, value: "2", currency: null, figure: "ordersCount" }]),
    },
  });
  const { organisationId, datasourceId } = rig.ref;
  await rig.owner`
    insert into commands (organisation_id, datasource_id, kind, args, args_hash, idempotency_key, actor, intent_version)
    values (${organisationId}, ${datasourceId}, 'resync', '{"choice":"metric","value":"new"}', 'h', 'k', '{"kind":"system","name":"engine"}', 1)`;
  expect(await spotCheck(rig.deps, rig.run("spotCheck"), options())).toMatchObject({ kind: "done", figures: [] });
  await rig.owner`update commands set state = 'done', settled_at = now()`;
  expect((await spotCheck(rig.deps, rig.run("spotCheck", 2), options())).figures).toHaveLength(1);
});

test("what is less than a coin is no difference", async () => {
  const connector = scriptedConnector({ pages: scripted([]) });
  rig.use({
    ...connector,
    reconcile: {
      settledAfterHours: 0,
      aggregates: (_session, day) =>
        Promise.resolve([
          { metric: "tracked_revenue", day, value: "0.0004", currency: null, figure: "placedOrder" },
          { metric: "email_revenue", day, value: "0.001", currency: null, figure: "placedOrder" },
        ]),
    },
  });
  await spotCheck(rig.deps, rig.run("spotCheck"), options());
  expect(await rig.owner`select outcome from runs where kind = 'spotCheck'`).toEqual([{ outcome: { differ: 1 } }]);
});

test("a purge takes at most 5,000 rows a call and stops at an account that another datasource reads", async () => {
  const records = Array.from({ length: 6_000 }, (_, at) => order(`o${at}`));
  rig.use(
    scriptedConnector({
      pages: async function* pages(): AsyncGenerator<Page> {
        yield { kind: "records", records, rejected: [], cursor: { next: 1 }, done: true };
      },
    }),
  );
  await workOnSlice(rig.deps, await rig.slice(), options());
  expect(await purgeBatch(rig.deps, rig.ref)).toEqual({ kind: "done", rows: 0 });
  await rig.owner`update datasources set disconnected_at = now()`;
  expect(await purgeBatch(rig.deps, rig.ref)).toMatchObject({ kind: "more", rows: 5_000 });
  // The shop may be connected again from here on: it finds no account that is half deleted, and no number of the old one.
  expect(await rig.owner`select id from accounts where external_id not like 'purged:%'`).toEqual([]);
  expect(await rig.owner`select * from rollups`).toEqual([]);
  const left = async () => Number((await rig.owner`select count(*) from orders`)[0]?.["count"]);
  expect(await left()).toBeGreaterThan(900);
  await rig.owner`insert into datasources (organisation_id, platform, account_id, name)
    values (${rig.ref.organisationId}, 'shopify', ${rig.accountId}, 'Again')`;
  expect(await purgeBatch(rig.deps, rig.ref)).toMatchObject({ kind: "done" });
  expect(await left()).toBeGreaterThan(900);
  await rig.owner`update datasources set disconnected_at = now()`;
  while ((await purgeBatch(rig.deps, rig.ref)).kind === "more") continue;
  expect(await left()).toBe(0);
  expect(await rig.owner`select * from rollups`).toEqual([]);
});

test("a deletion that took several calls says once, at its end, how many rows there were, as whoever chose it was told", async () => {
  const { organisationId, datasourceId } = rig.ref;
  await rig.owner`insert into quarantine (organisation_id, datasource_id, stream, reason)
    select ${organisationId}, ${datasourceId}, 'orders', 'test' from generate_series(1, 11000)`;
  await rig.owner`insert into progress (organisation_id, datasource_id, stream, rows)
    values (${organisationId}, ${datasourceId}, 'told', 412)`;
  const person = randomUUID();
  await rig.owner`update datasources set disconnected_at = now(),
    disconnected_by = ${rig.owner.json({ kind: "person", userId: person })} where id = ${datasourceId}`;
  const said = () => rig.owner`select actor->>'kind' as by, after from audit_log where verb = 'dataDeleted'`;
  for (const rows of [5_000, 5_000]) {
    expect(await purgeBatch(rig.deps, rig.ref)).toEqual({ kind: "more", rows });
    expect(await said()).toEqual([]);
  }
  expect(await purgeBatch(rig.deps, rig.ref)).toMatchObject({ kind: "done" });
  expect(await purgeBatch(rig.deps, rig.ref), "asked again by who never heard the answer").toEqual({
    kind: "done",
    rows: 0,
  });
  expect(await said()).toEqual([{ by: "system", after: { kind: "all", rows: 412, generation: 0 } }]);
  expect(await rig.owner`select 1 from checkpoints`).toEqual([]);
  const told = await rig.owner`select for_user, detail from notices where kind = 'dataDeleted'`;
  expect(told, "in the bell of whoever wanted it deleted").toEqual([
    { for_user: person, detail: { kind: "all", rows: 412 } },
  ]);
});

test("where another datasource reads the account, its rows are not told as deleted", async () => {
  await load(order("a"));
  await rig.owner`insert into datasources (organisation_id, platform, account_id, name)
    values (${rig.ref.organisationId}, 'shopify', ${rig.accountId}, 'Sister')`;
  await rig.owner`update datasources set disconnected_at = now() where id = ${rig.ref.datasourceId}`;
  expect(await purgeBatch(rig.deps, rig.ref)).toMatchObject({ kind: "done" });
  expect(await alive()).toEqual(["a"]);
  expect(await rig.owner`select after from audit_log where verb = 'dataDeleted'`).toEqual([
    { after: { kind: "own", generation: 0 } },
  ]);
});

test("a purge deletes nothing that may be undone yet, whoever's clock began it, nor what was disconnected anew since", async () => {
  await load(order("a"));
  await rig.owner`update datasources set disconnected_at = now(), undo_until = now() + interval '1 hour'`;
  expect(await purgeBatch(rig.deps, rig.ref)).toEqual({ kind: "early", rows: 0 });
  await rig.owner`update datasources set undo_until = now() - interval '1 second', generation = generation + 2`;
  expect(await purgeBatch(rig.deps, rig.ref)).toEqual({ kind: "done", rows: 0 });
  expect(await rig.owner`select 1 from accounts where external_id like 'purged:%'`).toEqual([]);
  expect(await alive()).toEqual(["a"]);
  expect(await purgeBatch(rig.deps, { ...rig.ref, generation: rig.ref.generation + 2 })).toMatchObject({
    kind: "done",
  });
  expect(await alive()).toEqual([]);
});

test("one of the same account that can still be undone is read on; what had kept it before goes with it", async () => {
  await load(order("a"));
  const { organisationId, datasourceId } = rig.ref;
  const by = { kind: "person", userId: randomUUID() };
  await rig.owner`update datasources set disconnected_at = now(), delete_data_by = ${rig.owner.json(by)},
    disconnected_by = ${rig.owner.json({ kind: "person", userId: randomUUID() })}`;
  const [other] =
    await rig.owner`insert into datasources (organisation_id, platform, account_id, name, disconnected_at, undo_until)
    values (${organisationId}, 'shopify', ${rig.accountId}, 'Before', now(), now() + interval '1 minute') returning id`;
  await rig.owner`insert into quarantine (organisation_id, datasource_id, stream, reason)
    values (${organisationId}, ${other?.["id"]}, 'orders', 'test')`;
  const deleted = async () =>
    (await rig.owner`select id from datasources where data_deleted_at is not null order by name = 'Before'`).map(
      ({ id }) => String(id),
    );
  expect(await purgeBatch(rig.deps, rig.ref)).toMatchObject({ kind: "done" });
  expect([await alive(), await deleted()]).toEqual([["a"], [datasourceId]]);
  await rig.owner`update datasources set undo_until = now() - interval '1 second' where id = ${other?.["id"]}`;
  expect(await purgeBatch(rig.deps, rig.ref)).toMatchObject({ kind: "done" });
  expect([await alive(), await deleted()]).toEqual([[], [datasourceId, other?.["id"]]]);
  expect(await rig.owner`select 1 from quarantine`).toEqual([]);
  const [told] = await rig.owner`select for_user from notices where kind = 'dataDeleted'`;
  expect(told, "whoever chose it, not whoever disconnected it").toEqual({ for_user: by.userId });
  const saidOf = async (id: string) =>
    (
      await rig.owner`select after->>'kind' as kind from audit_log where verb = 'dataDeleted' and datasource_id = ${id}`
    ).map(({ kind }) => String(kind));
  expect([await saidOf(datasourceId), await saidOf(String(other?.["id"]))], "each tells it").toEqual([
    ["own"],
    ["along"],
  ]);
});

test("one of the same account whose undo is under way when its purge begins is read on", async () => {
  await load(order("a"));
  await rig.owner`update datasources set disconnected_at = now()`;
  const [other] =
    await rig.owner`insert into datasources (organisation_id, platform, account_id, name, disconnected_at, undo_until)
    values (${rig.ref.organisationId}, 'shopify', ${rig.accountId}, 'Before', now(), now()) returning id`;
  const purged = Promise.withResolvers<ReturnType<typeof purgeBatch>>();
  await rig.owner.begin(async (tx) => {
    await tx`update datasources set disconnected_at = null, undo_until = null where id = ${other?.["id"]}`;
    purged.resolve(purgeBatch(rig.deps, rig.ref));
    const waiting = () =>
      rig.owner`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await expect.poll(waiting).toHaveLength(1);
  });
  expect(await purged.promise).toMatchObject({ kind: "done" });
  expect(await alive()).toEqual(["a"]);
  expect(await rig.owner`select 1 from accounts where external_id like 'purged:%'`).toEqual([]);
});

test("an account that is connected again in the moment in which its purge begins is left whole", async () => {
  await load(order("a"));
  await rig.owner`update datasources set disconnected_at = now()`;
  const purged = Promise.withResolvers<ReturnType<typeof purgeBatch>>();
  await rig.owner.begin(async (tx) => {
    await tx`update accounts set name = 'Again' where id = ${rig.accountId}`;
    await tx`insert into datasources (organisation_id, platform, account_id, name)
      values (${rig.ref.organisationId}, 'shopify', ${rig.accountId}, 'Again')`;
    purged.resolve(purgeBatch(rig.deps, rig.ref));
    await expect
      .poll(
        () => rig.owner`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
      .toHaveLength(1);
  });
  expect(await purged.promise).toMatchObject({ kind: "done" });
  expect(await rig.owner`select 1 from accounts where external_id like 'purged:%'`).toEqual([]);
  expect(await alive()).toEqual(["a"]);
});

test("a person who is forgotten leaves the numbers as they were", async () => {
  await load(order("a", { customerId: "c1" }), order("b", { customerId: "c2" }));
  const before = await rig.owner`select metric, day, value from rollups order by 1, 2`;
  expect(await eraseCustomer(rig.deps, rig.ref, { customerId: "c1", orderIds: [] })).toMatchObject({ rows: 2 });
  expect(await rig.owner`select customer_id, document from orders where id = 'a'`).toEqual([
    { customer_id: null, document: null },
  ]);
  expect(await rig.owner`select metric, day, value from rollups order by 1, 2`).toEqual(before);
});

test("an erased credential can be read by nobody; one that another datasource stands on is kept", async () => {
  await rig.owner`insert into datasources (organisation_id, platform, grant_id, name)
    values (${rig.ref.organisationId}, 'shopify', ${rig.grantId}, 'Sister')`;
  expect(await eraseCredential(rig.deps, rig.ref)).toEqual({ kind: "kept" });
  await rig.owner`update datasources set disconnected_at = now() where name = 'Sister'`;
  expect(await eraseCredential(rig.deps, rig.ref)).toEqual({ kind: "erased" });
  expect(await rig.owner`select sealed, wrapped_key from credentials`).toEqual([{ sealed: null, wrapped_key: null }]);
  expect(await eraseCredential(rig.deps, rig.ref)).toEqual({ kind: "erased" });
});

import { expect, test } from "vitest";
import { retain } from "./sweeps.ts";
import { ownRows, sweepDeps } from "./testing/own-rows.ts";

const own = ownRows();

test("retention drops one of each that is old and keeps the young one and all that a person could ask for", async () => {
  const { merchant } = own;
  const { sql, organisationId } = merchant;
  const { datasourceId: id } = await merchant.connect();
  const ago = (days: number) => new Date(Date.now() - days * 86_400_000);
  for (const [name, days] of [
    ["old", 100],
    ["young", 0],
  ] as const) {
    await sql`insert into outbox (organisation_id, datasource_id, intent_version, sent_at) values (${organisationId}, ${id}, ${days}, ${ago(days)})`;
    await sql`insert into connect_attempts (organisation_id, state_hash, browser_hash, user_id, platform, purpose, expires_at)
      values (${organisationId}, ${name}, 'b', ${organisationId}, 'shopify', 'connect', ${ago(days)})`;
    await sql`insert into inbound_webhooks (platform, webhook_id, topic, account_key, body, received_at) values ('shopify', ${name}, 'customers/redact', 'shop', '\\x00', ${ago(days)})`;
    await sql`insert into processes (kind, version, seen_at) values ('load', ${name}, ${ago(days)})`;
    for (const kind of ["sync", "backfill"])
      await sql`insert into runs (organisation_id, id, datasource_id, kind, n, state, finished_at)
        values (${organisationId}, ${`${id}:${kind}:${days === 0 ? 2 : 1}`}, ${id}, ${kind}, ${days === 0 ? 2 : 1}, 'succeeded', ${ago(days)})`;
  }
  const unsent = await merchant.command({ organisationId, datasourceId: id }, "setCadence", "cadence_ms = 60000");
  await sql`update outbox set created_at = ${ago(100)} where sent_at is null`;
  const { acted } = await retain(sweepDeps(own.worker));
  expect(acted).toBe(5);
  const left = async (rows: Promise<readonly Record<string, unknown>[]>) => (await rows).map((row) => row["name"]);
  expect(await left(sql`select state_hash as name from connect_attempts`)).toEqual(["young"]);
  expect(await left(sql`select webhook_id as name from inbound_webhooks`)).toEqual(["young"]);
  expect(await left(sql`select version as name from processes`)).toEqual(["young"]);
  expect(await left(sql`select kind || n as name from runs order by 1`)).toEqual(["backfill1", "backfill2", "sync2"]);
  expect(await left(sql`select intent_version as name from outbox where sent_at is not null`)).toEqual([0]);
  expect(await left(sql`select count(*)::int as name from outbox where sent_at is null`)).toEqual([1]);
  expect(await left(sql`select id as name from commands`)).toEqual([unsent]);
});

test("the last run of its kind stays, however old, so that no number is given twice", async () => {
  const { merchant } = own;
  const { sql, organisationId } = merchant;
  const { datasourceId: id } = await merchant.connect();
  await sql`insert into runs (organisation_id, id, datasource_id, kind, n, state, finished_at)
    values (${organisationId}, ${`${id}:sync:7`}, ${id}, 'sync', 7, 'succeeded', now() - interval '2 years')`;
  await retain(sweepDeps(own.worker));
  expect((await sql`select n from runs where datasource_id = ${id}`).length).toBe(1);
});

test("a sample brand that has ended is looked at until its last run is old, and never again", async () => {
  const { merchant } = own;
  const { sql, organisationId } = merchant;
  const { datasourceId: id } = await merchant.connect();
  const ended = (days: number, by: string) => sql`
    update datasources set disconnected_at = now() - ${`${days} days`}::text::interval,
      disconnected_by = ${JSON.stringify({ kind: "system", name: by })}::text::jsonb
    where organisation_id = ${organisationId}`;
  const looked = async () => (await retain(sweepDeps(own.worker))).looked;
  expect(await looked()).toBe(1);
  await ended(92, "engine");
  expect(await looked(), "of one's own brand somebody may still ask for something").toBe(1);
  await ended(92, "sample");
  await sql`update datasources set disconnected_at = now() - interval '90 days' where id = ${id}`;
  expect(await looked()).toBe(1);
  await ended(92, "sample");
  expect(await looked()).toBe(0);
});

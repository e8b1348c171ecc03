// When each kind of call was made last: of a long ledger a few rows are read, and not all of it.
import { randomUUID } from "node:crypto";
import { datasourceId, grantId, inTenant, organisationId } from "@headwater/db";
import { ownDatabase } from "@headwater/db/testing/own-database.ts";
import { expect, test } from "vitest";
import { readCallHours } from "./calls.ts";

const made = ownDatabase();
const PATHS = ["orders", "orders.count", "products", "report"];

test("the last hour of each kind of call since a grant was made is found without reading its ledger", async () => {
  const { sql } = made.owner;
  const [organisation, grant, source] = [
    organisationId(randomUUID()),
    grantId(randomUUID()),
    datasourceId(randomUUID()),
  ];
  await sql`insert into organisations ${sql({ id: organisation, slug: organisation, name: "Brand", zone: "UTC", currency: "INR" })}`;
  await sql`insert into grants (organisation_id, id, platform, login_key, created_at)
    values (${organisation}, ${grant}, 'shopify', 'tea', now() - interval '80 days')`;
  await sql`insert into datasources (organisation_id, id, platform, grant_id, name, phase)
    values (${organisation}, ${source}, 'shopify', ${grant}, 'Tea', 'LIVE')`;
  // Read once: between two readings of the clock an hour may turn.
  const now = new Date();
  await sql`
    insert into calls (organisation_id, datasource_id, hour, method, path, calls)
    select ${organisation}, ${source}, date_trunc('hour', ${now}::timestamptz, 'UTC') - n * interval '1 hour', method, path, 1
    from generate_series(0, 2_100) n, unnest(array['GET', 'POST']) method, unnest(${PATHS}::text[]) with ordinality as p (path, place)
    where n >= 24 * place and (path <> 'report' or n > 24 * 81)`;
  const [first] = await sql<[{ hour: Date }]>`
    insert into calls (organisation_id, datasource_id, hour, method, path, calls)
    select ${organisation}, ${source}, date_trunc('hour', created_at, 'UTC'), 'POST', 'shop', 1 from grants returning hour`;
  await sql`analyze calls`;
  const dayAgo = (days: number) => new Date(Math.floor(now.getTime() / 3_600_000 - days * 24) * 3_600_000);
  const { found, read } = await inTenant(made.api, organisation, async (tx) => {
    const before = await readRows(tx.sql);
    const hours = await readCallHours(tx.drizzle, [grant], now);
    return { found: hours.get(grant), read: (await readRows(tx.sql)) - before };
  });
  const since = PATHS.slice(0, 3).map((path, n) => [path, dayAgo(n + 1)] as const);
  expect(found, "with the hour in which it was made").toEqual(new Map([...since, ["shop", first.hour]]));
  expect(read, "rows of 13,000").toBeLessThan(100);
});

type Sql = Parameters<Parameters<typeof inTenant>[2]>[0]["sql"];
const readRows = async (sql: Sql): Promise<number> => {
  const [row] = await sql<{ rows: number }[]>`
    select (coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int as rows
    from pg_stat_xact_user_tables where relname = 'calls'`;
  return row?.rows ?? 0;
};

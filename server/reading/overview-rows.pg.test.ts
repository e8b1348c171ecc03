// Brand Overview stays within five statements, and reads what was rolled up: 200,000 rows of costs are not looked at.
import { randomUUID } from "node:crypto";
import { inTenant, openDatabase, organisationId } from "@headwater/db";
import type { Database } from "@headwater/db";
import { createTestDatabase } from "@headwater/db/testing.ts";
import type { TestDatabase } from "@headwater/db/testing.ts";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { addDays, dayIn } from "./days.ts";
import { readOverview } from "./overview.ts";

const ROWS = 200_000;
/** One reading of the clock, for rows and for what is asked of them. */
const now = new Date();
const today = dayIn(now, "UTC");
const day = (back: number) => addDays(today, -back);
const org = organisationId(randomUUID());
const statements: string[] = [];
let made: TestDatabase;
let owner: Database;
let api: Database;

beforeAll(async () => {
  made = await createTestDatabase(inject("postgresUrl"));
  owner = openDatabase({ url: made.ownerUrl, max: 1 });
  api = openDatabase({ url: made.apiUrl, max: 1 });
  Object.assign(api.sql.options, { debug: (_connection: number, text: string) => statements.push(text) });
  await fill();
});
afterAll(async () => {
  await Promise.all([owner.close(), api.close()]);
  await made.close();
});

/** A shop and its costs: prices, orders' own costs, dated ones and 25,000 that recur, with what an import rolls up of them. */
async function fill(): Promise<void> {
  const [costs, account, shop] = [randomUUID(), randomUUID(), randomUUID()];
  const { sql } = owner;
  await sql`insert into organisations ${sql({ id: org, slug: org, name: "Brand", zone: "UTC", currency: "INR" })}`;
  for (const [id, platform] of [
    [account, "custom-costs"],
    [shop, "shopify"],
  ] as const) {
    await sql`insert into accounts ${sql({ organisation_id: org, id, platform, external_id: id, name: platform, currency: "INR", zone: "UTC" })}`;
    await sql`insert into datasources ${sql({ organisation_id: org, id: platform === "shopify" ? randomUUID() : costs, platform, account_id: id, name: platform, phase: "LIVE", auth: "ok", backfill: "done", complete_through: now, last_success_at: now })}`;
  }
  await sql`insert into cost_books ${sql({ organisation_id: org, datasource_id: costs, head: 1, last_version: 1 })}`;
  await sql`insert into cost_rows (organisation_id, datasource_id, since, line, part, identity, content, cost_type, basis, amount,
      currency, start_day, end_day, recurrence, is_ad_spend, applies_to, action, sku, order_id)
    select ${org}, ${costs}, 1, n, 0, gen_random_uuid(), gen_random_uuid(), case n % 8 when 0 then 'cogs' when 1 then 'shipping' else 'fixed' end,
      case n % 8 when 0 then 'per_unit' else 'total' end, 5, 'INR', ${today}::date - n % 730, case when n % 8 > 2 then ${today}::date - n % 730 end,
      case n % 8 when 2 then 'monthly' else 'none' end, false, 'revenue', 'upsert', case n % 8 when 0 then 'S' || n end, case n % 8 when 1 then n::text end
    from generate_series(1, ${ROWS}::int) as n`;
  await sql`insert into cost_days (organisation_id, datasource_id, metric, day, currency, since, value)
    select ${org}, ${costs}, m, ${today}::date - n, 'INR', 1, 7 from generate_series(0, 729) n, unnest(array['cost_fixed', 'cost_other']) m`;
  await sql`insert into cost_recurring select ${org}, ${costs}, 'cost_fixed', 'monthly', 0, 'INR', ${today}::date - n, 1, 3100, 110.71, 106.89, 103.33, 100
    from generate_series(0, 729) n`;
  await sql`insert into cost_left_out (organisation_id, datasource_id, reason, first_day, last_day, currency, rows, amount)
    select ${org}, ${costs}, 'order', ${today}::date - n, ${today}::date - n, 'INR', 2, 9 from generate_series(0, 729) n`;
  await sql`update cost_books set left_out_of = head where organisation_id = ${org}`;
  await sql`insert into rollups (organisation_id, account_id, metric, day, currency, value)
    select ${org}, ${shop}, m, ${today}::date - n, 'INR', 7 from generate_series(0, 729) n, unnest(array['orders', 'net_sales', 'payment_fees']) m`;
  await sql`insert into order_costs (organisation_id, account_id, metric, day, currency, value, ground)
    select ${org}, ${shop}, m, ${today}::date - n, 'INR', 7, cost_ground(${org}, ${shop}) from generate_series(0, 729) n, unnest(array['cost_cogs', 'cost_units']) m`;
  await sql`analyze`;
}

test("four weeks beside the four before them: five statements, hundreds of rows", async () => {
  const ask = {
    range: { from: day(28), to: day(1) },
    comparedWith: { from: day(56), to: day(29) },
    zone: "UTC",
    currency: "INR",
  };
  const { view, read } = await inTenant(api, org, async ({ drizzle, sql }) => {
    statements.length = 0;
    const overview = await readOverview(drizzle, { ...ask, now });
    const asked = statements.filter((text) => /select/i.test(text));
    expect(asked.length, asked.join("\n")).toBeLessThanOrEqual(5);
    const [touched] = await sql<[{ rows: string }]>`
      select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) as rows from pg_stat_xact_user_tables where relname = 'cost_rows'`;
    return { view: overview, read: Number(touched.rows) };
  });
  const costs = (await Array.fromAsync(view.tiles())).find(({ metric }) => metric === "COSTS");
  expect(costs?.parts.map(({ part }) => part)).toEqual(["goods", "paymentFees", "fixed", "other"]);
  expect(costs).toMatchObject({ state: "VALUE", daysStale: 0 });
  expect(costs?.leftOut).toEqual([{ reason: "order", rows: 56, amounts: [{ amount: "252", currency: "INR" }] }]);
  // The ground that orders were counted on is looked up by its ends, once for each account.
  expect(read).toBeLessThan(20);
});

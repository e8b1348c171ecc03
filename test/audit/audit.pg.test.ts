// The auditor on real tables: what the sandbox served is written as Headwater would write it, then hurt, one row at a time.
import { createTestDatabase, type TestDatabase } from "@headwater/db/testing.ts";
import postgres from "postgres";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { startTestSandbox, words, type Json, type TestSandbox } from "../sandbox/testing.ts";
import { audit, reportInWords } from "./audit.ts";
import { metricByFigure } from "./compare.ts";
import { readFigures, readTold } from "./told.ts";

const shop = "audited.myshopify.com";
const organisation = "01900000-0000-7000-8000-000000000001";
const account = "01900000-0000-7000-8000-000000000002";
let sandbox: TestSandbox;
let database: TestDatabase;
let sql: postgres.Sql;

async function serveAll(): Promise<void> {
  const { access_token: access } = await sandbox.install(shop);
  const query =
    "query($after: String) { orders(first: 250, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }";
  for (let after: string | null = null; ;) {
    const reply: Json = await sandbox.graphql(shop, access, query, { after });
    const info = reply["data"]?.["orders"]?.["pageInfo"];
    if (words(info?.["hasNextPage"]) !== "true") return;
    after = words(info?.["endCursor"]);
  }
}

async function writeAll(): Promise<void> {
  await sql`insert into organisations (id, slug, name, zone, currency, plan) values (${organisation}, 'audited', 'Audited', 'Asia/Kolkata', 'INR', 'growth')`;
  await sql`insert into accounts (organisation_id, id, platform, external_id, name, domain, currency, zone)
    values (${organisation}, ${account}, 'shopify', 'gid://shopify/Shop/1', 'Audited', ${shop}, 'INR', 'Asia/Kolkata')`;
  const { orders } = await readTold(sandbox.origin, shop, "served", false);
  const own = (id: string, type: string, order: { versionAt: string }) => ({
    organisation_id: organisation,
    account_id: account,
    id: `gid://shopify/${type}/${id}`,
    version_at: order.versionAt,
  });
  const day = "2026-01-01";
  for (const order of orders) {
    const goods = order.lines.filter((line) => !line.isGiftCard);
    const gross = goods.reduce((sum, line) => sum + Number(line.gross) * 100, 0) / 100;
    await sql`insert into orders ${sql({
      ...own(order.id, "Order", order),
      name: order.name,
      ordered_at: order.orderedAt,
      source_created_at: order.createdAt,
      day,
      cancelled_at: order.cancelledAt,
      is_test: order.isTest,
      currency: order.currency,
      gross: gross.toFixed(2),
      discounts: order.discounts,
      shipping: order.shipping,
      tax: order.tax,
      duties: order.duties,
      tips: order.tips,
      total: order.total,
      customer_id: order.customerId === null ? null : `gid://shopify/Customer/${order.customerId}`,
      line_count: order.lines.length,
    })}`;
    const order_id = `gid://shopify/Order/${order.id}`;
    for (const line of order.lines)
      await sql`insert into order_lines ${sql({ ...own(line.id, "LineItem", order), order_id, quantity: line.quantity, gross: line.gross, discount: line.discount, tax: line.tax, is_gift_card: line.isGiftCard, currency: order.currency })}`;
    for (const refund of order.refunds)
      await sql`insert into refunds ${sql({ ...own(refund.id, "Refund", order), order_id, refunded_at: refund.refundedAt, day, amount: refund.amount, returned: refund.returned, returned_tax: refund.returnedTax, adjustments: refund.adjustments, currency: order.currency })}`;
    for (const each of order.transactions)
      await sql`insert into transactions ${sql({ ...own(each.id, "OrderTransaction", order), order_id, kind: each.kind.toLowerCase(), status: "success", amount: each.amount, fee: each.fee, currency: order.currency, processed_at: order.orderedAt, day })}`;
    for (const each of order.fulfilments)
      await sql`insert into fulfilments ${sql({ ...own(each.id, "Fulfillment", order), order_id, status: "success", shipped_at: each.shippedAt, delivered_at: each.deliveredAt })}`;
  }
  for (const figures of await readFigures(sandbox.origin, shop, "served", [])) {
    for (const [figure, metric] of Object.entries(metricByFigure))
      await sql`insert into rollups ${sql({ organisation_id: organisation, account_id: account, metric, day: figures["day"] ?? day, currency: "INR", value: figures[figure] ?? "0" })}`;
  }
}

beforeAll(async () => {
  [sandbox, database] = await Promise.all([startTestSandbox(), createTestDatabase(inject("postgresUrl"))]);
  sql = postgres(database.ownerUrl, { max: 1, onnotice: () => undefined });
  await sandbox.desk("shops", {
    domain: shop,
    orders: 120,
    spanDays: 90,
    currency: "INR",
    zone: "Asia/Kolkata",
    seed: 5,
  });
  await serveAll();
  await writeAll();
});
afterAll(async () => {
  await sql.end();
  await Promise.all([sandbox.close(), database.close()]);
});

const report = () => audit({ sandboxUrl: sandbox.origin, databaseUrl: database.ownerUrl, shop });

/** Hurts the tables, audits, and puts them back. */
async function findings(hurt: string): Promise<string[]> {
  const table = /(?:from|update|into) (\w+)/.exec(hurt)?.[1] ?? "";
  await sql.unsafe(`create temporary table kept as select * from ${table}`);
  await sql.unsafe(hurt);
  const found = (await report()).findings.map((finding) => finding.what);
  await sql.unsafe(`truncate ${table}; insert into ${table} select * from kept; drop table kept`);
  return [...new Set(found)];
}

test("what was written as it was served is clean, to the cent", async () => {
  const clean = await report();
  expect(clean.findings, reportInWords(clean)).toEqual([]);
  expect(clean.served).toBe(clean.held);
  expect(clean.served).toBeGreaterThan(500);
  expect(clean.money.held).toEqual(clean.money.served);
});

const one = (table: string) => `(select id from ${table} order by id limit 1)`;
test.each([
  ["an order is gone", `delete from orders where id = ${one("orders")}`, ["lost"]],
  ["a line is gone", `delete from order_lines where id = ${one("order_lines")}`, ["lost"]],
  ["an order is marked as deleted", `update orders set deleted_at = now() where id = ${one("orders")}`, ["lost"]],
  [
    "an older version stands over a newer one",
    `update orders set version_at = version_at - interval '1 second' where id = ${one("orders")}`,
    ["stale"],
  ],
  [
    "a line stands twice",
    `insert into order_lines select organisation_id, account_id, 'gid://shopify/LineItem/1', version_at, read_at, deleted_at, document, order_id, sku, title, product_id, variant_id, quantity, gross, discount, tax, is_gift_card, currency from order_lines where id = ${one("order_lines")}`,
    ["doubled"],
  ],
  [
    "the same line stands under two spellings of its id",
    `insert into order_lines select organisation_id, account_id, substring(id from '[0-9]+$'), version_at, read_at, deleted_at, document, order_id, sku, title, product_id, variant_id, quantity, gross, discount, tax, is_gift_card, currency from order_lines where id = ${one("order_lines")}`,
    ["doubled"],
  ],
  ["a total is a cent off", `update orders set total = total + 0.01 where id = ${one("orders")}`, ["wrong"]],
  ["a refund is a cent off", `update refunds set returned = returned - 0.01 where id = ${one("refunds")}`, ["wrong"]],
  [
    "a day's figure is a cent off",
    "update rollups set value = value + 0.01 where metric = 'net_sales' and day = (select max(day) from rollups)",
    ["rollup"],
  ],
  [
    "a day's figure is missing",
    "delete from rollups where metric = 'gross_sales' and day = (select max(day) from rollups where metric = 'gross_sales' and value > 0)",
    ["rollup"],
  ],
])("it finds that %s", async (_, hurt, found) => {
  expect(await findings(hurt)).toEqual(found);
});

test("a deleted order may be kept until deletes are followed, and must be gone after", async () => {
  await sandbox.desk(`shops/${shop}`, { action: "happen", kind: "remove", n: 5 });
  const options = { sandboxUrl: sandbox.origin, databaseUrl: database.ownerUrl, shop };
  expect((await audit(options)).findings).toEqual([]);
  const strict = await audit({ ...options, mustFollowDeletes: true });
  expect(strict.counts["kept though deleted"]).toBeGreaterThan(1);
});

// Days, money and ids as shops really have them, under the whole product (R19, R33, R34), and a past that changes (R20). The
// auditor holds every figure of every day against the shop's own.
import { dayAgo } from "@headwater/workflows/load/testing/days.ts";
import { Temporal } from "temporal-polyfill";
import { afterAll, beforeAll, expect, test } from "vitest";
import { followDeletes } from "./deletes.ts";
import { settled } from "./kill-loop.ts";
import { openProduct, type Product } from "./product.ts";
import { secondOver } from "./stillness.ts";

let product: Product;
beforeAll(async () => {
  product = await openProduct();
  await product.caller.command("setPlan", { plan: "scale" });
});
afterAll(() => product?.close());

async function shopOf(name: string, more: object): Promise<string> {
  const domain = `${name.toLowerCase().replaceAll(/[^a-z]/g, "-")}.myshopify.com`;
  await product.addShop({ domain, orders: 400, spanDays: 720, ...more });
  const id = await product.connect(domain);
  await settled(product, domain, id);
  await product.audited(domain, { basis: "truth" });
  return domain;
}

const ordersOf = (domain: string) => product.sql<{ id: string; ordered_at: Date; day: string; is_test: boolean }[]>`
  select o.id, o.ordered_at, o.day::text as day, o.is_test from orders o join accounts a on a.id = o.account_id
  where a.domain = ${domain} and o.deleted_at is null`;

const places = [
  ["Europe/London", "GBP"],
  ["Australia/Sydney", "AUD"],
  ["America/New_York", "USD"],
  ["America/Sao_Paulo", "BRL"],
  ["Australia/Lord_Howe", "AUD"],
  ["Pacific/Apia", "WST"],
  ["Asia/Kathmandu", "NPR"],
] as const;

test(`R19: in ${places.length} zones each order is in exactly one day, its own, and the days make the total`, async () => {
  const domains = await Promise.all(places.map(([zone, currency]) => shopOf(zone, { zone, currency })));
  for (const [i, domain] of domains.entries()) {
    const zone = places[i]?.[0] ?? "";
    const orders = await ordersOf(domain);
    expect(orders.length, zone).toBeGreaterThan(300);
    for (const { id, ordered_at, day } of orders) {
      const calendar = Temporal.Instant.fromEpochMilliseconds(ordered_at.getTime()).toZonedDateTimeISO(zone);
      expect(day, `${zone} ${id}`).toBe(calendar.toPlainDate().toString());
    }
    const [days] = await product.sql`select sum(r.value)::int as n from rollups r join accounts a on a.id = r.account_id
      where a.domain = ${domain} and r.metric = 'orders'`;
    expect(Number(days?.["n"]), zone).toBe(orders.filter((order) => !order.is_test).length);
  }
});

test("R33: yen without decimals and dinars with three are exact by day and in all", async () => {
  const money = { JPY: 0, KWD: 3, BHD: 3 };
  const domains = await Promise.all(Object.keys(money).map((currency) => shopOf(`money-${currency}`, { currency })));
  for (const [i, decimals] of Object.values(money).entries()) {
    const [row] = await product.sql`
      select sum(o.total) = (select sum(r.value) from rollups r where r.account_id = a.id and r.metric = 'revenue') as equal,
        max(scale(trim_scale(o.total)))::int as decimals, count(distinct o.currency)::int as currencies
      from orders o join accounts a on a.id = o.account_id
      where a.domain = ${domains[i] ?? ""} and not o.is_test and o.deleted_at is null group by a.id`;
    expect(row, domains[i]).toEqual({ equal: true, decimals, currencies: 1 });
  }
});

test("R34: ids beyond 2^53 stay what they are", async () => {
  const domain = await shopOf("long-ids", { orders: 200, idBase: "9007199254740993000" });
  const ids = (await ordersOf(domain)).map((order) => order.id);
  expect(ids.length).toBeGreaterThan(150);
  expect(new Set(ids).size).toBe(ids.length);
  for (const each of ids) expect(each).toMatch(/\/9007199254740993\d{3}$/);
});

test("R20: old orders restated, refunded, cancelled and deleted: right within one cycle, and when and why is kept", async () => {
  const domain = "restated.myshopify.com";
  await product.addShop({ domain, orders: 500, spanDays: 720 });
  const id = await product.connect(domain);
  await settled(product, domain, id);
  const since = new Date();
  for (const kind of ["restate", "refund", "cancel", "edit"])
    await product.desk(`shops/${domain}`, { action: "happen", kind, count: 25 });
  await secondOver(product);
  await settled(product, domain, id);
  await product.audited(domain, { basis: "truth" });
  const changes =
    await product.sql`select r.metric, r.day::text as day, r.cause, r.before, r.after, r.at from restatements r
    join accounts a on a.id = r.account_id where a.domain = ${domain} and r.at >= ${since}`;
  expect(changes.length).toBeGreaterThan(20);
  const month = dayAgo("UTC", 28);
  expect(changes.filter((change) => String(change["day"]) < month).length).toBeGreaterThan(10);
  for (const change of changes) expect(change["before"]).not.toEqual(change["after"]);
  await product.desk(`shops/${domain}`, { action: "happen", kind: "remove", count: 10 });
  await secondOver(product);
  await followDeletes(product, domain, id);
  await product.audited(domain, { basis: "truth", mustFollowDeletes: true });
});

// What a person asks of a history and of a source, on the whole product: days first, days further back, a range again,
// another shop in its place. Each ends with the auditor.
import { dayAgo } from "@headwater/workflows/load/testing/days.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { at } from "./caller.ts";
import { openProduct, type Product } from "./product.ts";

let product: Product;
beforeAll(async () => {
  product = await openProduct();
  await filesTake(5_000);
});
afterAll(() => product?.close());

/**
 * How long the source prepares each file of a history: while it takes long, there is time to say what is wanted first,
 * however late a busy machine hears of the first numbers.
 */
const filesTake = (ms: number) => product.desk("settings", { bulkRunningMs: ms });

const ago = (days: number): string => dayAgo("Europe/Berlin", days);

const newest = async (kind: string) =>
  (
    await product.sql`select state, outcome, settled_at from commands where kind = ${kind} order by created_at desc limit 1`
  )[0];

/** Gives the outcome of the newest command of a kind, once it is settled. */
async function settled(kind: string): Promise<unknown> {
  await product.until(`${kind} is settled`, async () => (await newest(kind))?.["state"] !== "accepted");
  return (await newest(kind))?.["outcome"];
}
const historyDone = (shop: string) =>
  product.until(`the history of ${shop}`, async () => (await product.datasource(shop))["backfill"] === "done");

test("days that are wanted first come first, and every order once; then a range is read again beside the syncs", async () => {
  const shop = "wishes.myshopify.com";
  await product.addShop({ domain: shop, orders: 4_000, spanDays: 600, currency: "EUR", zone: "Europe/Berlin" });
  const datasource = await product.connect(shop);
  await product.until("first numbers", async () => (await product.datasource(shop))["first_numbers_at"] != null);
  await filesTake(3_600_000);
  const wanted = { datasource, from: ago(500), to: ago(470) };
  expect(await product.caller.command("bringForward", wanted, "command { id }")).toMatchObject({
    outcome: "BringForwardSuccess",
  });
  expect(await settled("bringForward")).toMatchObject({ code: "broughtForward" });
  await filesTake(0);
  await historyDone(shop);
  const order = await product.sql<{ priority: number; begun: Date }[]>`
    select priority, started_at as begun from slices where stream = 'orders' and state = 'done' order by started_at`;
  const askedAt = (await newest("bringForward"))?.["settled_at"];
  // What was being begun at that moment comes before; nothing that was queued does, and some of it was.
  const later = order.filter(({ begun }) => begun > askedAt);
  const before = later.findIndex(({ priority }) => priority > 0);
  expect(before, JSON.stringify(order)).toBeGreaterThanOrEqual(0);
  expect(before, JSON.stringify(order)).toBeLessThanOrEqual(2);
  expect(later.filter(({ priority }) => priority === 0).length, JSON.stringify(order)).toBeGreaterThan(0);
  await product.caller.command(
    "resyncDatasource",
    { datasource, stream: "orders", from: ago(90), to: ago(30) },
    "command { id }",
  );
  expect(await settled("resync")).toEqual({ code: "done" });
  await product.audited(shop);
});

test("history goes further back, then another shop takes its place: the slot moves, days before the switch stay", async () => {
  // The clocks of the brand and of the new shop are 25 hours apart: its today is a day that is over for the brand.
  const brand = "Pacific/Kiritimati";
  await product.sql`update organisations set zone = ${brand}`;
  const [old, next] = ["further.myshopify.com", "instead.myshopify.com"];
  await product.addShop({ domain: old, orders: 150, spanDays: 900, currency: "INR" });
  await product.addShop({ domain: next, orders: 2_000, spanDays: 100, currency: "USD", zone: "Pacific/Niue" });
  const datasource = await product.connect(old);
  await historyDone(old);
  await product.caller.command("extendHistory", { datasource, from: ago(1_200) }, "command { id }");
  expect(await settled("extendHistory")).toEqual({ code: "done" });
  await product.audited(old);
  const over = `{ preset: CUSTOM, from: "${dayAgo(brand, 60)}", to: "${dayAgo(brand, 1)}" }`;
  const told = async () =>
    at(
      await product.caller.graphql(
        `{ overview(range: ${over}) { tiles { metric value { amount currency } apart { amount currency } } } }`,
      ),
      "overview",
      "tiles",
    );
  const before = await told();
  expect(JSON.stringify(before)).toContain('"INR"');
  const fields = [{ name: "shop", value: next }];
  const begun = await product.caller.command(
    "replaceDatasource",
    { datasource, platform: "shopify", fields },
    "authorizeUrl",
  );
  expect((await product.datasource(old))["disconnected_at"]).toBeNull();
  expect((await product.caller.consent(String(begun["authorizeUrl"]), {})).status).toBe(200);
  expect(await settled("replace")).toMatchObject({ code: "replaced" });
  await historyDone(next);
  const { id, counts_from: from } = await product.datasource(next);
  expect((await product.datasource(old))["counts_until"]).toEqual(from);
  expect(await told(), "no day that was over is another's now").toEqual(before);
  const slots = await product.sql`
    select s.datasource_id from slots s join datasources d on d.id = s.datasource_id join accounts a on a.id = d.account_id
    where a.domain in (${old}, ${next})`;
  expect(slots.map((slot) => slot["datasource_id"])).toEqual([id]);
  const kept = await product.sql`
    select count(*)::int as n from orders o join accounts a on a.id = o.account_id where a.domain = ${old}`;
  expect(kept[0]?.["n"]).toBeGreaterThan(100);
  await product.audited(next);
});

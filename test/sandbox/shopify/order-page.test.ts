import { afterAll, beforeAll, expect, test } from "vitest";
import { items, startTestSandbox, words, type TestSandbox } from "../testing.ts";

const shop = "tokyo-paper.myshopify.com";
let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());

test("a shop's admin shows an order by its number, with the total that its API tells, and none that it has not", async () => {
  const { access_token: access } = await sandbox.install(shop);
  const query =
    "{ orders(first: 1) { nodes { name legacyResourceId currentTotalPriceSet { shopMoney { amount } } } } }";
  const [order] = items((await sandbox.graphql(shop, access, query))["data"]?.["orders"]?.["nodes"]);
  const path = `/~/${shop}/admin/orders/${words(order?.["legacyResourceId"])}`;
  const shown = await sandbox.call({ path });
  expect(shown.status).toBe(200);
  expect(shown.text).toContain(`<h1>${words(order?.["name"])}</h1>`);
  expect(shown.text).toContain(words(order?.["currentTotalPriceSet"]?.["shopMoney"]?.["amount"]));
  expect((await sandbox.call({ path: `/~/${shop}/admin/orders/1` })).status).toBe(404);
});

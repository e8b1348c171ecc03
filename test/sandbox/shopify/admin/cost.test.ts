import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { items, startTestSandbox, words, type Json, type TestSandbox } from "../../testing.ts";

const shop = "kathmandu-tea.myshopify.com";
let sandbox: TestSandbox;
let access = "";
beforeAll(async () => {
  sandbox = await startTestSandbox();
  access = (await sandbox.install(shop)).access_token;
});
afterAll(() => sandbox.close());

const costOf = async (query: string) => (await sandbox.graphql(shop, access, query))["extensions"]?.["cost"];
const requested = async (query: string) => (await costOf(query))?.["requestedQueryCost"];

describe("requested cost", () => {
  test.each([
    ["an object is one point, its scalars nothing", "{ shop { id name currencyCode } }", 1],
    ["an object in an object is one more", "{ shop { plan { shopifyPlus } } }", 2],
    ["a connection is two, and floor(2 ln 10) = 4 nodes of one", "{ orders(first: 10) { nodes { id } } }", 6],
    ["edges and nodes cost the same", "{ orders(first: 10) { edges { cursor node { id } } } }", 6],
    ["pageInfo is free", "{ orders(first: 10) { nodes { id } pageInfo { hasNextPage endCursor } } }", 6],
    ["250 is eleven", "{ orders(first: 250) { nodes { id } } }", 13],
    [
      "money in both currencies is three points an order",
      "{ orders(first: 10) { nodes { totalPriceSet { shopMoney { amount } presentmentMoney { amount } } } } }",
      2 + 4 * 4,
    ],
    [
      "nested connections multiply",
      "{ orders(first: 50) { nodes { lineItems(first: 20) { nodes { id } } } } }",
      2 + 7 * (1 + 2 + 5),
    ],
    [
      "a plain list counts once, whatever its first",
      "{ orders(first: 10) { nodes { refunds(first: 50) { id totalRefundedSet { shopMoney { amount } } } } } }",
      2 + 4 * (1 + 3),
    ],
    [
      "a fragment costs what it holds",
      "query { orders(first: 10) { nodes { ...Part } } } fragment Part on Order { customer { id } }",
      2 + 4 * 2,
    ],
  ])("%s", async (_, query, points) => {
    expect(await requested(query)).toBe(points);
  });

  test("a mutation is ten", async () => {
    expect(
      await requested(
        'mutation { bulkOperationCancel(id: "gid://shopify/BulkOperation/1") { userErrors { message } } }',
      ),
    ).toBe(10);
  });

  test("a query above 1,000 points is not run", async () => {
    const query =
      "{ orders(first: 250) { nodes { lineItems(first: 250) { nodes { taxLines { priceSet { shopMoney { amount } } } originalTotalSet { shopMoney { amount } } discountAllocations { allocatedAmountSet { shopMoney { amount } } } } } } } }";
    const error = items((await sandbox.graphql(shop, access, query))["errors"])[0];
    expect(error?.["extensions"]?.["code"]).toBe("MAX_COST_EXCEEDED");
    expect(error?.["extensions"]?.["maxCost"]).toBe(1000);
    expect(Number(words(error?.["extensions"]?.["cost"]))).toBeGreaterThan(1000);
  });
});

describe("the bucket", () => {
  test("gives back what was not needed", async () => {
    const cost = await costOf('{ orders(first: 250, query: "name:9999999") { nodes { id customer { id } } } }');
    expect(cost?.["requestedQueryCost"]).toBe(2 + 11 * 2);
    expect(cost?.["actualQueryCost"]).toBe(2);
  });

  test("holds twenty seconds of the plan's rate, refuses what it does not hold, and fills again", async () => {
    const status = (json: Json | undefined) => json?.["throttleStatus"];
    expect(status(await costOf("{ shop { id } }"))?.["maximumAvailable"]).toBe(2000);
    expect(status(await costOf("{ shop { id } }"))?.["restoreRate"]).toBe(100);
    await sandbox.desk(`shops/${shop}`, { action: "drain" });
    const dear =
      "{ orders(first: 50) { nodes { lineItems(first: 50) { nodes { originalTotalSet { shopMoney { amount } } } } } } }";
    const started = Date.now();
    const refused = await sandbox.graphql(shop, access, dear);
    expect(items(refused["errors"])[0]?.["extensions"]?.["code"]).toBe("THROTTLED");
    expect(refused["data"]).toBeUndefined();
    expect(refused["extensions"]?.["cost"]?.["actualQueryCost"]).toBeNull();
    const missing =
      Number(words(refused["extensions"]?.["cost"]?.["requestedQueryCost"])) -
      Number(words(status(refused["extensions"]?.["cost"])?.["currentlyAvailable"]));
    let reply = refused;
    while (reply["data"] === undefined) reply = await sandbox.graphql(shop, access, dear);
    expect(Date.now() - started).toBeGreaterThan((missing / 100) * 1000 - 150);
  });
});

// The Shopify connector against a stand-in that misbehaves: every order read equal to the cent, or the lie found out.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { heldOrders } from "./figures.ts";
import { openShop, type ConnectedShop } from "./shop.ts";

let shop: ConnectedShop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(async () => {
  await shop.close();
});
beforeEach(async () => {
  shop.session.sent.length = 0;
  await shop.sandbox.desk("end-faults", {});
});

describe("a store that misbehaves", () => {
  test.each([
    ["throttled", {}],
    ["tooMany", { retryAfter: "1" }],
    ["serverError", { status: 502 }],
    ["internalError", {}],
    ["unauthorized", {}],
    ["html", {}],
    ["emptyBody", {}],
    ["xml", {}],
    ["byteOrderMark", {}],
    ["reset", {}],
    ["lostAnswer", {}],
    ["cut", { bytes: 900 }],
    ["truncatedJson", {}],
    ["truncatedGzip", {}],
    ["wrongLength", {}],
    ["duplicatePage", { match: "pageInfo", skip: 1 }],
    ["unordered", { match: "pageInfo" }],
    ["repeatRecords", { match: "pageInfo" }],
    ["emptyPage", { match: "pageInfo", skip: 1 }],
    ["staleCursor", { match: "pageInfo", skip: 1 }],
  ])("(%s) is read all the same, nothing lost and nothing twice", async (kind, more) => {
    const slice = await shop.newest();
    const truth = await shop.trueOrders(slice.from);
    await shop.sandbox.desk("faults", { kind, surface: "graphql", shop: shop.domain, count: 2, ...more });
    const outcome = await shop.read("orders", slice, 5);
    expect(heldOrders(outcome.records)).toEqual(truth);
    expect(shop.session.sent.filter((request) => request.purpose === "orders").length).toBeGreaterThanOrEqual(3);
  });
});

describe("a store that misbehaves otherwise", () => {
  test.each([
    ["cut", { bytes: 40_000 }],
    ["reset", {}],
    ["serverError", { status: 503 }],
    ["truncatedGzip", {}],
    ["wrongLength", {}],
  ])("(%s, in the file) is read all the same", async (kind, more) => {
    const truth = await shop.trueOrders();
    await shop.sandbox.desk("faults", { kind, surface: "download", count: 1, ...more });
    expect(heldOrders((await shop.read("orders", shop.whole(), 5)).records)).toEqual(truth);
  });

  test.each(["TIMEOUT", "INTERNAL_SERVER_ERROR"])(
    "(a bulk operation fails with %s) is read all the same",
    async (text) => {
      const truth = await shop.trueOrders();
      await shop.sandbox.desk("faults", { kind: "bulkFailed", surface: "graphql", shop: shop.domain, count: 2, text });
      expect(heldOrders((await shop.read("orders", shop.whole())).records)).toEqual(truth);
    },
  );

  test("(one page for ever) is found out, not followed", async () => {
    await shop.sandbox.desk("faults", {
      kind: "lastPageForever",
      surface: "graphql",
      shop: shop.domain,
      match: "pageInfo",
      count: "all",
    });
    await expect(shop.read("orders", await shop.newest())).rejects.toThrow(/same page/);
  });

  test("(a poison record) loses that one to quarantine", async () => {
    await shop.sandbox.desk("faults", {
      kind: "poison",
      surface: "graphql",
      shop: shop.domain,
      match: "pageInfo",
      count: 1,
      field: "processedAt",
      text: "yesterday",
    });
    const slice = await shop.newest();
    const { records, rejected } = await shop.read("orders", slice);
    expect(rejected).toHaveLength(1);
    expect(heldOrders(records)).toHaveLength((await shop.trueOrders(slice.from)).length - 1);
  });
});

describe("a store whose API changes under us", () => {
  test.each([
    ["remove", { field: "totalDiscountsSet" }],
    ["rename", { field: "totalDiscountsSet", to: "discountsSet" }],
    ["remove", { field: "transactions" }],
    ["remove", { field: "lineItems" }],
  ])("(drift: %s %j) puts those records aside, rather than taking what is gone for nothing", async (kind, more) => {
    await shop.sandbox.desk("faults", {
      kind,
      surface: "graphql",
      shop: shop.domain,
      match: "pageInfo",
      count: 1,
      ...more,
    });
    const slice = await shop.newest();
    const { records, rejected } = await shop.read("orders", slice);
    expect(rejected).toHaveLength(1);
    const truth = new Map((await shop.trueOrders(slice.from)).map((order) => [order.id, order]));
    for (const order of heldOrders(records)) expect(order).toEqual(truth.get(order.id));
  });

  test("(partial data) keeps the rest, and says what is missing", async () => {
    const fault = { kind: "partial", surface: "graphql", shop: shop.domain, match: "pageInfo", count: "all" };
    await shop.sandbox.desk("faults", { ...fault, field: "customer" });
    const slice = await shop.newest();
    const { records, notices } = await shop.read("orders", slice);
    expect(notices).toContain("shopify.customerData");
    expect(heldOrders(records)).toHaveLength((await shop.trueOrders(slice.from)).length);
  });
});

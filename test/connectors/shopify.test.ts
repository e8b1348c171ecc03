// The Shopify connector against the stand-in, over HTTP and by real names: what it reads must be what the shop holds.
import type { SliceSpec } from "@headwater/connectors/contract.ts";
import { failureOf } from "@headwater/connectors/testing/failure-of.ts";
import { connector } from "@headwater/connectors/shopify/index.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { bare, heldOrders } from "./figures.ts";
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

describe("a whole store", () => {
  test("is read by bulk as it is", async () => {
    expect(heldOrders((await shop.read("orders", shop.whole())).records)).toEqual(await shop.trueOrders());
  });

  test("is read by pages as it is, to the same records", async () => {
    const slice = await shop.newest();
    const bulk = await shop.read("orders", shop.whole());
    shop.session.sent.length = 0;
    const paged = await shop.read("orders", slice);
    expect(shop.session.sent.map((request) => request.purpose)).not.toContain("orders.bulk");
    expect(heldOrders(paged.records)).toEqual(await shop.trueOrders(slice.from));
    const documents = new Map(bulk.records.map((record) => [`${record.kind} ${record.id}`, record.document]));
    expect(paged.records.length).toBeGreaterThan(100);
    for (const record of paged.records) expect(record.document).toBe(documents.get(`${record.kind} ${record.id}`));
  });

  test("tells its customers and products once each", async () => {
    for (const name of ["customers", "products"]) {
      const { records, rejected } = await shop.read(name, { ...shop.whole(), from: null });
      expect(rejected).toEqual([]);
      expect(records.length).toBeGreaterThan(10);
      expect(new Set(records.map((record) => `${record.kind} ${record.id}`)).size).toBe(records.length);
    }
  });
});

describe("a store that changes", () => {
  test("gives what was touched since, and only that", async () => {
    const from = shop.now();
    await shop.act({ action: "placeOrders", count: 3 });
    await shop.act({ action: "happen", kind: "refund", count: 2 });
    await shop.sandbox.desk("clock", { bySeconds: 60 });
    const { records } = await shop.read("orders", { mode: "changes", from, to: shop.now(), urgent: false });
    const orders = records.filter((record) => record.kind === "order");
    expect(orders.length).toBeGreaterThanOrEqual(3);
    expect(orders.length).toBeLessThan(10);
    const truth = new Map((await shop.trueOrders()).map((order) => [order.id, order]));
    for (const order of heldOrders(records)) expect(order).toEqual(truth.get(order.id));
  });

  test("renews a token that has run out, once, and goes on", async () => {
    await shop.sandbox.desk("clock", { byHours: 2 });
    const before = shop.session.credential["accessToken"];
    await connector.account.verify(shop.session, null);
    expect(shop.session.credential["accessToken"]).not.toBe(before);
  });
});

describe("a store that is closed to us", () => {
  test.each([
    ["frozen", { class: "permission", curedBy: "source", code: "shopify.storeFrozen" }],
    ["locked", { class: "permission", curedBy: "source", code: "shopify.storeFrozen" }],
    ["fraudulent", { class: "permission", curedBy: "source", code: "shopify.storeBlocked" }],
    ["closed", { class: "gone", what: "account", code: "shopify.storeGone" }],
  ])("(%s) says so, and is read again once it is open", async (to, expected) => {
    await shop.act({ action: "condition", to });
    expect(await failureOf(connector.account.verify(shop.session, null))).toMatchObject(expected);
    await shop.act({ action: "condition", to: "open" });
    expect((await connector.account.verify(shop.session, null)).account.currency).toBe("KWD");
  });

  test("(a scope taken away) names the scope", async () => {
    await shop.act({ action: "dropScope", scope: "read_orders" });
    expect(await failureOf(shop.read("orders", shop.whole()))).toMatchObject({
      class: "permission",
      lacks: "read_orders",
      curedBy: "grant",
    });
    await shop.act({ action: "addScope", scope: "read_orders" });
  });

  test("(no approval for customer data) gives its orders without customers, and says so", async () => {
    await shop.sandbox.desk("settings", { customerLevel: 0 });
    const slice = await shop.newest();
    const { records, notices } = await shop.read("orders", slice);
    expect(notices).toContain("shopify.customerData");
    const orders = records.filter((record) => record.kind === "order");
    expect(orders.map((order) => bare(order.id)).toSorted()).toEqual(
      (await shop.trueOrders(slice.from)).map((order) => order.id),
    );
    for (const order of orders) expect(order).not.toHaveProperty("customerId");
    const history = await shop.read("orders", shop.whole());
    expect(new Set(history.notices)).toEqual(new Set(["shopify.customerData"]));
    const bulk = history.records.filter((record) => record.kind === "order");
    expect(bulk).toHaveLength((await shop.trueOrders()).length);
    for (const order of bulk) expect(order).not.toHaveProperty("customerId");
    const changes: SliceSpec = { mode: "changes", from: shop.ago(1), to: shop.now(), urgent: false };
    expect(await failureOf(shop.read("customers", changes))).toMatchObject({
      class: "permission",
      lacks: "customerData",
      curedBy: "operator",
    });
    await shop.sandbox.desk("settings", { customerLevel: 2 });
  });

  test("(uninstalled) is known after one refresh and no more", async () => {
    await shop.act({ action: "uninstall" });
    shop.session.sent.length = 0;
    expect(await failureOf(connector.account.verify(shop.session, null))).toMatchObject({
      class: "reauthorize",
      why: "revoked",
      code: "shopify.refreshRefused",
    });
    expect(shop.session.sent).toHaveLength(1);
    await shop.connectAgain();
    expect(heldOrders((await shop.read("orders", shop.whole())).records)).toEqual(await shop.trueOrders());
  });

  test("(ended by ourselves) is over there too, and ended once more it stays so", async () => {
    await connector.revoke?.(shop.session);
    expect(await failureOf(connector.account.verify(shop.session, null))).toMatchObject({ class: "reauthorize" });
    await connector.revoke?.(shop.session);
    await shop.connectAgain();
    expect((await connector.account.verify(shop.session, null)).account.currency).toBe("KWD");
  });
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { items, startTestSandbox, words, type Json, type TestSandbox } from "../../testing.ts";
import { dayOf, dayStartSeconds } from "./shop-days.ts";
import { FigureSheet } from "../figures.ts";
import { allocate, orderDraft } from "./order-draft.ts";
import { orderedAt, orderHead } from "./order-head.ts";
import { orderState, refundedOf, subtotalOf, taxOf, totalOf } from "./order-state.ts";
import { shopSeeds } from "./shop-seeds.ts";

const anchor = Date.parse("2026-11-20T12:00:00Z") / 1000;
const seedOf = (domain: string) => {
  const found = shopSeeds.find((each) => each.domain === `${domain}.myshopify.com`);
  if (!found) throw new Error(domain);
  return found;
};
const everyOrder = (domain: string) => {
  const seed = seedOf(domain);
  return Array.from({ length: seed.orders }, (_, n) => {
    const head = orderHead(seed, n, orderedAt(seed, anchor, n));
    return orderState(
      seed,
      head,
      head.planned.filter((event) => event.at <= anchor),
      [],
    );
  });
};

describe("an order out of its seed", () => {
  test("is the same every time", () => {
    const seed = seedOf("ten-thousand");
    expect(orderDraft(seed, 4711)).toEqual(orderDraft(seed, 4711));
    expect(orderHead(seed, 4711, 1)).toEqual(orderHead(seed, 4711, 1));
  });

  test("is another in another shop", () => {
    expect(orderDraft(seedOf("ten-thousand"), 5)).not.toEqual(orderDraft(seedOf("tokyo-paper"), 5));
  });

  test("orders stand in the order of their time", () => {
    const times = Array.from({ length: 10_000 }, (_, n) => orderedAt(seedOf("ten-thousand"), anchor, n));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.at(-1)).toBeLessThanOrEqual(anchor);
    expect(anchor - (times[0] ?? 0)).toBeLessThan(731 * 86_400);
  });

  test.each([
    ["monsoon-and-moss", 80],
    ["kathmandu-tea", 130],
  ])("%s: an order is worth what one in dollars is, at %i to the dollar", (domain, rate) => {
    const middle = (of: string) =>
      everyOrder(of)
        .slice(0, 400)
        .map((state) => totalOf(state) / 10 ** state.shop.exponent)
        .toSorted((a, b) => a - b)[200] ?? 0;
    const inDollars = middle(domain) / rate;
    expect(inDollars).toBeGreaterThan(middle("ten-thousand") / 2);
    expect(inDollars).toBeLessThan(middle("ten-thousand") * 2);
  });

  test("discounts are split to the last cent", () => {
    expect(allocate(100, [1, 1, 1])).toEqual([34, 33, 33]);
    expect(allocate(7, [0, 10, 0])).toEqual([0, 7, 0]);
    expect(allocate(5, [0, 0])).toEqual([0, 0]);
  });

  test.each(["monsoon-and-moss", "ten-thousand", "lord-howe-surf", "tokyo-paper"])(
    "%s: an order that came back whole sold nothing, whether its prices hold their tax or not",
    (domain) => {
      const { zone } = seedOf(domain);
      const wholly = everyOrder(domain).filter(
        (state) =>
          !state.head.isTest &&
          state.refunds.every((refund) => refund.adjustment === 0) &&
          state.lines.every((line) => line.currentQuantity === 0) &&
          state.shipping + state.draft.tips + state.draft.duties === 0,
      );
      expect(wholly.length).toBeGreaterThan(0);
      for (const state of wholly) {
        const sheet = new FigureSheet(zone);
        sheet.add(state);
        const days = [...sheet.finish().values()];
        const all = (figure: "net" | "tax" | "total") => days.reduce((sum, day) => sum + day[figure], 0);
        expect([state.head.n, all("net"), all("tax"), all("total")]).toEqual([state.head.n, 0, 0, 0]);
      }
    },
  );

  test.each(["monsoon-and-moss", "tokyo-paper", "kuwait-oud"])(
    "%s: totals are the sum of their parts and nothing is refunded twice",
    (domain) => {
      for (const state of everyOrder(domain)) {
        const tax = state.shop.taxesIncluded ? 0 : taxOf(state);
        expect(totalOf(state)).toBe(subtotalOf(state) + tax + state.shipping + state.draft.tips + state.draft.duties);
        expect(refundedOf(state)).toBeLessThanOrEqual(totalOf(state));
        for (const line of state.lines) {
          expect(line.currentQuantity).toBeGreaterThanOrEqual(0);
          expect(line.refunded.subtotal).toBeLessThanOrEqual(line.total - line.discount);
          expect(line.currentQuantity + line.refunded.quantity).toBe(line.quantity);
        }
      }
    },
  );
});

describe("orders by the hundred", () => {
  test.each(["tokyo-paper", "lord-howe-surf", "monsoon-and-moss"])(
    "%s: an order's sales, shipping and tax make its total, with the tax inside the prices or on top",
    (domain) => {
      const orders = everyOrder(domain).filter(
        (state) => !state.lines.some((line) => line.isGiftCard) && !state.head.isTest,
      );
      const isShippingTaxed = orders.some(
        (state) => taxOf(state) > state.lines.reduce((sum, line) => sum + line.tax, 0),
      );
      expect(isShippingTaxed).toBe(seedOf(domain).taxesIncluded);
      for (const state of orders) {
        const sheet = new FigureSheet(state.shop.zone);
        sheet.add({ ...state, refunds: [] });
        const days = [...sheet.finish().values()];
        expect(days.reduce((sum, day) => sum + day.total, 0)).toBe(totalOf(state));
      }
    },
  );

  test("the 10,000 orders hold every oddity that a reader must survive", () => {
    const orders = everyOrder("ten-thousand");
    const some = (what: (order: (typeof orders)[number]) => boolean) => orders.filter(what).length;
    expect(some((order) => order.lines.length > 60)).toBeGreaterThan(5);
    expect(some((order) => order.refunds.length > 1)).toBeGreaterThan(20);
    expect(some((order) => order.refunds.some((refund) => refund.adjustment !== 0))).toBeGreaterThan(50);
    expect(some((order) => order.isEdited)).toBeGreaterThan(100);
    expect(some((order) => order.cancelledAt !== null)).toBeGreaterThan(100);
    expect(some((order) => order.head.isTest)).toBeGreaterThan(30);
    expect(some((order) => order.head.customer === null)).toBeGreaterThan(500);
    expect(some((order) => order.lines.some((line) => line.isGiftCard))).toBeGreaterThan(100);
    expect(some((order) => order.head.createdAt - order.head.processedAt > 300 * 86_400)).toBeGreaterThan(50);
    expect(some((order) => order.draft.isPresented)).toBeGreaterThan(200);
    expect(some((order) => order.lines.some((line) => line.title.includes("\u0000")))).toBeGreaterThan(1);
    expect(
      some((order) => order.lines.some((line) => /[\ud800-\udbff](?![\udc00-\udfff])/.test(line.title))),
    ).toBeGreaterThan(1);
  });
});

describe("days of a shop", () => {
  test.each([
    ["Asia/Kolkata", "2026-11-20", "2026-11-19T18:30:00Z"],
    ["Asia/Kathmandu", "2026-11-20", "2026-11-19T18:15:00Z"],
    ["America/New_York", "2026-11-01", "2026-11-01T04:00:00Z"],
    ["America/New_York", "2026-11-02", "2026-11-02T05:00:00Z"],
    ["Australia/Lord_Howe", "2026-10-05", "2026-10-04T13:00:00Z"],
    ["Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z"],
  ])("in %s the day %s begins at %s", (zone, day, at) => {
    expect(dayStartSeconds(day, zone)).toBe(Date.parse(at) / 1000);
    expect(dayOf(dayStartSeconds(day, zone), zone)).toBe(day);
    expect(dayOf(dayStartSeconds(day, zone) - 1, zone) < day).toBe(true);
  });

  test("a day without a midnight begins at its first instant", () => {
    expect(dayStartSeconds("2018-11-04", "America/Sao_Paulo")).toBe(Date.parse("2018-11-04T03:00:00Z") / 1000);
  });
});

const shop = "monsoon-and-moss.myshopify.com";
let sandbox: TestSandbox;
let access = "";
beforeAll(async () => {
  sandbox = await startTestSandbox();
  access = (await sandbox.install(shop)).access_token;
});
afterAll(() => sandbox.close());

describe("a shop as time goes by", () => {
  const changedSince = async (since: string): Promise<Json[]> => {
    const query = `{ orders(first: 250, sortKey: UPDATED_AT, query: "updated_at:>='${since}'") { nodes { id updatedAt displayFinancialStatus totalRefundedSet { shopMoney { amount } } refunds { id createdAt } } } }`;
    const token = access;
    return items((await sandbox.graphql(shop, token, query))["data"]?.["orders"]?.["nodes"]);
  };
  const now = async () => words((await sandbox.desk("state"))["now"]).replace(/\.\d+Z$/, "Z");

  test("what was planned happens at its own time, and moves updated_at", async () => {
    const before = await now();
    await sandbox.desk("clock", { byDays: 7 });
    access = (await sandbox.install(shop)).access_token;
    const changed = await changedSince(before);
    expect(changed.length).toBeGreaterThan(3);
    for (const order of changed) {
      const at = Date.parse(words(order["updatedAt"]));
      expect(at).toBeGreaterThanOrEqual(Date.parse(before));
      expect(at).toBeLessThanOrEqual(Date.parse(await now()));
    }
  });

  test("a refund at the desk changes the order at once and dates itself", async () => {
    const before = await now();
    // Several, for one that has come back whole already has nothing to refund.
    const done = await sandbox.desk(`shops/${shop}`, { action: "happen", kind: "refundAll", count: 6 });
    const ids = items(done["orders"]).map((number) => `gid://shopify/Order/${words(number)}`);
    const orders = (await changedSince(before)).filter((each) => ids.includes(words(each["id"])));
    expect(orders).toHaveLength(6);
    const dated = orders.filter((order) => {
      const last = items(order["refunds"]).at(-1);
      return last !== undefined && words(last["createdAt"]) >= before;
    });
    expect(dated.length).toBeGreaterThan(0);
  });

  test("a deleted order is gone from lists, counts and by its id", async () => {
    const countQuery = "{ ordersCount(limit: null) { count } }";
    const count = async () =>
      Number(words((await sandbox.graphql(shop, access, countQuery))["data"]?.["ordersCount"]?.["count"]));
    const before = await count();
    const done = await sandbox.desk(`shops/${shop}`, { action: "happen", kind: "remove", n: 3 });
    expect(items(done["orders"])).toEqual(["5001000000003"]);
    expect(await count()).toBe(before - 1);
    const byId = await sandbox.graphql(shop, access, '{ order(id: "gid://shopify/Order/5001000000003") { id } }');
    expect(byId["data"]).toEqual({ order: null });
  });
});

describe("a shop that sells", () => {
  test("a live shop sells while nobody looks, at the pace of its last days", async () => {
    const query = "{ ordersCount(limit: null) { count } }";
    const count = async () =>
      Number(words((await sandbox.graphql(shop, access, query))["data"]?.["ordersCount"]?.["count"]));
    await sandbox.desk(`shops/${shop}`, { action: "live", on: true });
    const before = await count();
    await sandbox.desk("clock", { byDays: 10 });
    access = (await sandbox.install(shop)).access_token;
    const made = (await count()) - before;
    expect(made).toBeGreaterThan(20);
    expect(made).toBeLessThan(120);
  });

  test("figures of the days add up to the orders, and the ledger's equal the truth once all was served", async () => {
    // A shop of its own: of what was removed after it was served, the ledger knows nothing newer.
    const tea = "kathmandu-tea.myshopify.com";
    const key = (await sandbox.install(tea)).access_token;
    await sandbox.desk(`shops/${tea}`, { action: "happen", kind: "remove", n: 3 });
    const walk = async (after: string | null): Promise<void> => {
      const query =
        "query($after: String) { orders(first: 250, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }";
      const page = (await sandbox.graphql(tea, key, query, { after }))["data"]?.["orders"]?.["pageInfo"];
      if (words(page?.["hasNextPage"]) === "true") await walk(words(page?.["endCursor"]));
    };
    await walk(null);
    const [truth, served] = [
      items(await sandbox.desk(`figures/${tea}?of=truth`)),
      items(await sandbox.desk(`figures/${tea}?of=served`)),
    ];
    expect(truth.length).toBeGreaterThan(100);
    expect(served).toEqual(truth);
    const told = (await sandbox.call({ path: `/_desk/orders/${tea}?of=truth` })).text
      .trimEnd()
      .split("\n")
      .map((line): Json => JSON.parse(line));
    const living = told.filter((order) => order["deletedAt"] === null && words(order["isTest"]) === "false");
    expect(truth.reduce((sum, day) => sum + Number(words(day["orders"])), 0)).toBe(living.length);
  });
});

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseExactly } from "../../json.ts";
import { childOrNull, childrenOf, isFields, type Fields } from "../../read-fields.ts";
import { mapOrder } from "./order.ts";

const sample = parseExactly(readFileSync(new URL("../samples/orders-page.json", import.meta.url), "utf8"));

function orderIn(page: unknown): Fields {
  const data = isFields(sample) ? childOrNull(sample, "data") : null;
  const order = childrenOf(childOrNull(data ?? {}, "orders") ?? {}, "nodes")[0];
  if (order === undefined || page !== sample) throw new Error("the sample holds an order");
  return order;
}
const order = orderIn(sample);
const lines = childrenOf(childOrNull(order, "lineItems") ?? {}, "nodes");
const refunds = childrenOf(order, "refunds");
const mappedOrder = (change: Fields = {}) =>
  mapOrder({ order: { ...order, ...change }, lines, refunds, isWhole: true });

describe("an order of Shopify", () => {
  test("becomes a record for itself and each of its parts, at its own version", () => {
    const { records, rejected } = mappedOrder();
    expect(rejected).toEqual([]);
    expect(records.map((record) => record.kind)).toEqual([
      "order",
      "orderLine",
      "refund",
      "transaction",
      "fee",
      "fulfilment",
    ]);
    expect(new Set(records.map((record) => record.versionAt))).toEqual(new Set(["2026-11-20T09:12:44Z"]));
  });

  test("keeps its money as the digits that were sent", () => {
    const [own, line, refund, transaction, fee, fulfilment] = mappedOrder().records;
    expect(own).toMatchObject({
      channel: "web",
      total: "120.00",
      discounts: "10.0",
      tax: "15.00",
      duties: null,
      currency: "EUR",
    });
    expect(line).toMatchObject({ gross: "110.00", discount: "10", tax: "15.00", quantity: 2, sku: "TEE-S" });
    expect(refund).toMatchObject({ amount: "55.00", returned: "50.00", returnedTax: "7.5", adjustments: "-2.5" });
    expect(refund).toMatchObject({ refundedAt: "2026-11-20T09:12:43Z", orderId: "gid://shopify/Order/5001" });
    expect(refund).toMatchObject({ returnedLines: [{ line: line?.id, units: 1 }] });
    expect(transaction).toMatchObject({ amount: "120.00", fee: "2.04", transactionKind: "sale", status: "success" });
    expect(fee).toMatchObject({ orderId: own?.id, amount: "2.04", tax: "0.39", chargedAt: "2026-11-19T10:01:01Z" });
    expect(fulfilment).toMatchObject({ carrier: "DHL", shippedAt: "2026-11-19T16:00:00Z" });
  });

  test("has returns without tax where its prices hold their tax, and none for a gift card", () => {
    const group = { order: { ...order, taxesIncluded: true }, lines, refunds, isWhole: true };
    const refundOf = (given: Parameters<typeof mapOrder>[0]) =>
      mapOrder(given).records.find((record) => record.kind === "refund");
    expect(refundOf(group)).toMatchObject({ amount: "55.00", returned: "42.5", returnedTax: "7.5" });
    const cards = refunds.map((refund) => ({
      ...refund,
      refundLineItems: {
        nodes: childrenOf(childOrNull(refund, "refundLineItems") ?? {}, "nodes").map((line) => ({
          ...line,
          lineItem: { id: "1", isGiftCard: true },
        })),
      },
    }));
    const untaxed = { ...group, order, refunds: cards };
    expect(refundOf(untaxed)).toMatchObject({ amount: "55.00", returned: "0", returnedTax: "7.5" });
  });

  test("has a document without the parts that stand in rows of their own, the same from a page and from a bulk file", () => {
    const { lineItems: _lines, ...bulkOrder } = order;
    const bulkLine = { __typename: "LineItem", ...lines[0], __parentId: "gid://shopify/Order/5001" };
    const bulk = mapOrder({
      order: { __typename: "Order", ...bulkOrder },
      lines: [bulkLine],
      refunds,
      isWhole: false,
    });
    const paged = mappedOrder();
    expect(bulk.records.map((record) => record.document)).toEqual(paged.records.map((record) => record.document));
    expect(paged.records[0]?.document).not.toMatch(/lineItems|refundLineItems|transactions|fulfillments/);
  });
});

test("has a payment that is not processed yet on the day when it was made, and its fee with it", () => {
  const [payment] = childrenOf(order, "transactions");
  const { records } = mappedOrder({
    transactions: [{ ...payment, processedAt: null, createdAt: "2025-03-09T03:00:00Z" }],
  });
  expect(records.find(({ kind }) => kind === "transaction")).toMatchObject({ processedAt: "2025-03-09T03:00:00Z" });
  expect(records.find(({ kind }) => kind === "fee")).toMatchObject({ chargedAt: "2025-03-09T03:00:00Z" });
});

test("keeps an order of a shop that knows neither duties nor names of its fees", () => {
  const { originalTotalDutiesSet: _none, ...plain } = order;
  const [payment] = childrenOf(order, "transactions");
  const fees = childrenOf(payment ?? {}, "fees").map(({ id: _id, ...fee }) => fee);
  const given = { ...plain, transactions: [{ ...payment, fees: [...fees, ...fees] }] };
  const { records, rejected } = mapOrder({ order: given, lines, refunds, isWhole: true });
  expect(rejected).toEqual([]);
  expect(records[0]).toMatchObject({ kind: "order", duties: null });
  expect(records.filter(({ kind }) => kind === "fee").map(({ id }) => id)).toEqual([
    "gid://shopify/OrderTransaction/601/fee/0",
    "gid://shopify/OrderTransaction/601/fee/1",
  ]);
});

test("keeps an order one of whose payments tells no time at all", () => {
  const [payment] = childrenOf(order, "transactions");
  const { records } = mappedOrder({ transactions: [{ ...payment, processedAt: null, createdAt: null }] });
  expect(records.find(({ kind }) => kind === "transaction")).toMatchObject({ processedAt: null });
  expect(records.map(({ kind }) => kind)).toContain("order");
});

describe("a tip, which Shopify counts among the lines too", () => {
  const total = { shopMoney: { amount: "3.0", currencyCode: "EUR" } };
  const tip = { id: "gid://shopify/LineItem/9", title: "Tip", sku: null, product: null, variant: null };
  const soldIn = (line: Fields, tips: string) => {
    const totalTipReceivedSet = { shopMoney: { amount: tips, currencyCode: "EUR" } };
    const odd = { ...lines[0], originalTotalSet: total, ...line };
    const { records } = mapOrder({ order: { ...order, totalTipReceivedSet }, lines: [odd], refunds, isWhole: true });
    return records.flatMap((record) => (record.kind === "orderLine" ? [!record.isGiftCard] : []));
  };

  test("is no goods: it would be in total sales twice", () => {
    expect(soldIn(tip, "3.0")).toEqual([false]);
  });

  test("is goods where nobody tipped, and where it is a product", () => {
    expect(soldIn(tip, "0.0")).toEqual([true]);
    expect(soldIn({ ...tip, product: { id: "gid://shopify/Product/1" } }, "3.0")).toEqual([true]);
    expect(soldIn({ ...tip, sku: "TIP" }, "3.0")).toEqual([true]);
    expect(soldIn({ ...tip, title: "Tipi" }, "3.0")).toEqual([true]);
  });
});

describe("an order that is not as it must be", () => {
  test.each([
    ["totalPriceSet", { shopMoney: { amount: "NaN", currencyCode: "EUR" } }, "notDecimal"],
    ["totalPriceSet", { shopMoney: { amount: "1,234.56", currencyCode: "EUR" } }, "notDecimal"],
    ["totalPriceSet", { shopMoney: { amount: "1e3", currencyCode: "EUR" } }, "notDecimal"],
    ["totalPriceSet", { shopMoney: { amount: "12.00", currencyCode: "euro" } }, "notCurrency"],
    ["totalPriceSet", null, "missing"],
    ["processedAt", "yesterday", "notInstant"],
    ["updatedAt", null, "missing"],
    ["processedAt", "2026-02-30T10:00:00Z", "notInstant"],
    ["processedAt", "2026-13-01T10:00:00Z", "notInstant"],
    ["processedAt", "2026-11-20T24:00:00Z", "notInstant"],
    ["processedAt", "2026-11-20 10:00:00Z", "notInstant"],
    ["processedAt", "2026-11-20T10:00:00", "notInstant"],
    ["test", "no", "notYesOrNo"],
    ["customer", "gid://shopify/Customer/77", "notObject"],
    ["id", null, "missing"],
  ])("with %s = %j goes to quarantine whole, and nothing breaks", (field, value, reason) => {
    const { records, rejected } = mappedOrder({ [field]: value });
    expect(records).toEqual([]);
    expect(rejected).toMatchObject([{ kind: "order", reason }]);
    expect(JSON.parse(rejected[0]?.document ?? "")).toHaveProperty("lineItems");
  });

  test("loses one broken line and keeps the rest", () => {
    const broken = { ...lines[0], quantity: "many" };
    const { records, rejected } = mapOrder({ order, lines: [broken, ...lines], refunds, isWhole: true });
    expect(rejected).toMatchObject([
      { kind: "orderLine", id: "gid://shopify/LineItem/9001", reason: "notWholeNumber" },
    ]);
    expect(records.filter((record) => record.kind === "orderLine")).toHaveLength(1);
  });

  test.each([
    ["55.0", "JPY"],
    ["1000.0", "JPY"],
    ["1.234", "KWD"],
    ["0.1234", "CLF"],
    ["90071992547409.93", "USD"],
    ["-12.5", "INR"],
  ])("of %s %s loses no digit", (amount, currencyCode) => {
    const { records } = mappedOrder({ totalPriceSet: { shopMoney: { amount, currencyCode } } });
    expect(records[0]).toMatchObject({ total: amount, currency: currencyCode });
  });

  test("keeps ids beyond a double's reach, a __proto__ and an emoji as they came", () => {
    const text = JSON.stringify(order)
      .replace("gid://shopify/Order/5001", "gid://shopify/Order/9007199254740993")
      .replace('"edited":false', '"edited":false,"__proto__":{"evil":1},"note":"☕ \\u05d0","big":9007199254740993');
    const parsed = parseExactly(text);
    const { records } = mapOrder({ order: isFields(parsed) ? parsed : {}, lines, refunds, isWhole: true });
    expect(records[0]?.id).toBe("gid://shopify/Order/9007199254740993");
    expect(records[0]?.document).toContain('"__proto__":{"evil":1},"note":"☕ א","big":9007199254740993');
    expect(Object.hasOwn(Object.prototype, "evil")).toBe(false);
  });
});

test("does not say that children are all here when one of their kind could not be mapped", () => {
  const brokenIn = (name: string, field: string) => ({ [name]: [{ ...childrenOf(order, name)[0], [field]: null }] });
  const complete = (group: Parameters<typeof mapOrder>[0]) => {
    const { records, rejected } = mapOrder(group);
    expect(rejected).toHaveLength(group.order === order && group.lines === lines && group.refunds === refunds ? 0 : 1);
    return records[0]?.childrenComplete?.join(" ");
  };
  const whole = { order, lines, refunds, isWhole: true };
  expect(complete(whole)).toBe("orderLine refund transaction fulfilment fee");
  expect(complete({ ...whole, lines: [{ ...lines[0], quantity: "many" }] })).toBe("refund transaction fulfilment fee");
  expect(complete({ ...whole, refunds: [{ ...refunds[0], id: null }] })).toBe("orderLine transaction fulfilment fee");
  const paid = brokenIn("transactions", "amountSet");
  expect(complete({ ...whole, order: { ...order, ...paid } })).toBe("orderLine refund fulfilment");
  const shipped = brokenIn("fulfillments", "status");
  expect(complete({ ...whole, order: { ...order, ...shipped } })).toBe("orderLine refund transaction fee");
});

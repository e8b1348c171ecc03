import { describe, expect, test } from "vitest";
import type { ToldOrder } from "../sandbox/shopify/told.ts";
import { sumDecimals } from "./amounts.ts";
import { compareRecords, compareRollups, moneyOf, type Finding } from "./compare.ts";
import { plainAmount, type Fact } from "./facts.ts";
import { factsOf } from "./told.ts";

const order = (id: string, change: Partial<ToldOrder> = {}): ToldOrder => ({
  kind: "order",
  id,
  version: 1,
  versionAt: "2026-11-20T10:00:00Z",
  deletedAt: null,
  name: `#${id}`,
  createdAt: "2026-11-19T10:00:00Z",
  orderedAt: "2026-11-19T10:00:00Z",
  cancelledAt: null,
  isTest: false,
  customerId: "7",
  currency: "EUR",
  total: "119.0",
  discounts: "10.0",
  shipping: "4.9",
  tax: "19.0",
  duties: "0.0",
  tips: "0.0",
  refunded: "5.0",
  lines: [
    { id: `${id}0`, quantity: 2, gross: "100.0", discount: "10.0", tax: "19.0", isGiftCard: false },
    { id: `${id}1`, quantity: 1, gross: "25.0", discount: "0.0", tax: "0.0", isGiftCard: true },
  ],
  refunds: [
    {
      id: `${id}2`,
      refundedAt: "2026-11-20T10:00:00Z",
      amount: "5.0",
      returned: "4.2",
      returnedTax: "0.8",
      adjustments: "0.0",
    },
  ],
  transactions: [{ id: `${id}3`, kind: "SALE", amount: "119.0", fee: "3.75" }],
  fulfilments: [{ id: `${id}4`, shippedAt: "2026-11-19T12:00:00Z", deliveredAt: null }],
  ...change,
});

const told = factsOf([order("1"), order("2"), order("3")], false);
const plant = (change: (held: Map<string, Fact>) => void): Finding[] => {
  const held = new Map(told);
  change(held);
  return compareRecords(told, held, { mustFollowDeletes: true, basis: "served" });
};
const altered = (held: Map<string, Fact>, key: string, change: Partial<Fact>): void => {
  const fact = held.get(key);
  if (fact) held.set(key, { ...fact, ...change });
};
const whatAndKey = (findings: readonly Finding[]) => findings.map(({ what, key }) => [what, key]);

describe("records", () => {
  test("that are all there and as served give no finding", () => {
    expect(plant(() => undefined)).toEqual([]);
    expect(told.size).toBe(18);
  });

  test.each(["orders 2", "order_lines 21", "refunds 22", "transactions 23", "fulfilments 24"])(
    "a missing one is lost: %s",
    (key) => {
      expect(whatAndKey(plant((held) => held.delete(key)))).toEqual([["lost", key]]);
    },
  );

  test("one marked as deleted while it stands at the source is lost too", () => {
    expect(whatAndKey(plant((held) => altered(held, "orders 2", { isDeleted: true })))).toEqual([["lost", "orders 2"]]);
  });

  test("one under an id that was never served is doubled", () => {
    const copy = (held: Map<string, Fact>): void => {
      const fact = held.get("order_lines 20");
      if (fact) held.set("order_lines 999", { ...fact, id: "999" });
    };
    expect(whatAndKey(plant(copy))).toEqual([["doubled", "order_lines 999"]]);
  });

  test("an older version over a newer one is stale, a newer one than was served is ahead", () => {
    expect(whatAndKey(plant((held) => altered(held, "orders 1", { versionAt: "2026-11-20T09:59:59Z" })))).toEqual([
      ["stale", "orders 1"],
    ]);
    expect(whatAndKey(plant((held) => altered(held, "orders 1", { versionAt: "2026-11-20T10:00:01Z" })))).toEqual([
      ["ahead", "orders 1"],
    ]);
  });

  test("a cent is a cent, in every column of money", () => {
    for (const [key, fact] of told) {
      for (const [column, value] of Object.entries(fact.says)) {
        if (value === null || !/^-?\d+(\.\d+)?$/.test(value)) continue;
        const off = sumDecimals([value, "0.01"]);
        const findings = plant((held) => altered(held, key, { says: { ...fact.says, [column]: off } }));
        expect(findings, `${key} ${column}`).toHaveLength(1);
        expect(findings[0]?.detail).toContain(column);
      }
    }
  });

  test("a delete at the source must be followed, or may wait, as is asked", () => {
    const gone = factsOf([order("1", { deletedAt: "2026-11-21T00:00:00Z" })], false);
    const kept = factsOf([order("1")], false);
    expect(
      compareRecords(gone, kept, { mustFollowDeletes: true, basis: "served" }).every(
        ({ what }) => what === "kept though deleted",
      ),
    ).toBe(true);
    expect(compareRecords(gone, kept, { mustFollowDeletes: true, basis: "served" })).toHaveLength(6);
    expect(compareRecords(gone, kept, { mustFollowDeletes: false, basis: "served" })).toEqual([]);
    expect(compareRecords(gone, new Map(), { mustFollowDeletes: true, basis: "served" })).toEqual([]);
    const older = new Map([...kept].map(([key, fact]) => [key, { ...fact, versionAt: "2020-01-01T00:00:00Z" }]));
    expect(compareRecords(gone, older, { mustFollowDeletes: false, basis: "truth" })).toEqual([]);
    expect(compareRecords(gone, older, { mustFollowDeletes: true, basis: "truth" })).toHaveLength(6);
  });
});

describe("figures", () => {
  const day = {
    day: "2026-11-19",
    orders: "2",
    gross: "100.0",
    discounts: "10.0",
    returns: "4.2",
    net: "85.8",
    total: "109.7",
  };
  const rows = [
    { metric: "orders", day: "2026-11-19", value: "2" },
    { metric: "gross_sales", day: "2026-11-19", value: "100.00" },
    { metric: "discounts", day: "2026-11-19", value: "10" },
    { metric: "returns", day: "2026-11-19", value: "4.20" },
    { metric: "net_sales", day: "2026-11-19", value: "85.8" },
    { metric: "total_sales", day: "2026-11-19", value: "109.70" },
  ];

  test("that agree give no finding, however many noughts they end in", () => {
    expect(compareRollups([day], rows)).toEqual([]);
  });

  test("a wrong one, a missing one, and one on a day the shop does not know are found", () => {
    expect(compareRollups([day], [...rows.slice(1), { metric: "orders", day: "2026-11-19", value: "3" }])).toHaveLength(
      1,
    );
    expect(compareRollups([day], rows.slice(1))).toHaveLength(1);
    expect(compareRollups([day], [...rows, { metric: "orders", day: "2026-11-18", value: "1" }])).toHaveLength(1);
  });
});

describe("sums", () => {
  test.each([
    [["0.1", "0.2"], "0.3"],
    [["-5.25", "5.25"], "0.00"],
    [["9007199254740993", "0.001"], "9007199254740993.001"],
    [[], "0"],
  ])("%j is %s", (texts, sum) => {
    expect(plainAmount(sumDecimals(texts))).toBe(plainAmount(sum));
  });

  test("money of deleted records is not counted", () => {
    const held = new Map(told);
    altered(held, "orders 1", { isDeleted: true });
    expect(moneyOf(told)["orders.total"]).toBe("357");
    expect(moneyOf(held)["orders.total"]).toBe("238");
  });
});

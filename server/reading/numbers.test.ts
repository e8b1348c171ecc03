import { describe, expect, test } from "vitest";
import * as fc from "fast-check";
import {
  amountsOf,
  changeOf,
  currenciesIn,
  dailyOf,
  mainCurrency,
  METRICS,
  minorDigits,
  tilesFedBy,
} from "./metrics.ts";
import type { Rollup } from "./metrics.ts";
import { comparedSpan, daysOf, lengthOf, spanOf } from "./range.ts";
import { Decimal } from "decimal.js";

const row = (metric: string, value: string, currency = "INR", day = "2026-11-20"): Rollup => ({
  metric,
  currency,
  days: new Map([[day, value]]),
});

describe("metrics", () => {
  test("a platform feeds the tiles that are made of what it yields, and no tile that Overview does not show", () => {
    const ofOrders = ["ORDERS", "GROSS_SALES", "DISCOUNTS", "RETURNS", "NET_SALES", "TOTAL_SALES"];
    expect(tilesFedBy({ yields: ["order", "refund", "customer"] })).toEqual([...ofOrders, "AVERAGE_ORDER_VALUE"]);
    expect(tilesFedBy({ yields: ["refund", "customer", "product"] })).toEqual([]);
    expect(tilesFedBy({ yields: ["cost"] })).toEqual(["COSTS"]);
    expect(tilesFedBy({ yields: [] })).toEqual([]);
  });

  test("sums are exact: a million times 0.10, and minor units past 2^53", () => {
    const cents = Array.from({ length: 100_000 }, () => row("gross_sales", "0.10"));
    expect(amountsOf("GROSS_SALES", cents).get("INR")?.toFixed()).toBe("10000");
    const large = [row("net_sales", "90071992547409.93"), row("net_sales", "0.01")];
    expect(amountsOf("NET_SALES", large).get("INR")?.toFixed()).toBe("90071992547409.94");
    const uneven = [
      row("returns", "-0.5"),
      row("returns", "12"),
      row("returns", "-0.0625"),
      row("returns", "-11.4375"),
    ];
    expect(amountsOf("RETURNS", uneven).get("INR")?.toFixed()).toBe("0");
  });

  test("orders are one count whatever the currency; money never is added across currencies", () => {
    const rows = [
      row("orders", "3"),
      row("orders", "4", "USD"),
      row("total_sales", "10.5"),
      row("total_sales", "2", "USD"),
    ];
    expect(amountsOf("ORDERS", rows).get("")?.toFixed()).toBe("7");
    expect([...amountsOf("TOTAL_SALES", rows)].map(([currency, amount]) => [currency, amount.toFixed()])).toEqual([
      ["INR", "10.5"],
      ["USD", "2"],
    ]);
  });

  test("the average is what remains after discounts over orders, in the currency's own digits; no orders, no average", () => {
    const rows = [row("orders", "3"), row("gross_sales", "100"), row("discounts", "10")];
    expect(amountsOf("AVERAGE_ORDER_VALUE", rows).get("INR")?.toFixed()).toBe("30");
    expect(
      amountsOf("AVERAGE_ORDER_VALUE", [row("orders", "3", "JPY"), row("gross_sales", "100", "JPY")])
        .get("JPY")
        ?.toFixed(),
    ).toBe("33");
    expect(amountsOf("AVERAGE_ORDER_VALUE", [row("orders", "0"), row("gross_sales", "100")]).size).toBe(0);
    expect(["JPY", "INR", "KWD", "BHD", "CLF"].map(minorDigits)).toEqual([0, 2, 3, 3, 4]);
  });

  test("the brand's currency where it has data, the only other one else, and none of several", () => {
    const leads = (...currencies: string[]) =>
      mainCurrency("INR", currenciesIn(currencies.map((currency) => row("total_sales", "1", currency))));
    expect([leads(), leads("USD"), leads("USD", "INR"), leads("USD", "EUR")]).toEqual(["INR", "USD", "INR", null]);
  });

  test("days on which nothing was ordered speak no currency, other zeros do", () => {
    const spoken = (metric: string, value: string) => [...currenciesIn([row(metric, value, "USD")])];
    expect([spoken("orders", "0"), spoken("orders", "1"), spoken("returns", "0")]).toEqual([[], ["USD"], ["USD"]]);
  });

  test("change is to four places, by the size of what was, and null from zero", () => {
    expect(changeOf(new Decimal(110), new Decimal(100))).toBe("0.1");
    expect(changeOf(new Decimal(1), new Decimal(3))).toBe("-0.6667");
    expect(changeOf(new Decimal(5), new Decimal(-10))).toBe("1.5");
    expect(changeOf(new Decimal(5), new Decimal(0))).toBeNull();
    expect(changeOf(undefined, new Decimal(1))).toBeNull();
  });
});

describe("series", () => {
  test("each day of a series is what that day alone comes to, whatever accounts and currencies stand on it", () => {
    const days = ["2026-11-18", "2026-11-19", "2026-11-20"];
    const one = fc.record({
      metric: fc.constantFrom(
        "orders",
        "gross_sales",
        "discounts",
        "returns",
        "ad_spend",
        "cost_ad_spend",
        "cost_cogs",
      ),
      currency: fc.constantFrom("INR", "JPY"),
      cents: fc.dictionary(fc.constantFrom(...days), fc.integer({ min: -99_999, max: 99_999 })),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 8 }), (accounts) => {
        const held = accounts.map(({ metric, currency, cents }) => ({
          metric,
          currency,
          days: new Map(Object.entries(cents).map(([day, of]) => [day, new Decimal(of).dividedBy(100).toFixed()])),
        }));
        for (const metric of METRICS)
          for (const currency of metric === "ORDERS" ? [""] : ["INR", "JPY"])
            for (const day of days) {
              const thatDay = held.map((account) => ({
                ...account,
                days: new Map([...account.days].filter(([each]) => each === day)),
              }));
              const alone = amountsOf(metric, thatDay).get(currency)?.toFixed();
              expect(dailyOf(metric, held, currency).get(day), `${metric} ${currency} ${day}`).toBe(alone);
            }
      }),
    );
  });
});

describe("ranges of the brand's own days", () => {
  const zone = "Asia/Kolkata";
  const justAfterMidnight = new Date("2026-11-20T18:31:00Z");
  test("yesterday is the brand's, not UTC's", () => {
    expect(spanOf({ preset: "YESTERDAY" }, zone, justAfterMidnight)).toEqual({ from: "2026-11-20", to: "2026-11-20" });
    expect(spanOf({ preset: "YESTERDAY" }, "America/New_York", justAfterMidnight)).toEqual({
      from: "2026-11-19",
      to: "2026-11-19",
    });
    expect(spanOf({ preset: "LAST_28_DAYS" }, zone, justAfterMidnight)).toEqual({
      from: "2026-10-24",
      to: "2026-11-20",
    });
    expect(spanOf({ preset: "MONTH_TO_DATE" }, zone, justAfterMidnight)).toEqual({
      from: "2026-11-01",
      to: "2026-11-21",
    });
  });
  test("a month to date stands beside the same days of the month before, short months included", () => {
    const beside = (from: string, to: string) => comparedSpan({ preset: "MONTH_TO_DATE" }, { from, to });
    expect(beside("2026-11-01", "2026-11-21")).toEqual({ from: "2026-10-01", to: "2026-10-21" });
    expect(beside("2026-03-01", "2026-03-31")).toEqual({ from: "2026-02-01", to: "2026-02-28" });
    expect(beside("2026-01-01", "2026-01-05")).toEqual({ from: "2025-12-01", to: "2025-12-05" });
  });
  test("custom ranges: both days, in order, at most two years", () => {
    const custom = (from?: string, to?: string) => spanOf({ preset: "CUSTOM", from, to }, zone, justAfterMidnight);
    expect([
      custom(),
      custom("2026-01-02"),
      custom("2026-01-02", "2026-01-01"),
      custom("2020-01-01", "2026-01-01"),
    ]).toEqual([null, null, null, null]);
    expect(custom("2026-01-01", "2026-01-01")).toEqual({ from: "2026-01-01", to: "2026-01-01" });
  });
  test("whatever is asked, what it is compared with is as long and ends the day before", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 700 }), fc.integer({ min: 1, max: 400 }), (start, length) => {
        const from = new Date(Date.UTC(2025, 0, 1 + start)).toISOString().slice(0, 10);
        const to = new Date(Date.UTC(2025, 0, start + length)).toISOString().slice(0, 10);
        const compared = comparedSpan({ preset: "CUSTOM", from, to }, { from, to });
        expect(lengthOf(compared)).toBe(length);
        expect(daysOf({ from: compared.to, to: from })).toHaveLength(2);
      }),
    );
  });
});

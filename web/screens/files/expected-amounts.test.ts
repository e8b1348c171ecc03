import { describe, expect, it } from "vitest";
import { gapBetween, readAmount, sumsOf } from "./expected-amounts.ts";

describe("an amount as somebody types it", () => {
  it.each([
    ["5", "5"],
    [" 1,23,456.50 ", "123456.50"],
    ["−12.000001", "-12.000001"],
    ["", null],
    ["1e3", null],
    ["12.3456789", null],
    ["₹5", null],
    ["--5", null],
  ])("%s", (typed, read) => expect(readAmount(typed)).toBe(read));
});

it("sums stand by currency, to the millionth and beyond what a double holds", () =>
  expect(
    sumsOf([
      { currency: "INR", amount: "90071992547409.93" },
      { currency: "USD", amount: "-0.000001" },
      { currency: "INR", amount: "0.07" },
      { currency: "EUR", amount: "0.00" },
    ]),
  ).toEqual([
    { currency: "INR", amount: "90071992547410" },
    { currency: "USD", amount: "-0.000001" },
  ]));

it.each([
  ["5.1", "5.10", "0"],
  ["5", "5.000001", "-0.000001"],
  ["-3", "4", "-7"],
  ["0.3", "0.1", "0.2"],
])("%s where %s was expected is off by %s", (found, expected, gap) => expect(gapBetween(found, expected)).toBe(gap));

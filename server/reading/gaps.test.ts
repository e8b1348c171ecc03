import * as fc from "fast-check";
import { Decimal } from "decimal.js";
import { expect, test } from "vitest";
import { partsOf, restOf } from "./gaps.ts";

const Exact = Decimal.clone({ precision: 80 });
const amount = fc
  .tuple(fc.bigInt({ min: -(10n ** 22n), max: 10n ** 22n }), fc.integer({ min: 0, max: 8 }))
  .map(([digits, places]) => new Exact(digits.toString()).times(new Exact(10).pow(-places)).toFixed());
const because = fc.constantFrom("testOrders", "datedElsewhere", "datedHere", "notRead", "otherLevels");
const parts = fc.array(fc.record({ because, amount, records: fc.option(fc.nat()) }), { maxLength: 5 });
const sum = (amounts: readonly string[]): string =>
  amounts.reduce((total, one) => total.plus(one), new Exact(0)).toFixed();

test("parts add up to the gap to the last digit, whatever they are, and what is left is a part of its own", () => {
  fc.assert(
    fc.property(fc.record({ ours: amount, theirs: amount, parts, settled: fc.boolean() }), (row) => {
      const explained = sum(row.parts.map((part) => part.amount));
      const shown = partsOf({ ...row, explained });
      const gap = new Exact(row.ours).minus(row.theirs);
      fc.pre(gap.abs().gte("0.0005"));
      expect(sum(shown.map((part) => part.amount))).toBe(gap.toFixed());
      const left = shown.filter(({ cause }) => cause === "UNEXPLAINED");
      expect(shown.length - left.length).toBe(row.parts.length);
      expect(left.map((part) => part.amount)).toEqual(gap.eq(explained) ? [] : [restOf({ ...row, explained })]);
    }),
  );
});

const row = { ours: "37", theirs: "40", explained: "-2", settled: true };
const tests = { because: "testOrders", amount: "-2", records: 2 } as const;

test("a check from before parts were looked for is unexplained as a whole", () => {
  expect(partsOf({ ...row, explained: "0", parts: null })).toEqual([
    { cause: "UNEXPLAINED", because: "unexplained", amount: "-3", records: null, first: [] },
  ]);
});

test("of a day that the source still changes, what is left is not said to be timing", () => {
  expect(partsOf({ ...row, parts: [tests], settled: false })).toEqual([
    { cause: "DEFINITION", ...tests, first: [] },
    { cause: "UNEXPLAINED", because: "notSettled", amount: "-1", records: null, first: [] },
  ]);
});

test("two numbers that are equal because parts cancel one another out are shown with those parts", () => {
  const equal = { ours: "40", theirs: "40", settled: true };
  const dated = { because: "datedHere", amount: "2", records: 2 } as const;
  const amounts = (shown: ReturnType<typeof partsOf>) => shown.map((part) => [part.because, part.amount]);
  const cancelled = partsOf({ ...equal, parts: [tests, dated], explained: "0" });
  expect(amounts(cancelled)).toEqual([
    ["testOrders", "-2"],
    ["datedHere", "2"],
  ]);
  const hidden = partsOf({ ...equal, parts: [tests], explained: "-2" });
  expect(amounts(hidden)).toEqual([
    ["testOrders", "-2"],
    ["unexplained", "2"],
  ]);
  expect(partsOf({ ...equal, parts: [], explained: "0" })).toEqual([]);
});

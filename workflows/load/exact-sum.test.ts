import { Decimal } from "decimal.js";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { exactSum, negated } from "./exact-sum.ts";

const Exact = Decimal.clone({ precision: 120 });
const amount = fc
  .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 24n }), fc.integer({ min: 0, max: 12 }))
  .map(
    ([isNegative, units, scale]) =>
      `${isNegative ? "-" : ""}${new Exact(units.toString()).div(new Exact(10).pow(scale)).toFixed(scale)}`,
  );

test("a sum is exact, whatever the sizes and decimals", () => {
  fc.assert(
    fc.property(fc.array(amount, { maxLength: 20 }), (amounts) => {
      const expected = amounts.reduce((sum, each) => sum.plus(each), new Exact(0));
      expect(new Exact(exactSum(amounts)).eq(expected)).toBe(true);
      expect(new Exact(exactSum([...amounts, ...amounts.map(negated)])).isZero()).toBe(true);
    }),
  );
});

test("tenths, yen and dinars", () => {
  expect(exactSum(["0.1", "0.2"])).toBe("0.3");
  expect(exactSum(["1000", "-1"])).toBe("999");
  expect(exactSum(["0.125", "-0.250"])).toBe("-0.125");
  expect(exactSum(["9007199254740993", "0.01"])).toBe("9007199254740993.01");
  expect(exactSum([])).toBe("0");
});

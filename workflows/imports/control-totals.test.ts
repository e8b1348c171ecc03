import * as fc from "fast-check";
import { expect, inject, test } from "vitest";
import { fromMillionths, toMillionths } from "../costs/numbers.ts";
import { ControlTotals } from "./control-totals.ts";

const seed = inject("seed") ?? process.pid * 6151;
const amounts = fc
  .tuple(fc.constantFrom(6n, 9n, 15n, 20n), fc.bigInt(-(10n ** 20n) + 1n, 10n ** 20n - 1n))
  .map(([digits, value]) => fromMillionths(value % 10n ** digits));

test(`sums of money are exact, of small amounts and of the largest, and go on where an earlier chunk stopped (seed ${seed})`, () => {
  const row = fc.record({
    costType: fc.constantFrom("fixed" as const, "other" as const),
    currency: fc.constantFrom("INR", "KWD"),
    basis: fc.constantFrom("total" as const, "per_unit" as const, "percent" as const),
    amount: amounts,
    content: fc.stringMatching(/^[0-9a-f]{32}$/),
  });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 60 }), fc.nat(), (rows, pick) => {
      const at = rows.length === 0 ? 0 : pick % rows.length;
      const first = new ControlTotals([]);
      for (const one of rows.slice(0, at)) first.add(one);
      const second = new ControlTotals(first.all());
      for (const one of rows.slice(at)) second.add(one);
      const all = second.all();
      expect(all.reduce((sum, { count }) => sum + count, 0)).toBe(rows.length);
      for (const { costType, currency, amount, marks } of all) {
        const own = rows.filter((one) => one.costType === costType && one.currency === currency);
        const money = own.filter(({ basis }) => basis !== "percent");
        expect(amount).toBe(fromMillionths(money.reduce((sum, one) => sum + toMillionths(one.amount), 0n)));
        expect(marks).toBe(String(own.reduce((sum, one) => sum + BigInt(`0x${one.content.slice(0, 12)}`), 0n)));
      }
    }),
    { seed, numRuns: 300 },
  );
});

test("a million amounts of which no double holds the sum add up to the millionth", () => {
  const totals = new ControlTotals([]);
  for (let n = 0; n < 1_000_000; n += 1)
    totals.add({
      costType: "fixed",
      currency: "INR",
      basis: "total",
      amount: n % 2 === 0 ? "999999999.000001" : "0.1",
      content: "f".repeat(32),
    });
  expect(totals.all()[0]?.amount).toBe("499999999550000.5");
  expect(totals.all()[0]?.marks).toBe(String(1_000_000n * (2n ** 48n - 1n)));
});

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { broughtBy, ownRates, readRates, type StreamRate } from "./rates.ts";

const orders = (rows: number, ofItsRead: number | null = 6000): StreamRate => ({
  name: "orders",
  carriedBy: "orders",
  rows,
  ofItsRead,
});
const riding = (name: string, rows: number): StreamRate => ({ name, carriedBy: "orders", rows, ofItsRead: 6000 });
const brought = (rows: number, landed: number) => broughtBy([{ stream: "orders", rows, landed }]);

test("what one read brings shares its rate by what it has brought of each", () => {
  const streams = [orders(500), riding("lines", 1500), riding("refunds", 500)];
  expect(Object.fromEntries(ownRates(streams, brought(500, 2500)))).toEqual({
    orders: 1200,
    lines: 3600,
    refunds: 1200,
  });
});

test("a few new rows of an account that was held already do not tell how fast the rest of it comes", () => {
  for (const [own, lines] of [
    [20, 5],
    [1, 5],
    [0, 5],
    [0, 0],
  ] as const) {
    const rates = ownRates([orders(own), riding("lines", lines), riding("refunds", 0)], brought(500, 2000));
    expect(Object.fromEntries(rates), `${own} and ${lines} new`).toEqual({ orders: 1500 });
  }
  const two = ownRates([orders(0), riding("refunds", 0)], brought(1500, 2000));
  expect(Object.fromEntries(two), "one alone has the rest").toEqual({ orders: 4500, refunds: 1500 });
});

test("of a stream that has no history yet it is told by what was new, and by nothing where nothing was", () => {
  expect(Object.fromEntries(ownRates([orders(500), riding("refunds", 100)], new Map()))).toEqual({
    orders: 5000,
    refunds: 1000,
  });
  for (const refunds of [0, 5]) expect([...ownRates([orders(0), riding("refunds", refunds)], new Map())]).toEqual([]);
});

test("a read of one stream is that stream's, and of what does not move there is none", () => {
  expect([...ownRates([orders(0)], new Map())]).toEqual([["orders", 6000]]);
  expect([...ownRates([orders(0, null)], brought(5, 5))]).toEqual([]);
});

test("whatever came: no share is below nothing, and all of them together are no more than the read", () => {
  const count = fc.nat(10_000);
  fc.assert(
    fc.property(count, count, fc.array(count, { maxLength: 4 }), count, (own, rows, riders, landed) => {
      const streams = [orders(own), ...riders.map((held, n) => riding(`rider ${n}`, held))];
      const rates = [...ownRates(streams, brought(rows, landed)).values()];
      expect(Math.min(0, ...rates)).toBe(0);
      // Each is rounded by itself.
      expect(rates.reduce((sum, rate) => sum + rate, 0)).toBeLessThanOrEqual(6000 + streams.length / 2);
      expect([...readRates(streams)]).toEqual([["orders", 6000]]);
    }),
  );
});

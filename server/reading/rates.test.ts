import { expect, test } from "vitest";
import { ownRates } from "./rates.ts";

const orders = (rows: number, ofItsRead: number | null = 6000) => ({
  name: "orders",
  carriedBy: "orders",
  rows,
  ofItsRead,
});
const refunds = (rows: number) => ({ name: "refunds", carriedBy: "orders", rows, ofItsRead: 6000 });

test("what one read brings shares its rate by the new rows of each", () => {
  expect([...ownRates([orders(500), refunds(100)])]).toEqual([
    ["orders", 5000],
    ["refunds", 1000],
  ]);
});

test.each([
  ["nothing new comes", [orders(0)]],
  ["nothing new comes of what rides along either", [orders(0), refunds(0)]],
  ["only what rides along is new", [orders(0), refunds(5)]],
])("a read of what is held already moves at its full rate: %s", (_how, streams) => {
  expect([...ownRates(streams)]).toEqual([["orders", 6000]]);
});

test("of what does not move there is none", () => {
  expect([...ownRates([orders(0, null)])]).toEqual([]);
});

import { expect, test } from "vitest";
import { countedIn } from "./counted.ts";

const none = {
  rows: "0",
  inserted: "0",
  updated: "0",
  deleted: "0",
  ignored: "0",
  errors: "0",
  empty: "0",
  warnings: "0",
};

test("every row of a file is counted once, and a row without an amount is no warning beside that", () => {
  const counts = { ...none, rows: "10", inserted: "3", ignored: "1", errors: "5", empty: "1", warnings: "2" };
  const { rows, costs, isOneEach, warnings } = countedIn(counts);
  expect(rows).toEqual({ all: 10, good: 4, wrong: 5, empty: 1 });
  expect(rows.good + rows.wrong + rows.empty).toBe(rows.all);
  expect(costs.all).toBe(rows.good);
  expect([isOneEach, warnings]).toEqual([true, 1]);
});

test("rows of several costs are told apart from them, and so are those that are not held against anything yet", () => {
  expect(countedIn({ ...none, rows: "3", inserted: "7", updated: "2", errors: "1" })).toMatchObject({
    rows: { good: 2 },
    costs: { all: 9 },
    isOneEach: false,
  });
  expect(countedIn({ ...none, rows: "3", errors: "1" })).toMatchObject({ rows: { good: 2 }, isOneEach: false });
});

test("a row that takes a cost away is one, and what a file takes the place of is none of its rows", () => {
  expect(countedIn({ ...none, rows: "4", inserted: "2", updated: "1", deleted: "1" }).isOneEach).toBe(true);
  expect(countedIn({ ...none, rows: "2", inserted: "2", deleted: "40" }).isOneEach).toBe(true);
});

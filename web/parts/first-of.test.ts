import { expect, test } from "vitest";
import { firstOf } from "./first-of.ts";

const isOneOf =
  (...these: readonly number[]) =>
  (n: number): number =>
    Number(these.includes(n));
const all = [1, 2, 3, 4, 5, 6];

test("what matters more is not left out for what does not, and all stand in their order", () => {
  expect(firstOf(all, 2, isOneOf(5))).toEqual([1, 5]);
  expect(firstOf([5, 6], 2, isOneOf(5))).toEqual([5, 6]);
});

test("what matters most comes before what only matters", () => {
  expect(firstOf(all, 2, (n) => (n === 6 ? 2 : Number(n > 1)))).toEqual([2, 6]);
});

test("more room always shows more, wherever those stand that matter more", () => {
  for (const these of [[], [3, 4], [1, 2], [5, 6], all])
    for (const count of [0, 2, 3, 4, 6])
      expect(firstOf(all, count, isOneOf(...these)), `${these.join()} of ${count}`).toHaveLength(count);
});

test("where all matter more there is room for no more than else", () => {
  expect(firstOf(all, 2, () => 1)).toEqual([1, 2]);
});

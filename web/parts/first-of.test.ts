import { expect, test } from "vitest";
import { firstOf } from "./first-of.ts";

test("what must be seen is never among those that are left out", () => {
  const isFive = (n: number): boolean => n === 5;
  expect(firstOf([1, 2, 3, 4, 5, 6], 2, isFive)).toEqual([1, 2, 5]);
  expect(firstOf([5, 6], 2, isFive)).toEqual([5, 6]);
});

import { expect, test } from "vitest";
import { isBeingRead, newerThan } from "./newer-rows.ts";

const rows = (ids: string) => Array.from(ids).map((id) => ({ id }));
const shown = (ids: string) => new Set(ids);

test("those are newer that stand above all that were shown, and no older ones", () => {
  expect(newerThan(shown("zyx"), rows("zyx"))).toBe(0);
  expect(newerThan(shown("zyx"), rows("BAzyx"))).toBe(2);
  expect(newerThan(shown("zyx"), rows("zyxwv"))).toBe(0);
  expect(newerThan(shown("zyx"), rows("BAyx"))).toBe(2);
  expect(newerThan(shown("zyx"), rows("edc"))).toBe(0);
  expect(newerThan(shown(""), rows("zyx"))).toBe(0);
});

test("a list is being read where its top is out of sight, or one of its rows is open or has the focus", () => {
  const sight = { top: 240, hasOpen: false, hasFocus: false };
  expect(isBeingRead(sight)).toBe(false);
  expect(isBeingRead({ ...sight, top: -1 })).toBe(true);
  expect(isBeingRead({ ...sight, hasOpen: true })).toBe(true);
  expect(isBeingRead({ ...sight, hasFocus: true })).toBe(true);
});

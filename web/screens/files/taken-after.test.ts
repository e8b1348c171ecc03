// An undo of one file names those that go with it: taken later, in whatever order they were given.
import { expect, test } from "vitest";
import { takenAfter } from "./taken-after.ts";

const file = (state: "COMMITTED" | "UNDONE" | "NEEDS_CONFIRMATION", settledAt: string | null) => ({ state, settledAt });

test("those that were taken after it, newest first, and none that does not count", () => {
  const first = file("COMMITTED", "2026-11-22T10:00:00.000Z");
  const second = file("COMMITTED", "2026-11-22T10:00:00.001Z");
  const third = file("COMMITTED", "2026-11-22T11:00:00.000Z");
  const others = [file("UNDONE", "2026-11-22T12:00:00.000Z"), file("NEEDS_CONFIRMATION", null)];
  const all = [second, ...others, first, third];
  expect(takenAfter(first, all)).toEqual([third, second]);
  expect(takenAfter(third, all)).toEqual([]);
});

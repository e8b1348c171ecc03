import { expect, test } from "vitest";
import { cutWords, readRetryAfter } from "./retry-after.ts";

const now = new Date("2026-11-20T12:00:00Z");

test.each([
  ["5", 5_000],
  ["0.5", 500],
  ["Fri, 20 Nov 2026 12:00:30 GMT", 30_000],
  ["31536000", 3_600_000],
  ["-3", null],
  ["0", null],
  ["Fri, 20 Nov 2026 11:00:00 GMT", null],
  ["soon", null],
  ["", null],
  [undefined, null],
])("Retry-After %j is a wait of %j ms", (text, waitMs) => {
  expect(readRetryAfter(text, now)?.ms ?? null).toBe(waitMs);
});

test("what is said of a wait that was cut ends with a whole letter", () => {
  for (const lead of ["", "x"]) expect(cutWords("9e9", lead + "\u{1f375}".repeat(100)).isWellFormed()).toBe(true);
});

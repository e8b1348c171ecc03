import { expect, test } from "vitest";
import { readRetryAfter } from "./retry-after.ts";

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

import { expect, test } from "vitest";
import { tooLarge } from "./guard.ts";

test("small values pass", () => {
  expect(tooLarge(undefined)).toBeNull();
  expect(tooLarge({ rows: 12, streams: ["orders"] })).toBeNull();
});

test("a value over four kilobytes is refused, whatever its shape", () => {
  expect(tooLarge(Array.from({ length: 1_000 }, (_, n) => 1_000 + n))).toMatch(/bytes, more than 4096/);
});

test("a long string is refused wherever it stands, counted in bytes", () => {
  expect(tooLarge({ failure: { said: "x".repeat(257) } })).toMatch(/a string of 257 bytes/);
  expect(tooLarge(["क".repeat(100)])).toMatch(/a string of 300 bytes/);
});

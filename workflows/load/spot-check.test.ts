import { expect, test } from "vitest";
import { daysToCheck } from "./spot-check.ts";

test.each([
  ["2026-11-20T19:00:00Z", "Asia/Kolkata", 0, [["2026-11-20", true]]],
  ["2026-11-20T18:00:00Z", "Asia/Kolkata", 0, [["2026-11-19", true]]],
  // Half past one in the night: six hours ago was still yesterday, so the day before is the settled one.
  [
    "2026-11-20T20:00:00Z",
    "Asia/Kolkata",
    6,
    [
      ["2026-11-20", false],
      ["2026-11-19", true],
    ],
  ],
  ["2026-11-21T03:00:00Z", "Asia/Kolkata", 6, [["2026-11-20", true]]],
  ["2026-11-21T03:00:00Z", "America/New_York", 6, [["2026-11-19", true]]],
] as const)("at %s in %s after %i h", (now, zone, hours, expected) => {
  expect(daysToCheck(new Date(now), zone, hours).map(({ day, settled }) => [day, settled])).toEqual(expected);
});

import { expect, test } from "vitest";
import { dayOf, daysBetween } from "../../format/day-of.ts";
import { urgencyOf, weeksFrom } from "./calendar-days.ts";

test("a grant ends on the brand's own day", () => {
  expect(dayOf("2026-11-26T20:00:00Z", "Asia/Kolkata")).toBe("2026-11-27");
  expect(dayOf("2026-11-26T20:00:00Z", "America/New_York")).toBe("2026-11-26");
  expect(daysBetween("2026-11-20", "2026-11-27")).toBe(7);
  expect(daysBetween("2026-11-20", "2026-11-19")).toBe(-1);
});

test("how loud it is said grows with each warning", () => {
  expect([-1, 0, 3, 4, 14, 15].map(urgencyOf)).toEqual(["ended", "now", "now", "soon", "soon", "later"]);
});

test("a quarter stands in whole weeks from today on, over the end of a year too", () => {
  const weeks = weeksFrom("2026-12-20", 91);
  expect([weeks.length, weeks.at(-1)?.length, weeks[0]?.[0], weeks[1]?.[5]]).toEqual([
    13,
    7,
    "2026-12-20",
    "2027-01-01",
  ]);
});

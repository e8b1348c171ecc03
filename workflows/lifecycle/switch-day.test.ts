import { expect, test } from "vitest";
import { switchDay } from "./switch-day.ts";

const at = new Date("2026-11-20T10:30:00Z");

test.each([
  { is: "the brand's day", zone: "Pacific/Niue", oldCountsFrom: null, day: "2026-11-19" },
  { is: "the brand's day", zone: "Pacific/Kiritimati", oldCountsFrom: "2026-03-01", day: "2026-11-21" },
  // A brand may move to a zone in which that day has not begun.
  { is: "none that the old one did not have", zone: "Pacific/Niue", oldCountsFrom: "2026-11-21", day: "2026-11-21" },
])("the day of a switch in $zone is $is", ({ zone, oldCountsFrom, day }) =>
  expect(switchDay(at, zone, oldCountsFrom)).toBe(day),
);

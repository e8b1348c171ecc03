import { expect, it } from "vitest";
import { backfillFixture } from "../../gallery/fixtures.ts";
import { costOf, dayBefore } from "./history-cost.ts";

it("an earlier start costs its days at the pace of those that are in", () => {
  const backfill = backfillFixture({
    historyFrom: "2024-11-21",
    daysTotal: 730,
  });
  expect(costOf(backfill, 7300, "2024-10-21")).toEqual({ days: 31, seconds: 310 });
  expect(costOf(backfill, null, "2024-10-21")).toEqual({ days: 31, seconds: null });
  expect(costOf({ ...backfill, state: "RUNNING" }, 7300, "2024-10-21")).toEqual({ days: 31, seconds: null });
  expect(costOf(backfill, 7300, "2025-01-01").days).toBe(0);
});

it("the day before a month's first is the last of the one before", () => {
  expect([dayBefore("2026-03-01"), dayBefore("2027-01-01")]).toEqual(["2026-02-28", "2026-12-31"]);
});

import { expect, it } from "vitest";
import { backfillFixture } from "../../gallery/fixtures.ts";
import { costOf, dayBefore } from "./history-cost.ts";

it("an earlier start costs its days at the pace of the first history", () => {
  const backfill = backfillFixture({
    historyFrom: "2024-11-21",
    daysTotal: 730,
    startedAt: "2026-11-20T00:00:00Z",
    finishedAt: "2026-11-20T02:01:40Z",
  });
  expect(costOf(backfill, "2024-10-21")).toEqual({ days: 31, seconds: 310 });
  expect(costOf({ ...backfill, finishedAt: null }, "2024-10-21")).toEqual({ days: 31, seconds: null });
  expect(costOf(backfill, "2025-01-01").days).toBe(0);
});

it("the day before a month's first is the last of the one before", () => {
  expect([dayBefore("2026-03-01"), dayBefore("2027-01-01")]).toEqual(["2026-02-28", "2026-12-31"]);
});

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addDays, backfillWindows, monthsBefore, needsQuickStart, planSlices, rangeWindows } from "./windows.ts";
import type { StreamRule } from "./windows.ts";

const days = fc
  .date({ min: new Date("2012-01-01"), max: new Date("2040-01-01"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

describe("windows of a first history", () => {
  test("24 months are 11 windows, newest first: 7, 23, 60, then 90 days", () => {
    const windows = backfillWindows({ until: "2026-11-22", months: 24 });
    expect(windows).toHaveLength(11);
    expect(windows.slice(0, 4)).toEqual([
      { from: "2026-11-15", to: "2026-11-22" },
      { from: "2026-10-23", to: "2026-11-15" },
      { from: "2026-08-24", to: "2026-10-23" },
      { from: "2026-05-26", to: "2026-08-24" },
    ]);
    expect(windows.at(-1)?.from).toBe("2024-11-22");
  });

  test("where a week takes more than a minute, two days come first", () => {
    const windows = backfillWindows({ until: "2026-11-22", months: 24, quickStart: true });
    expect(windows[0]).toEqual({ from: "2026-11-20", to: "2026-11-22" });
    expect(windows[1]).toEqual({ from: "2026-11-15", to: "2026-11-20" });
  });

  test("the platform's own limit ends it", () => {
    const windows = backfillWindows({ until: "2026-11-22", months: 24, notBefore: "2026-09-23" });
    expect(windows.at(-1)?.from).toBe("2026-09-23");
    expect(windows).toHaveLength(3);
  });

  test("they cover every day once, without a gap", () => {
    fc.assert(
      fc.property(days, fc.integer({ min: 1, max: 60 }), fc.boolean(), (until, months, quickStart) => {
        const windows = backfillWindows({ until, months, quickStart });
        expect(windows[0]?.to).toBe(until);
        expect(windows.at(-1)?.from).toBe(monthsBefore(until, months));
        for (const [index, window] of windows.entries()) {
          expect(window.from < window.to).toBe(true);
          if (index > 0) expect(window.to).toBe(windows[index - 1]?.from);
        }
      }),
    );
  });
});

test("a range that was asked for is cut newest first, and covered whole", () => {
  expect(rangeWindows("2026-01-01", "2026-06-01")).toEqual([
    { from: "2026-03-03", to: "2026-06-01" },
    { from: "2026-01-01", to: "2026-03-03" },
  ]);
});

describe("the plan of slices", () => {
  const stream = (name: string, change: Partial<StreamRule> = {}): StreamRule => ({
    name,
    carries: [],
    needs: [],
    isSnapshot: false,
    longestDays: null,
    ...change,
  });
  const windows = backfillWindows({ until: "2026-11-22", months: 3 });

  test("every stream's newest days come before any older ones; what is read whole stands between them, once", () => {
    const plan = planSlices([stream("orders"), stream("products", { isSnapshot: true }), stream("customers")], windows);
    expect(plan.map((slice) => `${slice.position} ${slice.stream} ${slice.from}`).slice(0, 5)).toEqual([
      "0 orders 2026-11-15",
      "1 customers 2026-11-15",
      "2 products 2026-11-15",
      "3 orders 2026-10-23",
      "4 customers 2026-10-23",
    ]);
    expect(plan.filter((slice) => slice.stream === "products")).toHaveLength(1);
  });

  test("a source that answers for a month at most is asked a month at a time, and every day is covered", () => {
    const plan = planSlices([stream("adDays", { longestDays: 30 })], windows);
    for (const [index, slice] of plan.entries()) {
      expect(addDays(slice.from, 30) >= slice.to).toBe(true);
      if (index > 0) expect(slice.to).toBe(plan[index - 1]?.from);
    }
    expect(plan.at(-1)?.from).toBe(windows.at(-1)?.from);
  });

  test("two days come first only where a week would take more than a minute", () => {
    expect(needsQuickStart({ orders: 14 })).toBe(false);
    expect(needsQuickStart({ orders: 10, events: 4_000 })).toBe(true);
    expect(needsQuickStart({})).toBe(false);
  });
});

test("months before the end of a month stay in that month", () => {
  expect(monthsBefore("2026-03-31", 1)).toBe("2026-02-28");
  expect(monthsBefore("2024-03-31", 1)).toBe("2024-02-29");
  expect(addDays("2026-02-28", 1)).toBe("2026-03-01");
});

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dayAfterKey, isLeft, marksOf, plannedDays, spanOf, daysIn, mapCounts, mapRows } from "./backfill-map.ts";

const month = (
  first: string,
  ...ranges: [string, string, "ALL" | "SOME" | "NOW" | "QUEUED" | "FAILED" | "BEFORE"][]
) => ({
  month: first,
  rows: "10",
  ranges: ranges.map(([from, to, state]) => ({ from, to, state })),
});

describe("the map", () => {
  it("puts the newest month on top and ends each month on its own day", () => {
    const rows = mapRows([
      month("2024-02-01", ["2024-02-01", "2024-02-29", "ALL"]),
      month("2025-02-01", ["2025-02-01", "2025-02-28", "ALL"]),
    ]);
    expect(rows.map((row) => row.month)).toEqual(["2025-02-01", "2024-02-01"]);
    expect(rows.map((row) => row.cells.filter((cell) => cell === "ALL").length)).toEqual([28, 29]);
    expect(rows[0]?.cells.slice(28)).toEqual(["void", "void", "void"]);
  });
  it("cuts a range that reaches over the edge of its month", () => {
    const [row] = mapRows([
      month("2026-11-01", ["2026-10-20", "2026-11-03", "SOME"], ["2026-11-18", "2026-12-05", "ALL"]),
    ]);
    expect(
      row?.cells.map((cell, n) => (cell === "none" || cell === "void" ? "" : `${n + 1}${cell}`)).filter(Boolean),
    ).toEqual([..."123".split("").map((day) => `${day}SOME`), ...Array.from({ length: 13 }, (_, n) => `${18 + n}ALL`)]);
  });
  it("reads no day where it stands still: what was being read waits again", () => {
    const months = [month("2026-11-01", ["2026-11-10", "2026-11-12", "NOW"], ["2026-11-13", "2026-11-20", "ALL"])];
    expect(mapCounts(mapRows(months))).toMatchObject({ now: "2026-11-12", queued: 0 });
    expect(mapCounts(mapRows(months, true))).toMatchObject({ now: null, queued: 3, all: 8 });
  });
  it("says zero only of a month that is read", () => {
    const told = (state: "ALL" | "SOME" | "NOW" | "QUEUED" | "FAILED", rows: string) =>
      mapRows([
        { ...month("2026-11-01", ["2026-11-01", "2026-11-29", "ALL"], ["2026-11-30", "2026-11-30", state]), rows },
      ])[0]?.rows;
    expect([told("ALL", "0"), told("SOME", "3")]).toEqual(["0", "3"]);
    const left = ["SOME", "NOW", "QUEUED", "FAILED"] as const;
    expect(left.map((state) => told(state, "0"))).toEqual(left.map(() => null));
  });
  it("leaves days that are not in the plan empty", () =>
    expect(mapRows([month("2026-11-01")])[0]?.cells[0]).toBe("none"));
});

describe("its figures", () => {
  it("reaches back to the last day without a gap, not to the oldest complete one", () => {
    const rows = mapRows([
      month(
        "2026-11-01",
        ["2026-11-05", "2026-11-20", "ALL"],
        ["2026-11-04", "2026-11-04", "NOW"],
        ["2026-11-01", "2026-11-03", "ALL"],
      ),
    ]);
    expect(mapCounts(rows)).toMatchObject({ all: 19, now: "2026-11-04", backTo: "2026-11-05" });
  });
  it("today still moving does not hide the complete days behind it", () => {
    const rows = mapRows([
      month("2026-11-01", ["2026-11-20", "2026-11-20", "SOME"], ["2026-11-01", "2026-11-19", "ALL"]),
    ]);
    expect(mapCounts(rows).backTo).toBe("2026-11-01");
  });
  it("counts every planned day exactly once, whatever the ranges", () => {
    const states = ["ALL", "SOME", "QUEUED", "FAILED"] as const;
    fc.assert(
      fc.property(
        fc.integer({ min: 2019, max: 2030 }),
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.constantFrom(...states), { minLength: 31, maxLength: 31 }),
        (y, m, days) => {
          const first = `${y}-${String(m).padStart(2, "0")}-01`;
          const length = daysIn(first);
          const ranges = days.slice(0, length).map((state, n) => ({
            from: `${first.slice(0, 8)}${String(n + 1).padStart(2, "0")}`,
            to: `${first.slice(0, 8)}${String(n + 1).padStart(2, "0")}`,
            state,
          }));
          const counts = mapCounts(mapRows([{ month: first, rows: "0", ranges }]));
          expect(counts.all + counts.some + counts.queued + counts.failed).toBe(length);
        },
      ),
    );
  });
});

const threeMonths = mapRows([
  { month: "2026-11-01", rows: "1", ranges: [{ from: "2026-11-01", to: "2026-11-20", state: "ALL" }] },
  { month: "2026-10-01", rows: "1", ranges: [{ from: "2026-10-01", to: "2026-10-31", state: "QUEUED" }] },
  { month: "2026-09-01", rows: "1", ranges: [{ from: "2026-09-10", to: "2026-09-30", state: "QUEUED" }] },
]);

it("days that can be chosen are those in the plan, oldest first", () => {
  const days = plannedDays(threeMonths);
  expect([days[0], days.at(-1), days.length]).toEqual(["2026-09-10", "2026-11-20", 20 + 31 + 21]);
});

it("a choice may be drawn in either direction", () => {
  expect(spanOf({ anchor: "2026-10-26", at: "2026-10-10" })).toEqual({ from: "2026-10-10", to: "2026-10-26" });
});

it.each([
  ["ArrowLeft", "2026-10-01", "2026-09-30"],
  ["ArrowRight", "2026-10-31", "2026-11-01"],
  ["ArrowUp", "2026-09-10", "2026-10-10"],
  ["ArrowDown", "2026-11-15", "2026-10-15"],
  ["ArrowDown", "2026-10-05", "2026-09-10"],
  ["ArrowUp", "2026-11-15", "2026-11-20"],
  ["Home", "2026-11-15", "2026-09-10"],
  ["End", "2026-10-15", "2026-11-20"],
])("%s leads from %s to %s and never past an end", (key, at, next) => {
  expect(dayAfterKey(key, at, plannedDays(threeMonths))).toBe(next);
});

it("days chosen and days brought forward are marked, both where both hold", () => {
  const marks = marksOf("2026-10-01", { from: "2026-10-30", to: "2026-11-02" }, [
    { from: "2026-10-29", to: "2026-10-30" },
  ]);
  expect(marks.slice(27)).toBe(" bxc");
  expect(marks.slice(0, 27).trim()).toBe("");
});

it("days have something left to be read until each of them is complete; days out of the plan have nothing", () => {
  const rows = mapRows([
    month("2026-10-01", ["2026-10-05", "2026-10-31", "QUEUED"]),
    month("2026-11-01", ["2026-11-01", "2026-11-20", "ALL"]),
  ]);
  expect(isLeft(rows, { from: "2026-10-31", to: "2026-11-02" })).toBe(true);
  expect(isLeft(rows, { from: "2026-11-01", to: "2026-11-20" })).toBe(false);
  expect(isLeft(rows, { from: "2026-10-01", to: "2026-10-04" })).toBe(false);
});

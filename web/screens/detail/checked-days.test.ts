import { describe, expect, it } from "vitest";
import { checkedDays, daysShown, shareOf } from "./checked-days.ts";

const check = (day: string, state: "EQUAL" | "EXPLAINED" | "DIFFERENT" | "NOT_SETTLED" | "NO_FIGURE") => ({
  day,
  state,
});
const marks = (checks: ReturnType<typeof check>[]) =>
  checkedDays(checks, "2026-11-20").map(({ day, mark }) => [day, mark]);

describe("the days that were checked", () => {
  it("a day bears the mark that asks most to be looked at", () =>
    expect(
      marks([
        check("2026-11-19", "NOT_SETTLED"),
        check("2026-11-19", "EQUAL"),
        check("2026-11-18", "EQUAL"),
        check("2026-11-18", "DIFFERENT"),
        check("2026-11-18", "NOT_SETTLED"),
        check("2026-11-17", "NO_FIGURE"),
        check("2026-11-17", "EQUAL"),
        check("2026-11-16", "EQUAL"),
        check("2026-11-16", "EXPLAINED"),
        check("2026-11-16", "NO_FIGURE"),
      ]),
    ).toEqual([
      ["2026-11-19", "NOT_SETTLED"],
      ["2026-11-18", "DIFFERENT"],
      ["2026-11-17", "NO_FIGURE"],
      ["2026-11-16", "EXPLAINED"],
    ]));
  it("one without a check has no mark, and never a tick", () =>
    expect(marks([check("2026-11-18", "EQUAL"), check("2026-11-16", "EQUAL")])).toEqual([
      ["2026-11-19", null],
      ["2026-11-18", "EQUAL"],
      ["2026-11-17", null],
      ["2026-11-16", "EQUAL"],
    ]));
  it("none is shown before the first, and no more than two weeks", () => {
    expect(marks([])).toEqual([]);
    expect(marks([check("2026-09-01", "EQUAL")])).toHaveLength(daysShown);
  });
  it("an account that is a day ahead shows its own newest day", () =>
    expect(marks([check("2026-11-20", "EQUAL")])).toEqual([["2026-11-20", "EQUAL"]]));
});

it("the gap is held against what the source says", () => {
  expect(shareOf({ theirs: "200", difference: "-3" })).toBe(0.015);
  expect(shareOf({ theirs: "0", difference: "5" })).toBeNull();
  expect(shareOf({ theirs: null, difference: null })).toBeNull();
  expect(shareOf({ theirs: "200", difference: null }), "nothing of ours to hold against it").toBeNull();
});

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelledDays, scaleOf } from "./chart-scale.ts";

const cents = fc.integer({ min: -1e11, max: 1e11 }).map((amount) => amount / 100);

describe("the axis", () => {
  it("holds every value and zero, with few round marks", () => {
    fc.assert(
      fc.property(fc.array(cents, { minLength: 1, maxLength: 60 }), (values) => {
        const { low, high, marks } = scaleOf(values);
        expect(Math.min(low, 0)).toBeLessThanOrEqual(Math.min(0, ...values));
        expect(high).toBeGreaterThanOrEqual(Math.max(0, ...values));
        expect(marks.length).toBeLessThanOrEqual(8);
        expect(low).toBeLessThan(high);
      }),
    );
  });
  it("reaches a low that is further from zero than the high, where only zero is a round mark between", () =>
    expect(scaleOf([452_816_035.84, -495_867_262.22])).toEqual({
      low: -500_000_000,
      high: 500_000_000,
      marks: [-500_000_000, 0, 500_000_000],
    }));
  it("draws an axis for days that are all zero", () =>
    expect(scaleOf([0, 0])).toEqual({ low: 0, high: 1, marks: [0] }));
  it("marks whole numbers alone where something is counted", () => {
    expect(scaleOf([0, 1], { isCount: true }).marks).toEqual([0, 1]);
    expect(scaleOf([2, -1], { isCount: true }).marks).toEqual([-1, 0, 1, 2]);
    expect(scaleOf([1]).marks).toEqual([0, 0.5, 1]);
  });
});

describe("labels", () => {
  it("always name the last day", () => {
    expect(labelledDays(28, 4)).toEqual([6, 13, 20, 27]);
    expect(labelledDays(1, 4)).toEqual([0]);
    expect(labelledDays(0, 4)).toEqual([]);
  });
});

import { describe, expect, it } from "vitest";
import { agedBy, holdEta } from "./eta.ts";

const hours = (min: number, max: number) => ({ minSeconds: min * 3600, maxSeconds: max * 3600 });

describe("the shown estimate", () => {
  it("says nothing before the server does, and stops when the server does", () => {
    expect(holdEta(null, null, 0)).toBeNull();
    expect(holdEta({ range: hours(7, 9), at: 0 }, null, 1)).toBeNull();
  });
  it("takes the first estimate at once", () => expect(holdEta(null, hours(7, 9), 5)?.range).toEqual(hours(7, 9)));
  it("keeps still for 15 s, however far the next one is", () => {
    const held = { range: hours(7, 9), at: 0 };
    expect(holdEta(held, hours(1, 2), 14_999)).toBe(held);
    expect(holdEta(held, hours(1, 2), 15_000)?.range).toEqual(hours(1, 2));
  });
  it("does not move for a tenth or less", () => {
    const held = { range: hours(7, 9), at: 0 };
    expect(holdEta(held, hours(7.3, 9.3), 60_000)).toBe(held);
    expect(holdEta(held, hours(7, 10.5), 60_000)?.range).toEqual(hours(7, 10.5));
  });
  it("expects a held range to shrink with time, so that an estimate that comes true never changes it", () => {
    const held = { range: hours(2, 3), at: 0 };
    expect(holdEta(held, agedBy(held.range, 3_600_000), 3_600_000)).toBe(held);
  });
  it("never goes below nothing", () =>
    expect(agedBy({ minSeconds: 10, maxSeconds: 20 }, 60_000)).toEqual({ minSeconds: 0, maxSeconds: 0 }));
});

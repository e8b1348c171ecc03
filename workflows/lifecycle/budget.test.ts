import { describe, expect, test } from "vitest";
import { BUDGET, countedOn, noFailures, ruleThatFired, waitAfter } from "./budget.ts";

describe("the budget of failures", () => {
  const after = (count: number, hadProgress: boolean) =>
    Array.from({ length: count }).reduce<typeof noFailures>((failures) => countedOn(failures, hadProgress), noFailures);

  test("five in a row spend it, four do not", () => {
    expect(ruleThatFired(after(4, false), BUDGET)).toBeNull();
    expect(ruleThatFired(after(5, false), BUDGET)).toBe("inARow");
  });

  test("ten in all spend it, also with progress between them", () => {
    let failures = noFailures;
    for (let n = 0; n < 9; n += 1) failures = countedOn(countedOn(failures, false), true);
    expect(ruleThatFired(failures, BUDGET)).toBeNull();
    expect(ruleThatFired(countedOn(failures, false), BUDGET)).toBe("inAll");
  });

  test("failures with progress may be many", () => {
    expect(ruleThatFired(after(999, true), BUDGET)).toBeNull();
    expect(ruleThatFired(after(1_000, true), BUDGET)).toBe("withProgress");
  });

  test("the waits grow threefold from ten seconds to half an hour", () => {
    const waits = [1, 2, 3, 4, 9].map((count) => waitAfter(after(count, false), BUDGET) / 1000);
    expect(waits).toEqual([10, 30, 90, 270, 1_800]);
  });
});

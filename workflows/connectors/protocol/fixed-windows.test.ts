import { expect, test } from "vitest";
import type { Allowance } from "../contract.ts";
import { allowancesOf, type FixedWindows } from "./fixed-windows.ts";

/** Takes as soon as every bucket holds one, for a while, and says when. */
function greedily(buckets: readonly Allowance[], seconds: number): number[] {
  const held = buckets.map(({ maximum }) => maximum);
  const taken: number[] = [];
  for (let at = 0; at < seconds;) {
    const waits = buckets.map(({ restorePerSecond }, n) => Math.max(0, (1 - (held[n] ?? 0)) / restorePerSecond));
    const wait = Math.max(0, ...waits);
    at += wait;
    buckets.forEach(({ maximum, restorePerSecond }, n) => {
      held[n] = Math.min(maximum, (held[n] ?? 0) + wait * restorePerSecond) - 1;
    });
    if (at < seconds) taken.push(at);
  }
  return taken;
}

/** The most within any stretch of that length, wherever it begins. */
function mostWithin(taken: readonly number[], length: number): number {
  let most = 0;
  let from = 0;
  taken.forEach((at, n) => {
    while ((taken[from] ?? 0) <= at - length) from += 1;
    most = Math.max(most, n - from + 1);
  });
  return most;
}

test.each<[string, FixedWindows]>([
  ["extra small", { burst: 1, steady: 15 }],
  ["small", { burst: 3, steady: 60 }],
  ["medium", { burst: 10, steady: 150 }],
  ["large", { burst: 75, steady: 700 }],
  ["extra large", { burst: 350, steady: 3500 }],
  ["reports", { burst: 1, steady: 2, daily: 225 }],
])("the greediest caller of tier %s stays within every window", (_tier, windows) => {
  const buckets = allowancesOf(windows);
  const taken = greedily(buckets, 86_400 * (windows.daily === undefined ? 0.01 : 2));
  expect(mostWithin(taken, 1)).toBeLessThanOrEqual(windows.burst);
  expect(mostWithin(taken, 60)).toBeLessThanOrEqual(windows.steady);
  if (windows.daily !== undefined) expect(mostWithin(taken, 86_400)).toBeLessThanOrEqual(windows.daily);
  for (const { maximum, restorePerSecond } of buckets) {
    expect(maximum).toBeGreaterThanOrEqual(1);
    expect(restorePerSecond).toBeGreaterThan(0);
  }
});

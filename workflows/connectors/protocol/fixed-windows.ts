// Allowances by fixed windows (so many a second, a minute, a day), kept by buckets that know nothing of when a window
// begins. A bucket of b that fills by r a second lets at most b + r·w through in any w seconds, wherever they begin: so
// b and r are chosen that this is never more than the window allows.
import type { Allowance } from "../contract.ts";

export type FixedWindows = {
  /** In any second. */
  readonly burst: number;
  /** In any minute. */
  readonly steady: number;
  readonly daily?: number;
};

const MINUTE = 60;
const DAY = 86_400;
/** A day's allowance is met by this share of it at once, and the rest over the day. */
const AT_ONCE = 0.4;

export function allowancesOf({ burst, steady, daily }: FixedWindows): readonly Allowance[] {
  const perMinute = bucketWithin(steady, MINUTE, largestBurst(burst, steady));
  return daily === undefined ? [perMinute] : [perMinute, bucketWithin(daily, DAY, Math.floor(daily * AT_ONCE))];
}

/** The most that, with what flows in within a second, stays inside the second's window; one at least. */
function largestBurst(burst: number, steady: number): number {
  for (let most = Math.min(burst, steady - 1); most > 1; most -= 1)
    if (most + bucketWithin(steady, MINUTE, most).restorePerSecond <= burst) return most;
  return 1;
}

const bucketWithin = (allowed: number, seconds: number, maximum: number): Allowance => ({
  maximum,
  restorePerSecond: (allowed - maximum) / seconds,
});

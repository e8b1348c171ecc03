/** Which runs are due, answered at the head of the loop. */
import type { Millis } from "./facts.ts";

export const DAILY_KINDS = ["refresh", "reread", "sweep", "spotCheck"] as const;
export type DailyKind = (typeof DAILY_KINDS)[number];

/** A platform names the daily kinds it needs and how many days lie between two. */
export type DailyRhythm = Partial<Record<DailyKind, number>>;

export interface Clockwork {
  readonly now: Millis;
  readonly nextAt: Millis;
  readonly dayMs: Millis;
  readonly daily: DailyRhythm;
  readonly lastDaily: Partial<Record<DailyKind, Millis>>;
  /** Counts for a kind that has not run yet: what was just read need not be read again at once. Null: history still fills. */
  readonly since: Millis | null;
  /** Somebody asked, or a pause was lifted: now, not at the next point. */
  readonly asked: boolean;
  /** The first spot check waits for no point: whoever has just connected looks for it. */
  readonly checksAtOnce?: boolean;
}

/** The sync first, the daily kinds one after another behind it: they ride on the wake and have no timer of their own, but for the first check. */
export function dueRuns(clock: Clockwork): ("sync" | DailyKind)[] {
  const atPoint = clock.now >= clock.nextAt;
  if (!atPoint && clock.asked) return ["sync"];
  if (!atPoint) return clock.checksAtOnce === true && isFirstCheckDue(clock) ? ["spotCheck"] : [];
  return ["sync", ...DAILY_KINDS.filter((kind) => isDailyDue(kind, clock))];
}

const isFirstCheckDue = (clock: Clockwork): boolean =>
  clock.lastDaily.spotCheck === undefined && isDailyDue("spotCheck", clock);

function isDailyDue(kind: DailyKind, { daily, lastDaily, since, dayMs, now }: Clockwork): boolean {
  const days = daily[kind];
  if (days === undefined || since === null) return false;
  const last = lastDaily[kind];
  if (last === undefined && kind === "spotCheck") return true;
  return now - (last ?? since) >= days * dayMs;
}

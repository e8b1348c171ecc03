/** Quiet hours: stretches in which we begin nothing by ourselves. Instants only; where they lie is reckoned in `quiet-hours.ts`. */
import type { Millis } from "./facts.ts";

/** Half open. */
export interface Quiet {
  readonly from: Millis;
  readonly to: Millis;
}

/** What is known of a datasource that has such hours. */
export interface QuietStanding {
  /** Those around now, in order. */
  readonly windows: readonly Quiet[];
  /** When a person last had it go on: with that the hours that lasted are over for what waited. */
  readonly goOnAskedAt: Millis | null;
  /** What of the child's work a person has asked for. */
  readonly childAsked: "all" | "some" | "none";
}

export const quietAt = (windows: readonly Quiet[], at: Millis): Quiet | null =>
  windows.find(({ from, to }) => from <= at && at < to) ?? null;

/** What falls into quiet hours comes when they are over, each a little later of its own. */
export const afterQuiet = (windows: readonly Quiet[], dueAt: Millis, spreadMs: Millis): Millis => {
  const quiet = quietAt(windows, dueAt);
  return quiet === null ? dueAt : quiet.to + spreadMs;
};

/** The hours that hold back what nobody has asked for; null where none last, or somebody had it go on since they began. */
export function restsIn({ windows, goOnAskedAt }: QuietStanding, now: Millis): Quiet | null {
  const quiet = quietAt(windows, now);
  return quiet === null || (goOnAskedAt !== null && goOnAskedAt >= quiet.from) ? null : quiet;
}

/** Until when the child begins nothing but what is wanted; null: it goes on as ever. */
export const historyRests = (standing: QuietStanding | undefined, now: Millis): Millis | null =>
  standing === undefined || standing.childAsked === "all" ? null : (restsIn(standing, now)?.to ?? null);

/** Whoever ended well before then has missed two points, those in quiet hours not counted. */
export function lateBefore(now: Millis, intervalMs: Millis, windows: readonly Quiet[] = []): Millis {
  const outside = (at: Millis): Millis => quietAt(windows, at)?.from ?? at;
  return outside(outside(now) - intervalMs) - intervalMs;
}

/** When work of so long is done that rests in quiet hours. */
export function doneAfter(now: Millis, workMs: Millis, windows: readonly Quiet[]): Millis {
  let at = now;
  let left = workMs;
  for (const { from, to } of windows) {
    if (to <= at) continue;
    const works = Math.max(0, from - at);
    if (works >= left) break;
    left -= works;
    at = to;
  }
  return at + left;
}

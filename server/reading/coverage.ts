/** Which of a source's days are in, whole or in part: what every figure says of how far it reaches. Pure. */
import { dayIn } from "./days.ts";
import type { Day } from "./days.ts";
import { dayRanges } from "./backfill-map.ts";
import type { Piece } from "./backfill-map.ts";

export interface Coverage {
  /** The oldest day that is in without a gap from there on; null while none is. */
  readonly from: Day | null;
  readonly completeThrough: Date | null;
  readonly zone: string;
  /** Something is known of every later day too (a rent that goes on), though more may come of it. */
  readonly goesOn?: true;
  /** The day in which another took its place, where everything up to then is in: nothing later of it counts. */
  readonly cutDay?: Day;
}

export type DayMark = "complete" | "partial" | "missing";

/** `pieces` are the windows of the stream that the figures stand on. */
export function coverageOf(
  pieces: readonly Piece[],
  completeThrough: Date | null,
  zone: string,
  isHistoryDone: boolean,
): Coverage {
  const ranges = dayRanges(pieces);
  let from: Day | null = null;
  for (const range of ranges.toReversed()) {
    if (range.state !== "ALL") break;
    from = range.from;
  }
  // Without windows (a history that was imported, or older than its rows here) the whole of it counts once it is done.
  return { from: from ?? (isHistoryDone ? "0001-01-01" : null), completeThrough, zone };
}

export function markOf(day: Day, { from, completeThrough, zone, goesOn, cutDay }: Coverage): DayMark {
  if (from === null || day < from || completeThrough === null) return "missing";
  const reached = dayIn(completeThrough, zone);
  if (day < reached || day === cutDay) return "complete";
  return goesOn === true || day === reached ? "partial" : "missing";
}

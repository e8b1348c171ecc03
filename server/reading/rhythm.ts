/** What has been normal between two syncs that ended well: learned from the runs, never below the cadence that is set. Pure. */
export interface Ended {
  readonly kind: string;
  readonly state: string;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly times: number;
}

const FEWEST_GAPS = 3;
/** Of one run, the last of them. */
const MOST_ENDS = 24;

/** The median of the gaps, so that one night's outage moves nothing. */
export function normalInterval(runs: readonly Ended[], cadenceMs: number): number {
  const ends = runs
    .flatMap((run) => (run.kind === "sync" && run.state === "succeeded" ? endsOf(run) : []))
    .toSorted((a, b) => a - b);
  const gaps = ends.slice(1).map((end, place) => end - (ends[place] ?? end));
  if (gaps.length < FEWEST_GAPS) return cadenceMs;
  const middle = gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? cadenceMs;
  return Math.max(cadenceMs, middle);
}

/** Syncs that went alike are one run: their ends lay evenly between its first and its last. */
function endsOf({ startedAt, finishedAt, times }: Ended): number[] {
  if (finishedAt === null) return [];
  const [first, last] = [startedAt.getTime(), finishedAt.getTime()];
  if (times === 1) return [last];
  const shown = Math.min(times, MOST_ENDS);
  return Array.from({ length: shown }, (_, at) => last - ((last - first) / (times - 1)) * at);
}

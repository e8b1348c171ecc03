/** What has been normal between two syncs that ended well: learned from the runs, never below the cadence that is set. Pure. */
export interface Ended {
  readonly kind: string;
  readonly state: string;
  readonly finishedAt: Date | null;
}

const FEWEST_GAPS = 3;

/** The median of the gaps, so that one night's outage moves nothing. */
export function normalInterval(runs: readonly Ended[], cadenceMs: number): number {
  const ends = runs
    .flatMap(({ kind, state, finishedAt }) =>
      kind === "sync" && state === "succeeded" && finishedAt !== null ? [finishedAt.getTime()] : [],
    )
    .toSorted((a, b) => a - b);
  const gaps = ends.slice(1).map((end, place) => end - (ends[place] ?? end));
  if (gaps.length < FEWEST_GAPS) return cadenceMs;
  const middle = gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? cadenceMs;
  return Math.max(cadenceMs, middle);
}

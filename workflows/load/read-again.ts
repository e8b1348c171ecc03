/** A run that reads windows again, one after another within one call's budget: each aside, each swapped in whole. */
import { closeRun, planRun } from "./plan-run.ts";
import type { LoadDeps, PlannedWindow, RunRef, WorkOptions } from "./contract.ts";
import type { Trouble, WorkOutcome } from "./outcome.ts";
import { workOnSlice } from "./work-on-slice.ts";

export interface WorkedSoFar {
  pages: number;
  rows: number;
  intentVersion: number;
}

/**
 * Planned again it goes on with what is left; a window that cannot be read is said, and the others are read all the same.
 * While a source prepares the report of one window, those of the others are asked for: it tells when the first is ready.
 */
export async function readAgain(
  deps: LoadDeps,
  run: RunRef,
  windows: PlannedWindow[],
  options: WorkOptions,
  intentVersion: number,
): Promise<WorkOutcome> {
  let worked: WorkedSoFar = { pages: 0, rows: 0, intentVersion };
  let failed: (WorkOutcome & { kind: "failed" }) | null = null;
  const waits: (WorkOutcome & { kind: "throttled" })[] = [];
  const troubles: Trouble[] = [];
  for (const slice of await planRun(deps, run, windows)) {
    if (slice.state === "failed") continue;
    options.signal.throwIfAborted();
    const outcome = await workOnSlice(deps, { ...run, sliceId: slice.sliceId }, options);
    worked = added(worked, outcome);
    troubles.push(...(outcome.troubles ?? []));
    if (outcome.kind === "failed" && outcome.failure.class === "invalid_request") failed = outcome;
    else if (outcome.kind === "throttled" && outcome.because === "waitingForReport") waits.push(outcome);
    else if (outcome.kind !== "done") return { ...outcome, ...worked, troubles };
  }
  const [first] = waits.toSorted((left, right) => (left.until < right.until ? -1 : 1));
  if (first !== undefined) return { ...first, ...worked, troubles };
  await closeRun(deps, run, failed === null ? "succeeded" : "failed");
  return failed === null ? { kind: "done", ...worked } : { ...failed, ...worked, troubles };
}

const added = (worked: WorkedSoFar, outcome: WorkOutcome): WorkedSoFar => ({
  pages: worked.pages + outcome.pages,
  rows: worked.rows + outcome.rows,
  intentVersion: outcome.intentVersion,
});

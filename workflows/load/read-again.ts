/** A run that reads windows again, one after another within one call's budget: each aside, each swapped in whole. */
import { closeRun, planRun } from "./plan-run.ts";
import type { LoadDeps, PlannedWindow, RunRef, WorkOptions } from "./contract.ts";
import type { WorkOutcome } from "./outcome.ts";
import { workOnSlice } from "./work-on-slice.ts";

export interface WorkedSoFar {
  pages: number;
  rows: number;
  intentVersion: number;
}

/** Planned again it goes on with what is left; a window that cannot be read is said, and the others are read all the same. */
export async function readAgain(
  deps: LoadDeps,
  run: RunRef,
  windows: PlannedWindow[],
  options: WorkOptions,
  intentVersion: number,
): Promise<WorkOutcome> {
  let worked: WorkedSoFar = { pages: 0, rows: 0, intentVersion };
  let failed: (WorkOutcome & { kind: "failed" }) | null = null;
  for (const slice of await planRun(deps, run, windows)) {
    if (slice.state === "failed") continue;
    options.signal.throwIfAborted();
    const outcome = await workOnSlice(deps, { ...run, sliceId: slice.sliceId }, options);
    worked = added(worked, outcome);
    if (outcome.kind === "failed" && outcome.failure.class === "invalid_request") failed = outcome;
    else if (outcome.kind !== "done") return { ...outcome, ...worked };
  }
  await closeRun(deps, run, failed === null ? "succeeded" : "failed");
  return failed === null ? { kind: "done", ...worked } : { ...failed, ...worked };
}

const added = (worked: WorkedSoFar, outcome: WorkOutcome): WorkedSoFar => ({
  pages: worked.pages + outcome.pages,
  rows: worked.rows + outcome.rows,
  intentVersion: outcome.intentVersion,
});

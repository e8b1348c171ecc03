/** A run that reads windows again, one after another within one call's budget: each aside, each swapped in whole. */
import { closeRun, planRun } from "./plan-run.ts";
import type { LoadDeps, PlannedWindow, RunRef, WorkOptions } from "./contract.ts";
import type { FailureSummary, Trouble, WorkOutcome } from "./outcome.ts";
import { workOnSlice } from "./work-on-slice.ts";

export interface WorkedSoFar {
  pages: number;
  rows: number;
  intentVersion: number;
}

type Failed = WorkOutcome & { kind: "failed" };

/**
 * Planned again it goes on with what is left; a window that cannot be read is said, and the others are read all the same.
 * A run that has such a window has failed, whichever call met it: what was not read is never told as done.
 * While a source prepares the report of one window, those of the others are asked for: it tells when the first is ready.
 */
export async function readAgain(
  deps: LoadDeps,
  run: RunRef,
  { windows, intentVersion }: { windows: PlannedWindow[]; intentVersion: number },
  options: WorkOptions,
): Promise<WorkOutcome> {
  let worked: WorkedSoFar = { pages: 0, rows: 0, intentVersion };
  let failed: Failed | null = null;
  const waits: (WorkOutcome & { kind: "throttled" })[] = [];
  const troubles: Trouble[] = [];
  for (const slice of await planRun(deps, run, windows)) {
    options.signal.throwIfAborted();
    const outcome =
      slice.failure === null
        ? await workOnSlice(deps, { ...run, sliceId: slice.sliceId }, options)
        : metBefore(slice.failure, worked);
    worked = added(worked, outcome);
    troubles.push(...(outcome.troubles ?? []));
    if (outcome.kind === "failed" && isGivenUp(outcome)) {
      failed = outcome;
      if (!isOfAccount(outcome)) continue;
      waits.length = 0; // nothing else of it can be read either: somebody looks whether it is so
      break;
    }
    if (outcome.kind === "throttled" && outcome.because === "waitingForReport") waits.push(outcome);
    else if (outcome.kind !== "done") return { ...outcome, ...worked, troubles };
  }
  const [first] = waits.toSorted((left, right) => (left.until < right.until ? -1 : 1));
  if (first !== undefined) return { ...first, ...worked, troubles };
  await closeRun(deps, run, failed === null ? "succeeded" : "failed");
  return failed === null ? { kind: "done", ...worked } : { ...failed, ...worked, troubles };
}

/** A window that an earlier call of this run gave up: its row keeps why. */
const metBefore = (failure: FailureSummary, { intentVersion }: WorkedSoFar): Failed => ({
  kind: "failed",
  failure,
  ...(failure.class === "gone" ? {} : { onlyItsStream: true }),
  pages: 0,
  rows: 0,
  intentVersion,
});

const isGivenUp = ({ failure, onlyItsStream }: Failed): boolean => failure.class === "gone" || onlyItsStream === true;

const isOfAccount = ({ failure }: Failed): boolean => failure.class === "gone" && failure.what === "account";

const added = (worked: WorkedSoFar, outcome: WorkOutcome): WorkedSoFar => ({
  pages: worked.pages + outcome.pages,
  rows: worked.rows + outcome.rows,
  intentVersion: outcome.intentVersion,
});

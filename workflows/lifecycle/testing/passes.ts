/** Which phase may follow which, told apart from what decides it (lifecycle.md 4): every stream of phases is a path through this. */
import type { Phase } from "@headwater/db/schema/values.ts";

const PASSES: Readonly<Record<Phase, readonly Phase[]>> = {
  AUTHORIZING: ["VERIFYING"],
  VERIFYING: ["BACKFILLING", "LIVE", "PAUSED", "REAUTHORIZE", "DISCONNECTING"],
  BACKFILLING: ["VERIFYING", "LIVE", "PAUSED", "REAUTHORIZE", "DISCONNECTING"],
  LIVE: ["VERIFYING", "PAUSED", "REAUTHORIZE", "DISCONNECTING"],
  SYNCING: [],
  PAUSED: ["VERIFYING", "REAUTHORIZE", "DISCONNECTING"],
  REAUTHORIZE: ["VERIFYING", "PAUSED", "DISCONNECTING"],
  /** Undone: nothing runs before it is proven again. */
  DISCONNECTING: ["VERIFYING", "PAUSED", "REAUTHORIZE", "END"],
  END: [],
};

export interface Passed {
  readonly from: Phase;
  readonly to: Phase;
}

/** What is no path of the model: a step that it does not have, or one that begins elsewhere than the last one ended. */
export const offThePath = (passed: readonly Passed[]): string[] =>
  passed.flatMap(({ from, to }, n) => {
    const last = passed[n - 1];
    if (last !== undefined && last.to !== from) return [`${from} out of thin air, after ${last.to}`];
    return PASSES[from].includes(to) ? [] : [`${from} to ${to}`];
  });

/** From the log of one datasource. */
export const PATH_OF = `select before->>'phase' as "from", after->>'phase' as "to" from audit_log
  where datasource_id = $1 and verb = 'phaseChanged' order by n`;

/** Everything that talks to a source, by the names that Temporal keeps for ever. */
import type { AtGeneration, BackfillActivities, WorkActivities } from "./contract.ts";
import type { WorkDeps } from "./deps.ts";
import { listAccounts, verify } from "./looking.ts";
import { loadRef } from "./refs.ts";
import { daily, sync } from "./running.ts";
import { purgeBatch, workOnSlice } from "./slices.ts";
import { audit, inTenantOf } from "./writing.ts";
import { watched } from "./watch.ts";

export const createWorkActivities = (deps: WorkDeps): WorkActivities => ({
  verify: (ref) => verify(deps, ref),
  listAccounts: (ref) => listAccounts(deps, ref),
  sync: (asked) => sync(deps, asked),
  daily: (asked) => daily(deps, asked),
  revokeGrant: (ref) => revokeGrant(deps, ref),
});

export const createBackfillActivities = (deps: WorkDeps): BackfillActivities => ({
  workOnSlice: (asked) => workOnSlice(deps, asked),
  purgeBatch: (ref) => purgeBatch(deps, ref),
});

/** A courtesy to the source: what comes of it is written down, and our own copy goes either way. */
async function revokeGrant(deps: WorkDeps, ref: AtGeneration): Promise<void> {
  const outcome = await watched((options) => deps.load.revokeGrant(deps.loadDeps, loadRef(ref), options));
  await inTenantOf(deps, ref, (tx) => audit(tx, "grantRevoked", ref.datasourceId, null, { ...summary(outcome) }));
}

const summary = (outcome: Awaited<ReturnType<WorkDeps["load"]["revokeGrant"]>>) =>
  outcome.kind === "failed" ? { kind: outcome.kind, class: outcome.failure.class } : outcome;

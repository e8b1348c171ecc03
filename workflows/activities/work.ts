/** Everything that talks to a source, by the names that Temporal keeps for ever. */
import type { BackfillActivities, WorkActivities } from "./contract.ts";
import type { WorkDeps } from "./deps.ts";
import { listAccounts, verify } from "./looking.ts";
import { workOnUpload } from "./importing.ts";
import { daily, sync } from "./running.ts";
import { registerWebhooks } from "./registering.ts";
import { purgeBatch, workOnSlice } from "./slices.ts";

export const createWorkActivities = (deps: WorkDeps): WorkActivities => ({
  verify: (ref) => verify(deps, ref),
  listAccounts: (ref) => listAccounts(deps, ref),
  sync: (asked) => sync(deps, asked),
  daily: (asked) => daily(deps, asked),
  registerWebhooks: (ref) => registerWebhooks(deps, ref),
});

export const createBackfillActivities = (deps: WorkDeps): BackfillActivities => ({
  workOnSlice: (asked) => workOnSlice(deps, asked),
  purgeBatch: (ref) => purgeBatch(deps, ref),
  workOnUpload: (asked) => workOnUpload(deps, asked),
});

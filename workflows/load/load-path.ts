/** The load path's front door: what the engine's activities call. */
import { endGrant, eraseCredential } from "../source/end-grant.ts";
import { listAccounts } from "../source/list-accounts.ts";
import { probeSource } from "../source/probe-source.ts";
import { registerWebhooks } from "../source/register-webhooks.ts";
import { revokeGrant } from "../source/revoke-grant.ts";
import { verifyGrant } from "../source/verify-grant.ts";
import type { LoadPath } from "./contract.ts";
import { bringForward } from "./bring-forward.ts";
import { lookAtAccount } from "./look-at-account.ts";
import { eraseCustomer } from "./erase-customer.ts";
import { closeRun, planRun } from "./plan-run.ts";
import { purgeBatch } from "./purge-batch.ts";
import { refreshStreams } from "./refresh-streams.ts";
import { rereadWeek } from "./reread-week.ts";
import { spotCheck } from "./spot-check.ts";
import { sweepDeletes } from "./sweep-deletes.ts";
import { syncOnce } from "./sync-once.ts";
import { workOnUpload } from "../imports/work-on-upload.ts";
import { workOnSlice } from "./work-on-slice.ts";

export const loadPath: LoadPath = {
  planRun,
  workOnSlice,
  closeRun,
  syncOnce,
  verifyGrant,
  listAccounts,
  revokeGrant,
  endGrant,
  eraseCredential,
  eraseCustomer,
  bringForward,
  registerWebhooks,
  probeSource,
  refreshStreams,
  rereadWeek,
  sweepDeletes,
  spotCheck,
  lookAtAccount,
  purgeBatch,
  workOnUpload,
};

/** One call of the import: whatever was asked of an upload, for at most ten minutes. */
import { activityInfo } from "@temporalio/activity";
import { uploadId } from "@headwater/db";
import type { AtGeneration } from "./contract.ts";
import type { WorkDeps } from "./deps.ts";
import { isDatabaseAway, shortly } from "./failure.ts";
import { loadRef } from "./refs.ts";
import { watched } from "./watch.ts";
import { announce, audit, inTenantOf } from "./writing.ts";

/** What fails so often is no accident: it waits for a person, and what stands stays. */
const TRIES = 5;

export async function workOnUpload(
  deps: WorkDeps,
  asked: AtGeneration & { readonly uploadId: string },
): Promise<{ kind: "done" | "more" | "stopped"; rows: number }> {
  const ref = { ...loadRef(asked), uploadId: uploadId(asked.uploadId) };
  return watched(async (options) => {
    try {
      const outcome = await deps.load.workOnUpload(deps.loadDeps, ref, options);
      return { kind: outcome.kind === "fenced" ? "stopped" : outcome.kind, rows: outcome.rows };
    } catch (error) {
      if (options.signal.aborted || isDatabaseAway(error) || activityInfo().attempt < TRIES) throw error;
      deps.log.error("import given up", { uploadId: asked.uploadId, error: shortly(String(error)) });
      await giveUp(deps, asked);
      return { kind: "done", rows: 0 };
    }
  });
}

async function giveUp(deps: WorkDeps, asked: AtGeneration & { readonly uploadId: string }): Promise<void> {
  await inTenantOf(deps, asked, async (tx) => {
    // What failed to be checked stands as it stands, and is checked again tomorrow.
    const checks = await tx.sql`
      update uploads set asked = null, check_place = null, checked_at = now() where id = ${asked.uploadId} and asked = 'check'`;
    if (checks.count > 0) return;
    await tx.sql`
      update uploads set asked = null, state = 'held', reason = '{"code":"trouble"}' where id = ${asked.uploadId} and asked is not null`;
    await tx.sql`
      update commands set state = 'failed', outcome = '{"code":"trouble"}', settled_at = now()
      where datasource_id = ${asked.datasourceId} and kind = 'upload' and state = 'accepted' and args->>'upload' = ${asked.uploadId}`;
    await audit(tx, asked.datasourceId, { verb: "upload.held", after: { upload: asked.uploadId, code: "trouble" } });
    await announce(tx, asked.datasourceId);
  });
}

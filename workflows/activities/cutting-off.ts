/** Runs that are cut off, or fail in the middle: they end where they stand. */
import type { TenantTransaction } from "@headwater/db";
import type { RunState } from "@headwater/db/schema/values.ts";
import type { PendingQuery, Row } from "postgres";

/** Of the runs `r` that have no end. A sync counts as it goes; what is read in pieces is the sum of them. */
export async function cutOff(
  { sql }: TenantTransaction,
  datasourceId: string,
  which: PendingQuery<Row[]>,
  { state = "cancelled", code = null }: { readonly state?: RunState; readonly code?: string | null } = {},
): Promise<void> {
  await sql`
    update runs r set state = ${state}, finished_at = now(),
      outcome = case when ${code}::text is null then outcome
        else coalesce(outcome, '{}') || jsonb_build_object('code', ${code}::text) end,
      (read, merged, unchanged, deduplicated, rejected, written, announced) = (
        select coalesce(sum(s.read), r.read), coalesce(sum(s.merged), r.merged), coalesce(sum(s.unchanged), r.unchanged),
          coalesce(sum(s.deduplicated), r.deduplicated), coalesce(sum(s.rejected), r.rejected),
          coalesce(sum(s.written), r.written), coalesce(sum(s.announced), r.announced)
        from slices s where s.organisation_id = r.organisation_id and s.run_id = r.id)
    where r.datasource_id = ${datasourceId} and r.finished_at is null and ${which}`;
}

/** What a run did in each stream: its slices, added up. One statement for any number of runs. */
import { sql } from "drizzle-orm";
import type { JsonObject } from "@headwater/db/schema/values.ts";
import { groupBy } from "./batch.ts";
import { textArray } from "./transaction.ts";
import type { Transaction } from "./transaction.ts";

export interface RunStreamRow {
  readonly runId: string;
  readonly stream: string;
  readonly slices: number;
  readonly done: number;
  readonly failed: number;
  readonly running: number;
  readonly attempts: number;
  readonly read: string;
  readonly merged: string;
  readonly unchanged: string;
  readonly deduplicated: string;
  readonly rejected: string;
  readonly written: string;
  readonly announced: string | null;
  readonly failure: JsonObject | null;
}

export async function readRunStreams(db: Transaction, ids: readonly string[]): Promise<Map<string, RunStreamRow[]>> {
  const rows = await db.execute<RunStreamRow & Record<string, unknown>>(sql`
    select run_id as "runId", stream, count(*)::int as slices,
      count(*) filter (where state = 'done')::int as done, count(*) filter (where state = 'failed')::int as failed,
      count(*) filter (where state = 'running')::int as running, coalesce(sum(attempts), 0)::int as attempts,
      sum(read)::text as read, sum(merged)::text as merged, sum(unchanged)::text as unchanged,
      sum(deduplicated)::text as deduplicated, sum(rejected)::text as rejected, sum(written)::text as written,
      sum(announced)::text as announced,
      (array_agg(failure order by finished_at desc nulls last) filter (where failure is not null and state = 'failed'))[1] as failure
    from slices where run_id = any(${textArray(ids)})
    group by run_id, stream order by run_id, stream`);
  return groupBy([...rows], ({ runId }) => runId);
}

/** What was written down of runs, attempt by attempt. One statement for any number of runs. */
import { asc, inArray } from "drizzle-orm";
import { runAttempts } from "@headwater/db/schema/tables.ts";
import type { RunId } from "@headwater/db/schema/ids.ts";
import { groupBy } from "./batch.ts";
import type { Transaction } from "./transaction.ts";

export type RunAttemptRow = typeof runAttempts.$inferSelect;

export async function readRunAttempts(db: Transaction, ids: readonly RunId[]): Promise<Map<RunId, RunAttemptRow[]>> {
  const rows = await db
    .select()
    .from(runAttempts)
    .where(inArray(runAttempts.runId, [...ids]))
    .orderBy(asc(runAttempts.runId), asc(runAttempts.n));
  return groupBy(rows, ({ runId }) => runId);
}

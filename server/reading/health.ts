/** Whether anything fetches: the workers' signs of life. */
import { inArray, sql } from "drizzle-orm";
import { processes } from "@headwater/db/schema/tables.ts";
import type { Transaction } from "./transaction.ts";

/** With no worker for this long, nothing is fetched and the page says so. */
const SILENT_AFTER_MS = 60_000;
const WORKER_KINDS = ["lifecycle", "load"];

export interface Health {
  readonly isFetching: boolean;
  readonly workerSeenAt: Date | null;
}

/** Both workers are needed: the older of the two newest signs counts. */
export async function readHealth(db: Transaction, now: Date): Promise<Health> {
  const rows = await db
    .select({ kind: processes.kind, seenAt: sql<string>`max(${processes.seenAt})` })
    .from(processes)
    .where(inArray(processes.kind, WORKER_KINDS))
    .groupBy(processes.kind);
  const seen = rows.map((row) => new Date(row.seenAt).getTime());
  const oldest = seen.length === 0 ? null : Math.min(...seen);
  const complete = WORKER_KINDS.every((kind) => rows.some((row) => row.kind === kind));
  return {
    isFetching: complete && oldest !== null && now.getTime() - oldest < SILENT_AFTER_MS,
    workerSeenAt: oldest === null ? null : new Date(oldest),
  };
}

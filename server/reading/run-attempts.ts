/** What was written down of runs and of feeds, attempt by attempt. One statement for any number of runs. */
import { and, asc, desc, eq, getColumns, inArray, sql } from "drizzle-orm";
import { costFeeds, runAttempts, uploads } from "@headwater/db/schema/tables.ts";
import type { FeedId, RunId } from "@headwater/db/schema/ids.ts";
import { groupBy } from "./batch.ts";
import type { PageOf } from "./runs.ts";
import type { Transaction } from "./transaction.ts";
import { uploadColumns } from "./uploads.ts";
import type { UploadRow } from "./uploads.ts";

export type RunAttemptRow = typeof runAttempts.$inferSelect & { readonly feedName: string | null };

const attempts = (db: Transaction) =>
  db
    .select({ ...getColumns(runAttempts), feedName: costFeeds.name })
    .from(runAttempts)
    .leftJoin(
      costFeeds,
      and(eq(costFeeds.organisationId, runAttempts.organisationId), eq(costFeeds.id, runAttempts.feedId)),
    );

export async function readRunAttempts(db: Transaction, ids: readonly RunId[]): Promise<Map<RunId, RunAttemptRow[]>> {
  const rows = await attempts(db)
    .where(inArray(runAttempts.runId, [...ids]))
    .orderBy(asc(runAttempts.runId), asc(runAttempts.n));
  return groupBy(rows, ({ runId }) => runId);
}

export interface PullPlace {
  readonly at: Date;
  readonly run: string;
  readonly n: number;
}

/** The pulls of a feed, newest first. */
export const pageOfPulls = (
  db: Transaction,
  feed: FeedId,
  { limit, after }: PageOf<PullPlace>,
): Promise<RunAttemptRow[]> =>
  attempts(db)
    .where(
      and(
        eq(runAttempts.feedId, feed),
        after === null
          ? undefined
          : sql`(${runAttempts.startedAt}, ${runAttempts.runId}, ${runAttempts.n}) < (${after.at.toISOString()}, ${after.run}, ${after.n})`,
      ),
    )
    .orderBy(desc(runAttempts.startedAt), desc(runAttempts.runId), desc(runAttempts.n))
    .limit(limit);

/** The files that syncs brought, oldest first. */
export async function readPulledFiles(db: Transaction, ids: readonly RunId[]): Promise<Map<RunId, UploadRow[]>> {
  const rows = await db
    .select(uploadColumns)
    .from(uploads)
    .where(inArray(uploads.runId, [...ids]))
    .orderBy(asc(uploads.createdAt), asc(uploads.id));
  return groupBy(
    rows.flatMap((row) => (row.runId === null ? [] : [{ ...row, runId: row.runId }])),
    ({ runId }) => runId,
  );
}

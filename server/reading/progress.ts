/** How far each stream is, and the slices of the first history: two statements for any number of datasources. */
import { asc, sql } from "drizzle-orm";
import { progress, slices } from "@headwater/db/schema/tables.ts";
import type { DatasourceId } from "@headwater/db/schema/ids.ts";
import { groupBy } from "./batch.ts";
import type { HistorySlice } from "./backfill-map.ts";
import { kept, ofThese, textArray } from "./transaction.ts";
import type { Transaction } from "./transaction.ts";

export type ProgressRow = typeof progress.$inferSelect;

export async function readProgress(
  db: Transaction,
  ids: readonly DatasourceId[],
): Promise<Map<DatasourceId, ProgressRow[]>> {
  const rows = await kept(
    db.select().from(progress).where(ofThese(progress.datasourceId, ids)).orderBy(asc(progress.stream)),
  );
  return groupBy(rows, (row) => row.datasourceId);
}

export interface HistoryRow extends HistorySlice {
  readonly datasourceId: DatasourceId;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** The slices of every first history (a resync reads again what is there already and is no part of it). */
export async function readHistory(
  db: Transaction,
  ids: readonly DatasourceId[],
): Promise<Map<DatasourceId, HistoryRow[]>> {
  const rows = await kept(
    db
      .select({
        datasourceId: slices.datasourceId,
        stream: slices.stream,
        fromAt: slices.fromAt,
        toAt: slices.toAt,
        state: slices.state,
        rows: slices.rows,
        expected: slices.expected,
        startedAt: slices.startedAt,
        finishedAt: slices.finishedAt,
      })
      .from(slices)
      .where(
        sql`${slices.runId} in (
          select newest.id from unnest(${textArray(ids)}::uuid[]) as one(id)
          cross join lateral (
            select r.id from runs r where r.datasource_id = one.id and r.kind = 'backfill'
            order by r.n desc limit 1
          ) newest)`,
      )
      .orderBy(asc(slices.position)),
  );
  return groupBy(rows, (row) => row.datasourceId);
}

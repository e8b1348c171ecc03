/** How far each stream is, and the slices of the first history: two statements for any number of datasources. */
import { asc, sql } from "drizzle-orm";
import { statement } from "@headwater/db";
import { progress, slices } from "@headwater/db/schema/tables.ts";
import type { DatasourceId } from "@headwater/db/schema/ids.ts";
import type { SliceState } from "@headwater/db/schema/values.ts";
import { groupBy } from "./batch.ts";
import type { HistorySlice } from "./backfill-map.ts";
import { ofThese, textArray } from "./transaction.ts";
import type { Transaction } from "./transaction.ts";

export type ProgressRow = typeof progress.$inferSelect;

const progressOf = statement((pen) =>
  pen.select().from(progress).where(ofThese(progress.datasourceId)).orderBy(asc(progress.stream)),
);

export async function readProgress(
  db: Transaction,
  ids: readonly DatasourceId[],
): Promise<Map<DatasourceId, ProgressRow[]>> {
  const rows = await progressOf(db, { ids: textArray(ids) });
  return groupBy(rows, (row) => row.datasourceId);
}

export interface HistoryRow extends HistorySlice {
  readonly datasourceId: DatasourceId;
  /** Lines of all that it has brought: `rows` are those of its own stream. */
  readonly landed: number;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** As `closeRun` of the workflows judges it: days that were given up and have been read whole since are in. */
const stateOfSlice = sql<SliceState>`case when slices.state = 'failed' and (
    select range_agg(tstzrange(w.from_at, w.to_at)) @> tstzrange(slices.from_at, slices.to_at) from slices w
    where w.organisation_id = slices.organisation_id and w.datasource_id = slices.datasource_id
      and w.stream = slices.stream and w.state = 'done' and w.finished_at > coalesce(slices.finished_at,
        (select r.finished_at from runs r where r.organisation_id = slices.organisation_id and r.id = slices.run_id)))
  then 'done' else slices.state end`;

/** As every run's id ends. */
const runNumber = sql<number>`split_part(slices.run_id, ':', 3)::int`;

/**
 * Of an array of Postgres's own the planner sees the length, and for a short one plans anew each time it is asked. Without
 * `offset 0` it reads the runs of the whole organisation for it.
 */
const historyOf = statement((pen) =>
  pen
    .select({
      datasourceId: slices.datasourceId,
      n: runNumber,
      stream: slices.stream,
      fromAt: slices.fromAt,
      toAt: slices.toAt,
      state: stateOfSlice,
      rows: slices.rows,
      landed: slices.landed,
      expected: slices.expected,
      startedAt: slices.startedAt,
      finishedAt: slices.finishedAt,
    })
    .from(slices)
    .where(
      sql`${slices.runId} in (
        select its.id from jsonb_array_elements_text(${sql.placeholder("ids")}::text::jsonb) as one(id)
        cross join lateral (
          select r.id from runs r where r.datasource_id = one.id::uuid and r.kind = 'backfill' offset 0
        ) its)`,
    )
    .orderBy(asc(slices.position)),
);

/**
 * The slices of every history, those of its extensions included (a resync reads again what is there already and is no part
 * of it).
 */
export async function readHistory(
  db: Transaction,
  ids: readonly DatasourceId[],
): Promise<Map<DatasourceId, HistoryRow[]>> {
  const rows = await historyOf(db, { ids: JSON.stringify(ids) });
  return groupBy(rows, (row) => row.datasourceId);
}

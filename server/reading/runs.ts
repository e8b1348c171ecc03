/** Runs, their slices and what was rejected: pages of rows by keyset, and the strip of the last 24. */
import { and, asc, desc, eq, getColumns, gte, inArray, isNull, lt, sql } from "drizzle-orm";
import { quarantine, runs, slices, uploads } from "@headwater/db/schema/tables.ts";
import type { DatasourceId } from "@headwater/db/schema/ids.ts";
import type { RunKind } from "@headwater/db/schema/values.ts";
import { groupBy } from "./batch.ts";
import { textArray } from "./transaction.ts";
import type { Transaction } from "./transaction.ts";

export type RunRow = typeof runs.$inferSelect;
export type SliceRow = typeof slices.$inferSelect;

/** All but the record itself and what it is known by: the API's role may not read what could not be mapped. */
const { document: _document, name: _name, ...quarantineColumns } = getColumns(quarantine);
export type QuarantineRow = Omit<typeof quarantine.$inferSelect, "document" | "name">;

const STRIP = 24;

/** The last runs that fetch, oldest first, for many datasources in one statement that reads 24 rows of each. */
export async function readRecentRuns(
  db: Transaction,
  ids: readonly DatasourceId[],
): Promise<Map<DatasourceId, RunRow[]>> {
  const rows = await db
    .select()
    .from(runs)
    .where(
      sql`${runs.id} in (
        select newest.id from unnest(${textArray(ids)}::uuid[]) as one(id)
        cross join lateral (
          select r.id from runs r
          where r.datasource_id = one.id and r.kind in ('sync', 'backfill', 'resync')
          order by r.started_at desc, r.id desc limit ${STRIP}
        ) newest)`,
    )
    .orderBy(asc(runs.startedAt), asc(runs.id));
  return groupBy(rows, (row) => row.datasourceId);
}

export async function readRowsLastDay(
  db: Transaction,
  ids: readonly DatasourceId[],
  now: Date,
): Promise<Map<DatasourceId, number>> {
  // A run's own ledger is summed at its end; until then its slices know.
  const soFar = sql`(select coalesce(sum(s.written), 0) from slices s where s.organisation_id = ${runs.organisationId} and s.run_id = ${runs.id})`;
  const since = new Date(now.getTime() - 86_400_000);
  // One that was cut off and is taken up again brings the rows of its slices from before.
  const before = sql`(case when ${runs.attempts} > 1 then (select coalesce(sum(s.written), 0) from slices s
    where s.organisation_id = ${runs.organisationId} and s.run_id = ${runs.id} and s.finished_at < ${since.toISOString()}::timestamptz) else 0 end)`;
  const isUndone = sql`${runs.kind} = 'import' and exists (select from ${uploads} where ${uploads.organisationId} = ${runs.organisationId}
    and ${uploads.id} = (${runs.outcome}->>'upload')::uuid and ${uploads.state} = 'undone')`;
  const rows = await db
    .select({
      id: runs.datasourceId,
      rows: sql<string>`sum(case when ${isUndone} then 0 when ${runs.finishedAt} is null then ${soFar} - ${before} else ${runs.written} - ${before} end)`,
    })
    .from(runs)
    .where(and(inArray(runs.datasourceId, [...ids]), gte(runs.startedAt, since)))
    .groupBy(runs.datasourceId);
  return new Map(rows.map((row) => [row.id, Number(row.rows)]));
}

export const readUnfinishedRuns = async (
  db: Transaction,
  ids: readonly DatasourceId[],
): Promise<Map<DatasourceId, RunRow>> => {
  const rows = await db
    .select()
    .from(runs)
    .where(and(inArray(runs.datasourceId, [...ids]), isNull(runs.finishedAt)))
    .orderBy(asc(runs.startedAt));
  return new Map(rows.map((row) => [row.datasourceId, row]));
};

export async function readRunsByIds(db: Transaction, ids: readonly string[]): Promise<Map<string, RunRow>> {
  const rows = await db
    .select()
    .from(runs)
    .where(sql`${runs.id} = any(${textArray(ids)})`);
  return new Map(rows.map((row) => [row.id, row]));
}

export interface PageOf<After> {
  readonly limit: number;
  readonly after: After | null;
}

export interface TimeAndId {
  readonly at: Date;
  readonly id: string;
}

export const pageOfRuns = (
  db: Transaction,
  datasource: DatasourceId,
  page: PageOf<TimeAndId>,
  kind: RunKind | null,
): Promise<RunRow[]> =>
  db
    .select()
    .from(runs)
    .where(
      and(
        eq(runs.datasourceId, datasource),
        kind === null ? undefined : eq(runs.kind, kind),
        page.after === null
          ? undefined
          : sql`(${runs.startedAt}, ${runs.id}) < (${page.after.at.toISOString()}, ${page.after.id})`,
      ),
    )
    .orderBy(desc(runs.startedAt), desc(runs.id))
    .limit(page.limit);

export interface Place {
  readonly position: number;
  readonly id: string;
}

export const pageOfSlices = (db: Transaction, runId: string, page: PageOf<Place>): Promise<SliceRow[]> =>
  db
    .select()
    .from(slices)
    .where(
      and(
        sql`${slices.runId} = ${runId}`,
        page.after === null
          ? undefined
          : sql`(${slices.position}, ${slices.id}) > (${page.after.position}, ${page.after.id}::uuid)`,
      ),
    )
    .orderBy(asc(slices.position), asc(slices.id))
    .limit(page.limit);

export async function readSlicesByIds(db: Transaction, ids: readonly string[]): Promise<Map<string, SliceRow>> {
  const rows = await db
    .select()
    .from(slices)
    .where(sql`${slices.id} = any(${textArray(ids)}::uuid[])`);
  return new Map(rows.map((row) => [row.id, row]));
}

export const pageOfRejected = (
  db: Transaction,
  datasource: DatasourceId,
  page: PageOf<string>,
): Promise<QuarantineRow[]> =>
  db
    .select(quarantineColumns)
    .from(quarantine)
    .where(
      and(eq(quarantine.datasourceId, datasource), page.after === null ? undefined : lt(quarantine.id, page.after)),
    )
    .orderBy(desc(quarantine.id))
    .limit(page.limit);

export async function readRejectedByIds(db: Transaction, ids: readonly string[]): Promise<Map<string, QuarantineRow>> {
  const rows = await db
    .select(quarantineColumns)
    .from(quarantine)
    .where(inArray(quarantine.id, [...ids]));
  return new Map(rows.map((row) => [row.id, row]));
}

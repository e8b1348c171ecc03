/** The ledger of calls made with the merchant's credentials: its sums, and when each kind of call was made last. */
import { and, asc, desc, eq, gte, inArray, sql } from "drizzle-orm";
import { calls } from "@headwater/db/schema/tables.ts";
import type { DatasourceId, GrantId } from "@headwater/db/schema/ids.ts";
import { groupBy } from "./batch.ts";
import { LOOKED_BACK_DAYS } from "./scope-use.ts";
import type { CallHours } from "./scope-use.ts";
import { textArray } from "./transaction.ts";
import type { Transaction } from "./transaction.ts";

const DAY_MS = 86_400_000;

export interface CallCount {
  readonly datasourceId: DatasourceId;
  readonly method: string;
  readonly path: string;
  readonly calls: string;
  readonly failures: string;
  readonly throttled: string;
  readonly bytes: string;
}

export async function readCalls(
  db: Transaction,
  ids: readonly DatasourceId[],
  now: Date,
): Promise<Map<DatasourceId, CallCount[]>> {
  const rows = await db
    .select({
      datasourceId: calls.datasourceId,
      method: calls.method,
      path: calls.path,
      calls: sql<string>`sum(${calls.calls})::text`,
      failures: sql<string>`sum(${calls.failures})::text`,
      throttled: sql<string>`sum(${calls.throttled})::text`,
      bytes: sql<string>`sum(${calls.bytes})::text`,
    })
    .from(calls)
    .where(and(inArray(calls.datasourceId, [...ids]), gte(calls.hour, new Date(now.getTime() - 7 * DAY_MS))))
    .groupBy(calls.datasourceId, calls.method, calls.path)
    .orderBy(desc(sql`sum(${calls.calls})`));
  return groupBy(rows, (row) => row.datasourceId);
}

export interface Hours {
  readonly from: Date;
  readonly until: Date;
}

/** All that were made in the hours that any of these touches: the ledger is no finer. */
export async function countCalls(
  db: Transaction,
  datasource: DatasourceId,
  within: readonly Hours[],
): Promise<string | null> {
  const spans = JSON.stringify(within.map(({ from, until }) => [from, until]));
  const [row] = await db.execute<{ count: string | null }>(sql`
    select sum(c.calls)::text as count from calls c where c.datasource_id = ${datasource} and exists (
      select from jsonb_array_elements(${spans}::text::jsonb) as span
      where c.hour >= date_trunc('hour', (span->>0)::timestamptz, 'UTC') and c.hour <= (span->>1)::timestamptz)`);
  return row?.count ?? null;
}

type LedgerRow = typeof calls.$inferSelect;

/** The ledger itself, oldest first. */
export const pageOfCalls = (
  db: Transaction,
  datasource: DatasourceId,
  { limit, after }: { readonly limit: number; readonly after: LedgerRow | null },
): Promise<LedgerRow[]> =>
  db
    .select()
    .from(calls)
    .where(
      and(
        eq(calls.datasourceId, datasource),
        after === null
          ? undefined
          : sql`(${calls.hour}, ${calls.method}, ${calls.path}) > (${after.hour.toISOString()}::timestamptz, ${after.method}, ${after.path})`,
      ),
    )
    .orderBy(asc(calls.hour), asc(calls.method), asc(calls.path))
    .limit(limit);

/**
 * By the grants that stand behind them now: of each kind of call, the newest hour since the grant was made. From one kind to the
 * next by their index, for the ledger itself has thousands of rows a kind.
 */
export async function readCallHours(
  db: Transaction,
  ids: readonly GrantId[],
  now: Date,
): Promise<Map<GrantId, CallHours>> {
  const from = new Date(now.getTime() - LOOKED_BACK_DAYS * DAY_MS).toISOString();
  const rows = await db.execute<{ grant: GrantId; path: string; hour: string }>(sql`
    with recursive standing as (
      select g.id as grant, d.organisation_id, d.id,
        greatest(${from}::timestamptz, date_trunc('hour', g.created_at, 'UTC')) as since
      from grants g join datasources d on d.organisation_id = g.organisation_id and d.grant_id = g.id
      where g.id = any(${textArray(ids)}::uuid[])),
    kinds as (
      select s.*, (select c.path from calls c where c.organisation_id = s.organisation_id and c.datasource_id = s.id
        order by c.path limit 1) as path from standing s
      union all
      select k.grant, k.organisation_id, k.id, k.since, (select c.path from calls c
        where c.organisation_id = k.organisation_id and c.datasource_id = k.id and c.path > k.path order by c.path limit 1)
      from kinds k where k.path is not null)
    select k.grant, k.path, max(newest.hour)::text as hour
    from kinds k cross join lateral (select c.hour from calls c where c.organisation_id = k.organisation_id
      and c.datasource_id = k.id and c.path = k.path and c.hour >= k.since order by c.hour desc limit 1) newest
    group by k.grant, k.path`);
  return new Map(
    [...groupBy(rows, ({ grant }) => grant)].map(([grant, of]) => [
      grant,
      new Map(of.map(({ path, hour }) => [path, new Date(hour)] as const)),
    ]),
  );
}

/** The ledger of calls made with the merchant's credentials: its sums, and when each kind of call was made last. */
import { and, asc, desc, eq, gte, inArray, max, sql } from "drizzle-orm";
import { calls, datasources, grants } from "@headwater/db/schema/tables.ts";
import type { DatasourceId, GrantId } from "@headwater/db/schema/ids.ts";
import { groupBy } from "./batch.ts";
import { LOOKED_BACK_DAYS } from "./scope-use.ts";
import type { CallHours } from "./scope-use.ts";
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

/** By the grants that stand behind them now: of each kind of call, the newest hour since the grant was made. */
export async function readCallHours(
  db: Transaction,
  ids: readonly GrantId[],
  now: Date,
): Promise<Map<GrantId, CallHours>> {
  const rows = await db
    .select({ grant: grants.id, path: calls.path, hour: max(calls.hour) })
    .from(calls)
    .innerJoin(
      datasources,
      and(eq(datasources.organisationId, calls.organisationId), eq(datasources.id, calls.datasourceId)),
    )
    .innerJoin(grants, and(eq(grants.organisationId, datasources.organisationId), eq(grants.id, datasources.grantId)))
    .where(
      and(
        inArray(grants.id, [...ids]),
        gte(calls.hour, new Date(now.getTime() - LOOKED_BACK_DAYS * DAY_MS)),
        gte(calls.hour, sql`date_trunc('hour', ${grants.createdAt}, 'UTC')`),
      ),
    )
    .groupBy(grants.id, calls.path);
  return new Map(
    [...groupBy(rows, ({ grant }) => grant)].map(([grant, of]) => [
      grant,
      new Map(of.flatMap(({ path, hour }) => (hour === null ? [] : [[path, hour] as const]))),
    ]),
  );
}

/** The stretches in which a datasource stood still: paused, held or without access. Its phases, as the log has them. */
import { and, asc, eq, inArray, sql } from "drizzle-orm";
import { auditLog } from "@headwater/db/schema/tables.ts";
import type { DatasourceId } from "@headwater/db/schema/ids.ts";
import type { Phase } from "@headwater/db/schema/values.ts";
import { groupBy } from "./batch.ts";
import type { Stop } from "./eta.ts";
import type { Transaction } from "./transaction.ts";

const STOPPED: readonly Phase[] = ["PAUSED", "REAUTHORIZE", "DISCONNECTING"];

const isStopped = (side: typeof auditLog.before) => sql<boolean>`coalesce(${side} ->> 'phase', '') in ${STOPPED}`;

export async function readStops(db: Transaction, ids: readonly DatasourceId[]): Promise<Map<DatasourceId, Stop[]>> {
  const rows = await db
    .select({ datasourceId: auditLog.datasourceId, at: auditLog.at, stops: isStopped(auditLog.after) })
    .from(auditLog)
    .where(
      and(
        inArray(auditLog.datasourceId, [...ids]),
        eq(auditLog.verb, "phaseChanged"),
        sql`${isStopped(auditLog.before)} <> ${isStopped(auditLog.after)}`,
      ),
    )
    .orderBy(asc(auditLog.n));
  const changes = groupBy(rows, (row) => row.datasourceId);
  return new Map(
    ids.map((id) => {
      const own = changes.get(id) ?? [];
      return [id, own.flatMap(({ at, stops }, n) => (stops ? [{ from: at, until: own[n + 1]?.at ?? null }] : []))];
    }),
  );
}

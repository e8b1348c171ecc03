/** Since when a source has not answered, for many datasources in one statement. */
import { and, eq, inArray, isNull } from "drizzle-orm";
import { notices } from "@headwater/db/schema/tables.ts";
import type { DatasourceId } from "@headwater/db/schema/ids.ts";
import type { Transaction } from "./transaction.ts";

/** Of those whose source has answered since, nothing. */
export async function readOutages(db: Transaction, ids: readonly DatasourceId[]): Promise<Map<DatasourceId, Date>> {
  const rows = await db
    .select({ id: notices.datasourceId, since: notices.since })
    .from(notices)
    .where(and(inArray(notices.datasourceId, [...ids]), eq(notices.kind, "sourceDown"), isNull(notices.resolvedAt)));
  return new Map(rows.flatMap(({ id, since }) => (id === null ? [] : [[id, since] as const])));
}

/** Links of many datasources at once, newest first. */
import { and, desc, gt, inArray } from "drizzle-orm";
import { reauthorizeLinks } from "@headwater/db/schema/tables.ts";
import type { DatasourceId } from "@headwater/db/schema/ids.ts";
import { groupBy } from "./batch.ts";
import type { Transaction } from "./transaction.ts";

const SHOWN_MS = 30 * 86_400_000;

export async function readLinks(db: Transaction, ids: readonly DatasourceId[], now: Date) {
  const rows = await db
    .select()
    .from(reauthorizeLinks)
    .where(
      and(
        inArray(reauthorizeLinks.datasourceId, [...ids]),
        gt(reauthorizeLinks.createdAt, new Date(now.getTime() - SHOWN_MS)),
      ),
    )
    .orderBy(desc(reauthorizeLinks.createdAt), desc(reauthorizeLinks.id));
  return groupBy(rows, ({ datasourceId }) => datasourceId);
}

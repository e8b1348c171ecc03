/** The SKUs that shops here know. */
import { sql } from "drizzle-orm";
import { nearestOf } from "../costs/nearest.ts";
import type { Transaction } from "./transaction.ts";

const BEGINS_ALIKE = 2;
/** Of more that begin alike, nobody is told which one was meant. */
const CANDIDATES_MOST = 10_000;

/** For each that no shop knows, the one that was meant, if one is near: for as many as stand on a page. */
export async function readNearestSkus(db: Transaction, unknown: readonly string[]): Promise<Map<string, string>> {
  const beginnings = sql.join(
    [...new Set(unknown.map((sku) => beginningOf(sku)))].map((text) => sql`${text}`),
    sql`, `,
  );
  const rows = await db.execute<{ sku: string }>(sql`
    select distinct sku from variants
    where deleted_at is null and length(sku) <= 80 and left(lower(sku), ${BEGINS_ALIKE}) in (${beginnings})
    limit ${CANDIDATES_MOST}`);
  const known = Map.groupBy(
    rows.map(({ sku }) => sku),
    beginningOf,
  );
  return new Map(
    unknown.flatMap((sku) => {
      const nearest = nearestOf(sku, known.get(beginningOf(sku)) ?? []);
      return nearest === null ? [] : [[sku, nearest] as const];
    }),
  );
}

const beginningOf = (sku: string): string => sku.toLowerCase().slice(0, BEGINS_ALIKE);

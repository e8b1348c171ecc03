/** The SKUs that shops here know. */
import { sql } from "drizzle-orm";
import { nearestOf } from "../costs/nearest.ts";
import type { Transaction } from "./transaction.ts";

/** What is mistyped at one end is found by the other. */
const ALIKE = 2;
/** Of more that begin alike, or end so, nobody is told which one was meant. */
const CANDIDATES_MOST = 10_000;

/** For each that no shop knows, the one that was meant, if one is near: for as many as stand on a page. */
export async function readNearestSkus(db: Transaction, unknown: readonly string[]): Promise<Map<string, string>> {
  const ends = (end: (sku: string) => string) =>
    sql.join(
      [...new Set(unknown.map(end))].map((text) => sql`${text}`),
      sql`, `,
    );
  const known = sql`select distinct sku from variants where deleted_at is null and length(sku) <= 80`;
  const rows = await db.execute<{ sku: string }>(sql`
    (${known} and left(lower(sku), ${ALIKE}) in (${ends(beginningOf)}) limit ${CANDIDATES_MOST})
    union
    (${known} and right(lower(sku), ${ALIKE}) in (${ends(endingOf)}) limit ${CANDIDATES_MOST})`);
  const skus = rows.map(({ sku }) => sku);
  const beginning = Map.groupBy(skus, beginningOf);
  const ending = Map.groupBy(skus, endingOf);
  return new Map(
    unknown.flatMap((sku) => {
      const alike = [...(beginning.get(beginningOf(sku)) ?? []), ...(ending.get(endingOf(sku)) ?? [])];
      const nearest = nearestOf(sku, alike);
      return nearest === null ? [] : [[sku, nearest] as const];
    }),
  );
}

const beginningOf = (sku: string): string => sku.toLowerCase().slice(0, ALIKE);
const endingOf = (sku: string): string => sku.toLowerCase().slice(-ALIKE);

/** Our number beside the source's own, newest day first. */
import { and, asc, desc, eq, getColumns, inArray, sql } from "drizzle-orm";
import { connectorFor } from "@headwater/connectors/connectors.ts";
import { datasources, spotChecks } from "@headwater/db/schema/tables.ts";
import type { DatasourceId } from "@headwater/db/schema/ids.ts";
import { differenceOf, isNothing, LESS_THAN_A_COIN, restOf } from "./gaps.ts";
import type { PageOf } from "./runs.ts";
import type { Transaction } from "./transaction.ts";

export type SpotCheckRow = typeof spotChecks.$inferSelect & { readonly platform: string };
export type SpotCheckState = "EQUAL" | "EXPLAINED" | "DIFFERENT" | "NOT_SETTLED" | "NO_FIGURE";

/** Whether the source has totals of its own that our numbers can be held against. */
export const hasAggregate = (platform: string): boolean => connectorFor(platform)?.reconcile !== undefined;

export interface SpotCheckPlace {
  readonly day: string;
  readonly metric: string;
  readonly currency: string;
}

export const pageOfSpotChecks = async (
  db: Transaction,
  datasource: { readonly id: DatasourceId; readonly platform: string },
  { limit, after }: PageOf<SpotCheckPlace>,
): Promise<SpotCheckRow[]> => {
  const rows = await db
    .select(getColumns(spotChecks))
    .from(spotChecks)
    .where(
      and(
        eq(spotChecks.datasourceId, datasource.id),
        after === null
          ? undefined
          : sql`(${spotChecks.day} < ${after.day}::date or (${spotChecks.day} = ${after.day}::date
              and (${spotChecks.metric}, ${spotChecks.currency}) > (${after.metric}, ${after.currency}::char(3))))`,
      ),
    )
    .orderBy(desc(spotChecks.day), asc(spotChecks.metric), asc(spotChecks.currency))
    .limit(limit);
  return rows.map((row) => ({ ...row, platform: datasource.platform }));
};

/** What is left of the gap: nothing of it where the two are equal. */
const rest = sql`abs(${spotChecks.ours} - ${spotChecks.theirs} - ${spotChecks.explained})`;
const gap = sql`abs(${spotChecks.ours} - ${spotChecks.theirs})`;
const agrees = sql`(${gap} < ${LESS_THAN_A_COIN} or ${rest} < ${LESS_THAN_A_COIN})`;

/** When each datasource's number was first seen to equal the source's own, or to differ from it by what is known. */
export async function readFirstAgreed(db: Transaction, ids: readonly DatasourceId[]): Promise<Map<DatasourceId, Date>> {
  const rows = await db
    .select({ id: spotChecks.datasourceId, at: sql<string>`min(${spotChecks.at})::text` })
    .from(spotChecks)
    .where(and(inArray(spotChecks.datasourceId, [...ids]), agrees))
    .groupBy(spotChecks.datasourceId);
  return new Map(rows.map(({ id, at }) => [id, new Date(at)]));
}

/** Of the newest day that both have a figure of: one that nobody can explain before the others, and orders before the rest. */
export async function readNewestCheck(db: Transaction, ids: readonly DatasourceId[]): Promise<SpotCheckRow | null> {
  const differs = sql`${spotChecks.settled} and not ${agrees}`;
  const [row] = await db
    .select({ ...getColumns(spotChecks), platform: datasources.platform })
    .from(spotChecks)
    .innerJoin(
      datasources,
      and(eq(datasources.organisationId, spotChecks.organisationId), eq(datasources.id, spotChecks.datasourceId)),
    )
    .where(and(inArray(spotChecks.datasourceId, [...ids]), sql`${spotChecks.ours} - ${spotChecks.theirs} is not null`))
    .orderBy(
      desc(spotChecks.day),
      desc(differs),
      desc(eq(spotChecks.metric, "orders")),
      asc(spotChecks.metric),
      asc(spotChecks.currency),
    )
    .limit(1);
  return row ?? null;
}

/** A day that the source may still change is no difference yet; what is equal or explained is so whenever it is. */
export function stateOfCheck(row: Pick<SpotCheckRow, "ours" | "theirs" | "settled" | "explained">): SpotCheckState {
  const [difference, left] = [differenceOf(row), restOf(row)];
  if (difference === null || left === null) return "NO_FIGURE";
  if (isNothing(difference)) return "EQUAL";
  if (isNothing(left)) return "EXPLAINED";
  return row.settled ? "DIFFERENT" : "NOT_SETTLED";
}

/** Rollups carry the account's currency on counts too, so that one key fits all. */
export const countsRecords = (metric: string): boolean =>
  /(^|_)(orders|impressions|clicks|purchases|sends|opens|unsubscribes|customers|shipments|refunds_count)$/.test(metric);

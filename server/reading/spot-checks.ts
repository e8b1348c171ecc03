/** Our number beside the source's own, newest day first. */
import { and, asc, desc, eq, getColumns, inArray, sql } from "drizzle-orm";
import { Decimal } from "decimal.js";
import { connectorFor } from "@headwater/connectors/connectors.ts";
import { datasources, spotChecks } from "@headwater/db/schema/tables.ts";
import type { DatasourceId } from "@headwater/db/schema/ids.ts";
import type { PageOf } from "./runs.ts";
import type { Transaction } from "./transaction.ts";

export type SpotCheckRow = typeof spotChecks.$inferSelect & { readonly platform: string };
export type SpotCheckState = "EQUAL" | "DIFFERENT" | "NOT_SETTLED" | "NO_FIGURE";

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

/** Half of the least coin of any currency. A source that adds up in floats, or in finer parts than coins, rounds elsewhere than we. */
const LESS_THAN_A_COIN = "0.0005";

/** When each datasource's number was first seen to equal the source's own. */
export async function readFirstEqual(db: Transaction, ids: readonly DatasourceId[]): Promise<Map<DatasourceId, Date>> {
  const rows = await db
    .select({ id: spotChecks.datasourceId, at: sql<string>`min(${spotChecks.at})::text` })
    .from(spotChecks)
    .where(
      and(
        inArray(spotChecks.datasourceId, [...ids]),
        sql`abs(${spotChecks.ours} - ${spotChecks.theirs}) < ${LESS_THAN_A_COIN}`,
      ),
    )
    .groupBy(spotChecks.datasourceId);
  return new Map(rows.map(({ id, at }) => [id, new Date(at)]));
}

/** Of the newest day that both have a figure of: one that differs before one that does not, and orders before the rest. */
export async function readNewestCheck(db: Transaction, ids: readonly DatasourceId[]): Promise<SpotCheckRow | null> {
  const differs = sql`${spotChecks.settled} and abs(${spotChecks.ours} - ${spotChecks.theirs}) >= ${LESS_THAN_A_COIN}`;
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

/** Ours less theirs, exact; null where either is not there. */
export const differenceOf = ({ ours, theirs }: Pick<SpotCheckRow, "ours" | "theirs">): string | null =>
  ours === null || theirs === null ? null : new Decimal(ours).minus(theirs).toFixed();

/** A day that the source may still change is no difference yet, and equal is equal whenever it is. */
export function stateOfCheck(row: Pick<SpotCheckRow, "ours" | "theirs" | "settled">): SpotCheckState {
  const difference = differenceOf(row);
  if (difference === null) return "NO_FIGURE";
  if (new Decimal(difference).abs().lt(LESS_THAN_A_COIN)) return "EQUAL";
  return row.settled ? "DIFFERENT" : "NOT_SETTLED";
}

/** Rollups carry the account's currency on counts too, so that one key fits all. */
export const countsRecords = (metric: string): boolean =>
  /(^|_)(orders|impressions|clicks|purchases|sends|opens|unsubscribes|customers|shipments|refunds_count)$/.test(metric);

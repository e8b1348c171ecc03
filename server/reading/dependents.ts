/** What takes what it shows or does from a datasource. */
import { and, desc, eq, gt, isNull, ne, sql } from "drizzle-orm";
import { apiTokens, costBooks, costRows } from "@headwater/db/schema/tables.ts";
import type { DatasourceId } from "@headwater/db/schema/ids.ts";
import { knownPlatform, platformEntry } from "./catalog.ts";
import { readDatasources } from "./datasources.ts";
import type { DatasourceView } from "./datasources.ts";
import { tilesStandingOn, yieldsCosts, yieldsOrders } from "./metrics.ts";
import type { Metric } from "./metrics.ts";
import type { Transaction } from "./transaction.ts";

export interface DependentView {
  readonly view: DatasourceView;
  readonly kind: "TILE" | "API_CLIENT" | "DATASOURCE";
  /** Of a tile: which. */
  readonly metric: Metric | null;
  readonly name: string;
  readonly lastUsedAt: Date | null;
  readonly other: DatasourceView | null;
}

const USED_WITHIN_MS = 30 * 86_400_000;

export async function readDependents(db: Transaction, view: DatasourceView, now: Date): Promise<DependentView[]> {
  const [clients, standing] = await Promise.all([readClients(db, view, now), readDatasources(db, now)]);
  const tiles = await tilesOf(db, view, standing);
  const others = standing.filter((other) => other.row.id !== view.row.id && other.status.standing === "datasource");
  const nothing = { view, metric: null, lastUsedAt: null, other: null };
  return [
    ...tiles.map((metric) => ({
      ...nothing,
      kind: "TILE" as const,
      metric,
      name: metric,
    })),
    ...clients.map(({ name, lastUsedAt }) => ({ ...nothing, kind: "API_CLIENT" as const, name, lastUsedAt })),
    ...others
      .filter((other) => standsOn(other, view, others))
      .map((other) => ({ ...nothing, kind: "DATASOURCE" as const, name: other.row.name, other })),
  ];
}

/** Those whose login another datasource of ours stands on as well, by the same consent or by one of its own. */
export async function readLoginShared(db: Transaction, ids: readonly DatasourceId[]): Promise<Map<DatasourceId, true>> {
  const rows = await db.execute<{ id: DatasourceId }>(sql`
    select d.id from datasources d join grants g on g.organisation_id = d.organisation_id and g.id = d.grant_id
    where d.id in ${ids} and exists (select 1
      from grants og join datasources o on o.organisation_id = og.organisation_id and o.grant_id = og.id
      where og.organisation_id = g.organisation_id and og.platform = g.platform and og.login_key = g.login_key
        and (og.id = g.id or og.ended_at is null) and o.id <> d.id and o.disconnected_at is null)`);
  return new Map([...rows].map(({ id }) => [id, true]));
}

/** The tiles that go stale with it, in the order in which they are shown. */
export const readTiles = async (db: Transaction, view: DatasourceView, now: Date): Promise<Metric[]> =>
  tilesOf(db, view, yieldsOrders(knownPlatform(view.row.platform)) ? await readDatasources(db, now) : []);

async function tilesOf(db: Transaction, view: DatasourceView, standing: readonly DatasourceView[]): Promise<Metric[]> {
  const platform = knownPlatform(view.row.platform);
  return tilesStandingOn(platform, {
    namesAdSpend: yieldsCosts(platform) && (await namesAdSpend(db, view)),
    keepsCosts: standing.some(keepsCostsNow),
  });
}

const keepsCostsNow = (other: DatasourceView): boolean =>
  other.status.standing === "datasource" && yieldsCosts(knownPlatform(other.row.platform));

async function namesAdSpend(db: Transaction, { row }: DatasourceView): Promise<boolean> {
  const found = await db
    .select({ line: costRows.line })
    .from(costRows)
    .innerJoin(
      costBooks,
      and(eq(costBooks.organisationId, costRows.organisationId), eq(costBooks.datasourceId, costRows.datasourceId)),
    )
    .where(
      and(
        eq(costRows.datasourceId, row.id),
        costRows.isAdSpend,
        sql`${costRows.since} <= ${costBooks.head} and (${costRows.until} is null or ${costRows.until} > ${costBooks.head})`,
      ),
    )
    .limit(1);
  return found.length > 0;
}

/** Tokens that live and were used lately: whatever they read, this datasource was among it. Those that only bring costs reach nothing else. */
const readClients = (db: Transaction, { row }: DatasourceView, now: Date) =>
  db
    .select({ name: apiTokens.name, lastUsedAt: apiTokens.lastUsedAt })
    .from(apiTokens)
    .where(
      and(
        isNull(apiTokens.revokedAt),
        yieldsCosts(knownPlatform(row.platform)) ? undefined : ne(apiTokens.scopes, ["costs:upload"]),
        gt(apiTokens.expiresAt, now),
        gt(apiTokens.lastUsedAt, new Date(now.getTime() - USED_WITHIN_MS)),
      ),
    )
    .orderBy(desc(apiTokens.lastUsedAt));

/** It needs a platform such as this one, and none of the others would do. */
function standsOn(other: DatasourceView, view: DatasourceView, others: readonly DatasourceView[]): boolean {
  const needs: readonly string[] = platformEntry(other.row.platform)?.requiresOneOf ?? [];
  return (
    needs.includes(view.row.platform) &&
    !others.some((one) => one.row.id !== other.row.id && needs.includes(one.row.platform))
  );
}

/** Every grant that data can be read by, what stands on it, and whether whoever gave it left: as many statements for one as for all. */
import { and, asc, eq, inArray, isNotNull, isNull, or, sql } from "drizzle-orm";
import { costFeeds, datasources, grants, memberships } from "@headwater/db/schema/tables.ts";
import { groupBy } from "./batch.ts";
import { readGiven } from "./commands.ts";
import { readDatasources } from "./datasources.ts";
import type { DatasourceView, GrantRow } from "./datasources.ts";
import type { Transaction } from "./transaction.ts";

export interface LivingGrant {
  readonly grant: GrantRow;
  readonly views: readonly DatasourceView[];
  readonly giverLeft: boolean;
}

export async function readLivingGrants(
  db: Transaction,
  { now, most }: { readonly now: Date; readonly most: number },
): Promise<LivingGrant[]> {
  const feeds = await db
    .select({ grantId: costFeeds.grantId, datasourceId: costFeeds.datasourceId, name: costFeeds.name })
    .from(costFeeds)
    .where(and(isNull(costFeeds.removedAt), isNotNull(costFeeds.grantId)));
  const rows = await db
    .select()
    .from(grants)
    .where(and(isNull(grants.endedAt), isNotNull(grants.credentialId), hasUse(feeds)))
    .orderBy(asc(grants.createdAt), asc(grants.id))
    .limit(most);
  if (rows.length === 0) return [];
  const views = (await readDatasources(db, now)).filter(({ status }) => status.standing === "datasource");
  const standing = groupBy(views, ({ row }) => row.grantId);
  const alive = rows.flatMap((grant) => {
    const feed = feeds.find(({ grantId }) => grantId === grant.id);
    const on = feed === undefined ? standing.get(grant.id) : views.filter(({ row }) => row.id === feed.datasourceId);
    // The secret of a feed has no name at its source: it is known by the feed's.
    const known = feed === undefined ? grant : { ...grant, holder: { name: feed.name } };
    return on === undefined || on.length === 0 ? [] : [{ grant: known, views: on }];
  });
  const given = await readGiven(
    db,
    alive.map(({ grant }) => grant.id),
  );
  const members = await db.select({ id: memberships.userId, of: memberships.organisationId }).from(memberships);
  const here = new Set(members.map(({ of, id }) => `${of} ${id}`));
  return alive.map(({ grant, views: on }) => {
    const by = given.get(grant.id)?.by;
    const giverLeft = by?.kind === "person" && !here.has(`${grant.organisationId} ${by.userId}`);
    return { grant, views: on, giverLeft };
  });
}

/** A datasource stands on it that is not disconnected, or a feed has it as its secret. */
function hasUse(feeds: readonly { readonly grantId: GrantRow["id"] | null }[]) {
  const ofFeeds = feeds.flatMap(({ grantId }) => (grantId === null ? [] : [grantId]));
  return or(
    inArray(grants.id, ofFeeds),
    sql`exists (select 1 from ${datasources} where ${datasources.organisationId} = ${grants.organisationId}
      and ${eq(datasources.grantId, grants.id)} and ${datasources.disconnectedAt} is null)`,
  );
}

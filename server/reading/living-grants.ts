/** Every grant that data can be read by, what stands on it, and whether whoever gave it left: as many statements for one as for all. */
import { and, asc, inArray, isNotNull, isNull, ne } from "drizzle-orm";
import { costFeeds, grants, memberships } from "@headwater/db/schema/tables.ts";
import { groupBy } from "./batch.ts";
import { readGiven } from "./commands.ts";
import { inOrder, readDatasources } from "./datasources.ts";
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
    .where(and(isNull(costFeeds.removedAt), isNotNull(costFeeds.grantId), ne(costFeeds.state, "refused")));
  const views = inOrder(await readDatasources(db, now)).filter(({ status }) => status.standing === "datasource");
  const standing = groupBy(views.filter(letsIn), ({ row }) => row.grantId);
  const inUse = [...standing.keys(), ...feeds.map(({ grantId }) => grantId)].filter((id) => id !== null);
  const rows = await db
    .select()
    .from(grants)
    .where(and(isNull(grants.endedAt), isNotNull(grants.credentialId), inArray(grants.id, inUse)))
    .orderBy(asc(grants.createdAt), asc(grants.id))
    .limit(most);
  if (rows.length === 0) return [];
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

/** What the source has refused, or has ended, opens nothing; what merely lacks a scope still does. */
const letsIn = ({ status: { connectionReason: reason } }: DatasourceView): boolean =>
  reason?.code !== "expired" && reason?.code !== "revoked";

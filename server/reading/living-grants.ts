/** Every grant that data can be read by, what stands on it, and whether whoever gave it left: as many statements for one as for all. */
import { and, asc, isNotNull, isNull } from "drizzle-orm";
import { grants, memberships } from "@headwater/db/schema/tables.ts";
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
  const rows = await db
    .select()
    .from(grants)
    .where(and(isNull(grants.endedAt), isNotNull(grants.credentialId)))
    .orderBy(asc(grants.createdAt), asc(grants.id))
    .limit(most);
  if (rows.length === 0) return [];
  const standing = groupBy(
    (await readDatasources(db, now)).filter(({ status }) => status.standing === "datasource"),
    ({ row }) => row.grantId,
  );
  const alive = rows.filter(({ id }) => standing.has(id));
  const given = await readGiven(
    db,
    alive.map(({ id }) => id),
  );
  const members = await db.select({ id: memberships.userId, of: memberships.organisationId }).from(memberships);
  const here = new Set(members.map(({ of, id }) => `${of} ${id}`));
  return alive.map((grant) => {
    const by = given.get(grant.id)?.by;
    const giverLeft = by?.kind === "person" && !here.has(`${grant.organisationId} ${by.userId}`);
    return { grant, views: standing.get(grant.id) ?? [], giverLeft };
  });
}

/** Grants with an end that nothing pushes away, their datasources and the warnings that were given. */
import { connectorFor } from "@headwater/connectors/connectors.ts";
import { and, asc, eq, inArray, isNotNull, isNull, lte, sql } from "drizzle-orm";
import { auditLog, grants } from "@headwater/db/schema/tables.ts";
import { groupBy } from "./batch.ts";
import { inOrder, readDatasources } from "./datasources.ts";
import type { DatasourceView, GrantRow } from "./datasources.ts";
import type { Transaction } from "./transaction.ts";

export interface GrantEnding {
  readonly grant: GrantRow;
  readonly endsAt: Date;
  readonly views: readonly DatasourceView[];
  /** Once for each step, however many datasources stand on it. */
  readonly warnedAt: readonly Date[];
}

const DAY_MS = 86_400_000;

/** Every use pushes the end of a grant there away. */
export function renewsItself(platform: string): boolean {
  const authorization = connectorFor(platform)?.authorization;
  return authorization?.kind === "oauth" && authorization.rotates;
}

/** Read with still, it never comes near its end; one that did is warned of, and so it is named here. */
const isRenewed = ({ row, status }: DatasourceView): boolean =>
  renewsItself(row.platform) && status.dataSync !== "INACTIVE" && status.connectionReason === null;

/** Not what another took the place of: it is read once more, and nobody is warned of its grant. */
const needsItsGrant = ({ row, status }: DatasourceView): boolean =>
  status.standing === "datasource" && row.replacedAt === null;

export async function readGrantEndings(
  db: Transaction,
  { days, now, most }: { readonly days: number; readonly now: Date; readonly most: number },
): Promise<GrantEnding[]> {
  const standing = groupBy(inOrder(await readDatasources(db, now)).filter(needsItsGrant), ({ row }) => row.grantId);
  const left = [...standing].flatMap(([id, views]) => (id === null || views.some(isRenewed) ? [] : [id]));
  const rows = await db
    .select()
    .from(grants)
    .where(
      and(
        inArray(grants.id, left),
        isNull(grants.endedAt),
        isNotNull(grants.credentialId),
        lte(grants.endsAt, new Date(now.getTime() + days * DAY_MS)),
      ),
    )
    .orderBy(asc(grants.endsAt), asc(grants.id))
    .limit(most);
  if (rows.length === 0) return [];
  const warned = await readWarnings(
    db,
    rows.flatMap(({ id }) => standing.get(id) ?? []),
  );
  return rows.flatMap((grant) => {
    const views = standing.get(grant.id) ?? [];
    if (grant.endsAt === null || views.length === 0) return [];
    const ends = grant.endsAt.toISOString();
    const told = views.flatMap(({ row }) => (warned.get(row.id) ?? []).filter((one) => one.endsAt === ends));
    const warnedAt = Map.groupBy(told, (one) => one.days)
      .values()
      .map((same) => new Date(Math.min(...same.map(({ at }) => at.getTime()))))
      .toArray();
    return [{ grant, endsAt: grant.endsAt, views, warnedAt: warnedAt.toSorted((a, b) => a.getTime() - b.getTime()) }];
  });
}

async function readWarnings(db: Transaction, views: readonly DatasourceView[]) {
  if (views.length === 0) return new Map<string, { at: Date; endsAt: string; days: string }[]>();
  const rows = await db
    .select({
      id: auditLog.datasourceId,
      at: auditLog.at,
      endsAt: sql<string>`${auditLog.after} ->> 'endsAt'`,
      days: sql<string>`${auditLog.after} ->> 'days'`,
    })
    .from(auditLog)
    .where(
      and(
        inArray(
          auditLog.datasourceId,
          views.map(({ row }) => row.id),
        ),
        eq(auditLog.verb, "grantExpiring"),
      ),
    )
    .orderBy(asc(auditLog.at));
  return groupBy(rows, ({ id }) => id ?? "");
}

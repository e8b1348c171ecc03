/** Whether an account stands in this organisation already, or is on its way: one account, one datasource. */
import { and, eq } from "drizzle-orm";
import { connectAttempts } from "@headwater/db/schema/tables.ts";
import type { Context } from "../graphql/context.ts";
import { typedOf } from "../oauth/start.ts";
import { readDatasources } from "../reading/datasources.ts";
import type { DatasourceView } from "../reading/datasources.ts";

/** Another living datasource on the same account, the same login, or asking for that login right now. */
export async function twinOf(ctx: Context, { row, grant }: DatasourceView): Promise<DatasourceView | null> {
  const living = (await readDatasources(ctx.db, ctx.now)).filter(
    (other) => other.row.id !== row.id && other.row.platform === row.platform && other.row.disconnectedAt === null,
  );
  const attempts = await ctx.db
    .select({ id: connectAttempts.datasourceId, params: connectAttempts.params })
    .from(connectAttempts)
    .where(and(eq(connectAttempts.platform, row.platform), eq(connectAttempts.purpose, "connect")));
  const asksForLogin = (id: string) =>
    attempts.some(
      (attempt) => attempt.id === id && Object.values(typedOf(attempt.params)).includes(grant?.loginKey ?? ""),
    );
  return (
    living.find((other) =>
      other.row.accountId === null ? asksForLogin(other.row.id) : other.row.accountId === row.accountId,
    ) ?? null
  );
}

/** When somebody last opened a datasource's own page: what nobody looks at may give its place first. */
import { and, eq, isNull, lt, or } from "drizzle-orm";
import { datasources } from "@headwater/db/schema/tables.ts";
import type { DatasourceId } from "@headwater/db/schema/ids.ts";
import type { Context } from "../graphql/context.ts";
import { organisationIn } from "./command.ts";

/** Minutes are told by it: whoever goes to and fro between pages within one writes nothing anew. */
const TOLD_EVERY_MS = 60_000;

/** Of what is foreign or gone, nothing is marked and nothing said. */
export async function markOpened(ctx: Context, id: DatasourceId | null): Promise<void> {
  if (id === null) return;
  const { lastOpenedAt } = datasources;
  await ctx.db
    .update(datasources)
    .set({ lastOpenedAt: ctx.now })
    .where(
      and(
        eq(datasources.organisationId, organisationIn(ctx)),
        eq(datasources.id, id),
        or(isNull(lastOpenedAt), lt(lastOpenedAt, new Date(ctx.now.getTime() - TOLD_EVERY_MS))),
      ),
    );
}

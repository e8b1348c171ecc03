/** Slots, counted under the lock of the organisation's row: ten connects at once for one free slot, and one wins. */
import { eq } from "drizzle-orm";
import { organisations, plans, slots } from "@headwater/db/schema/tables.ts";
import type { DatasourceId, OrganisationId } from "@headwater/db/schema/ids.ts";
import type { Context } from "../graphql/context.ts";
import { SlotLimitReached } from "../words/problems.ts";
import { platformEntry } from "../reading/catalog.ts";
import { readDatasources } from "../reading/datasources.ts";
import type { DatasourceView } from "../reading/datasources.ts";
import { countSlots } from "../reading/organisation.ts";
import { leastUsedFirst } from "./least-used.ts";

/** Held until the commit. Whoever changes the number of slots begins with it. */
export async function lockOrganisation(ctx: Context, organisation: OrganisationId): Promise<void> {
  await ctx.db
    .select({ id: organisations.id })
    .from(organisations)
    .where(eq(organisations.id, organisation))
    .for("no key update");
}

export async function takeSlots(
  ctx: Context,
  organisation: OrganisationId,
  platform: string,
  datasources: readonly DatasourceId[],
): Promise<void> {
  if (platformEntry(platform)?.takesSlot === false || datasources.length === 0) return;
  const limit = await slotLimit(ctx, organisation, datasources.length);
  if (limit !== null) throw limit;
  await ctx.db
    .insert(slots)
    .values(datasources.map((datasourceId) => ({ organisationId: organisation, datasourceId })));
}

/** Why the plan has no room for so many more; null where it has. */
export async function slotLimit(
  ctx: Context,
  organisation: OrganisationId,
  more: number,
): Promise<SlotLimitReached | null> {
  const [plan] = await ctx.db
    .select({ allowance: plans.allowance })
    .from(organisations)
    .innerJoin(plans, eq(plans.id, organisations.plan))
    .where(eq(organisations.id, organisation));
  const allowance = plan === undefined ? 0 : plan.allowance;
  const used = await countSlots(ctx.db, organisation);
  const isFull = allowance !== null && used + more > allowance;
  return isFull ? new SlotLimitReached(allowance, used, await leastUsed(ctx)) : null;
}

/** Of what holds a slot, and stands. */
async function leastUsed(ctx: Context): Promise<DatasourceView | null> {
  const standing = (await readDatasources(ctx.db, ctx.now)).filter(
    ({ row, status }) => status.standing === "datasource" && platformEntry(row.platform)?.takesSlot !== false,
  );
  return leastUsedFirst(standing, ctx.now)[0] ?? null;
}

export async function freeSlot(ctx: Context, datasource: DatasourceId): Promise<void> {
  await ctx.db.delete(slots).where(eq(slots.datasourceId, datasource));
}

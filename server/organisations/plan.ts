/**
 * Which plan an organisation is on. No payment is built: the embedded default lets the owner choose; elsewhere an operator
 * does. A smaller plan deletes nothing: the owner says which connected apps pause until there is room again, whoever set it.
 */
import { and, eq, inArray, isNull } from "drizzle-orm";
import { datasourceId, isUuid } from "@headwater/db/schema/ids.ts";
import type { DatasourceId, OrganisationId } from "@headwater/db/schema/ids.ts";
import { datasources, holds, organisations } from "@headwater/db/schema/tables.ts";
import { actorOf } from "../access/caller.ts";
import { audit } from "../datasources/audit.ts";
import { leastUsedFirst } from "../datasources/least-used.ts";
import { checkKey, organisationIn, ringLater } from "../datasources/command.ts";
import { lockOrganisation } from "../datasources/slots.ts";
import type { Context } from "../graphql/context.ts";
import { settleRequests } from "./requests.ts";
import { TooManyForPlan } from "../words/problems.ts";
import { idIn } from "../graphql/node.ts";
import { InvalidInput, NotAllowed, OrganisationGone } from "../words/problems.ts";
import { readDatasources } from "../reading/datasources.ts";
import { readOrganisation, readPlans, readSlots } from "../reading/organisation.ts";
import type { OrganisationRow, PlanRow } from "../reading/organisation.ts";

export interface PlanInput {
  readonly plan: string;
  readonly pause?: readonly (string | number)[] | null | undefined;
  readonly idempotencyKey: string;
}

export async function setPlan(ctx: Context, input: PlanInput): Promise<OrganisationRow> {
  checkKey(input.idempotencyKey);
  const organisation = organisationIn(ctx);
  await lockOrganisation(ctx, organisation);
  const plan = (await readPlans(ctx.db)).find(({ id }) => id === input.plan);
  if (plan === undefined) throw new InvalidInput([{ path: "plan", message: ctx.words.say("input.plan") }]);
  const before = await readOrganisation(ctx.db, organisation);
  if (before === null) throw new OrganisationGone();
  if (!ctx.services.isEmbedded && before.plan !== plan.id) throw new NotAllowed();
  const paused = await fit(ctx, organisation, plan, input);
  if (before.plan !== plan.id) {
    await ctx.db.update(organisations).set({ plan: plan.id }).where(eq(organisations.id, organisation));
    await settleRequests(ctx, "changePlan");
    await audit(ctx, {
      verb: "organisation.planSet",
      objectType: "organisation",
      objectId: organisation,
      before: { plan: before.plan },
      after: { plan: plan.id, paused: paused.length },
    });
  }
  return { ...before, plan: plan.id };
}

/** What holds a slot beyond the plan pauses; what was paused for a smaller plan, and fits again, goes on. */
async function fit(
  ctx: Context,
  organisation: OrganisationId,
  plan: PlanRow,
  input: PlanInput,
): Promise<readonly DatasourceId[]> {
  const held = await readSlots(ctx.db, organisation);
  const surplus = plan.allowance === null ? 0 : Math.max(0, held.length - plan.allowance);
  const own = new Set(held.map((slot) => slot.datasourceId));
  const chosen = [...new Set((input.pause ?? []).flatMap((id) => chosenIn(String(id))))].filter((id) => own.has(id));
  if (chosen.length < surplus)
    throw new TooManyForPlan(
      plan.allowance ?? 0,
      held.length,
      leastUsedFirst(await readDatasources(ctx.db, ctx.now, [...own]), ctx.now),
    );
  const pausing = surplus === 0 ? [] : chosen;
  await hold(ctx, organisation, pausing);
  await release(
    ctx,
    organisation,
    held.map((slot) => slot.datasourceId).filter((id) => !pausing.includes(id)),
  );
  return pausing;
}

/** A slot was freed: what the plan has room for now goes on at once, in the order of the sweep. The organisation is locked. */
export async function goOnWhereRoom(ctx: Context, organisation: OrganisationId): Promise<void> {
  const mine = await readOrganisation(ctx.db, organisation);
  const plan = (await readPlans(ctx.db)).find(({ id }) => id === mine?.plan);
  if (plan === undefined) return;
  // What was chosen to pause comes last, and keeps the time since when it holds its slot.
  const held = (await readSlots(ctx.db, organisation)).toSorted((a, b) => Number(a.isHeld) - Number(b.isHeld));
  const fitting = held.slice(0, plan.allowance ?? held.length).map((slot) => slot.datasourceId);
  await release(ctx, organisation, fitting);
}

const chosenIn = (gid: string): DatasourceId[] => {
  const id = idIn("Datasource", gid);
  return id !== null && isUuid(id) ? [datasourceId(id)] : [];
};

async function hold(ctx: Context, organisation: OrganisationId, ids: readonly DatasourceId[]): Promise<void> {
  const standing = new Set((await standingHolds(ctx, ids)).map((row) => row.datasourceId));
  for (const id of ids.filter((one) => !standing.has(one))) {
    await ctx.db.insert(holds).values({
      organisationId: organisation,
      scope: "source",
      datasourceId: id,
      reason: "plan",
      by: actorOf(ctx.caller),
    });
    await tell(ctx, organisation, id, "holdPlaced");
  }
}

async function release(ctx: Context, organisation: OrganisationId, ids: readonly DatasourceId[]): Promise<void> {
  for (const { id, datasourceId: held } of await standingHolds(ctx, ids)) {
    await ctx.db.update(holds).set({ releasedAt: ctx.now }).where(eq(holds.id, id));
    if (held !== null) await tell(ctx, organisation, held, "holdReleased");
  }
}

const standingHolds = (ctx: Context, ids: readonly DatasourceId[]) =>
  ids.length === 0
    ? Promise.resolve([])
    : ctx.db
        .select({ id: holds.id, datasourceId: holds.datasourceId })
        .from(holds)
        .where(and(inArray(holds.datasourceId, [...ids]), eq(holds.reason, "plan"), isNull(holds.releasedAt)));

async function tell(
  ctx: Context,
  organisation: OrganisationId,
  id: DatasourceId,
  verb: "holdPlaced" | "holdReleased",
): Promise<void> {
  const [row] = await ctx.db
    .select({ version: datasources.intentVersion })
    .from(datasources)
    .where(eq(datasources.id, id))
    .for("no key update");
  const version = (row?.version ?? 0) + 1;
  await ctx.db.update(datasources).set({ intentVersion: version }).where(eq(datasources.id, id));
  await ringLater(ctx, organisation, id, version);
  await audit(ctx, { verb, objectType: "datasource", objectId: id, datasourceId: id, after: { reason: "plan" } });
}

/** What a person does with their own sessions and organisations, and the plan. */
import { and, count, eq } from "drizzle-orm";
import { organisations, sessions, slots } from "@headwater/db/schema/tables.ts";
import type { OrganisationRow } from "../reading/organisation.ts";
import { readMemberships, readOrganisation, readPlans } from "../reading/organisation.ts";
import { audit } from "../datasources/audit.ts";
import { checkKey, organisationIn } from "../datasources/command.ts";
import { lockOrganisation } from "../datasources/slots.ts";
import type { Context } from "../graphql/context.ts";
import { InvalidInput, NotAllowed, OrganisationGone, SessionGone, SlotLimitReached } from "../graphql/problems.ts";

/** The organisation of this browser's requests that name none. */
export async function switchOrganisation(ctx: Context, slug: string): Promise<OrganisationRow> {
  const { caller } = ctx;
  if (caller.kind !== "person") throw new NotAllowed();
  const found = (await readMemberships(ctx.db, caller.userId)).find(({ organisation }) => organisation.slug === slug);
  if (found === undefined) throw new OrganisationGone();
  await ctx.db
    .update(sessions)
    .set({ lastOrganisationId: found.organisation.id })
    .where(eq(sessions.id, caller.sessionId));
  return found.organisation;
}

export async function endSession(ctx: Context, id: string | null): Promise<string> {
  const { caller } = ctx;
  if (caller.kind !== "person") throw new NotAllowed();
  if (id === null) throw new SessionGone();
  const ended = await ctx.db
    .delete(sessions)
    .where(and(eq(sessions.id, id), eq(sessions.userId, caller.userId)))
    .returning({ id: sessions.id });
  if (ended.length === 0) throw new SessionGone();
  if (caller.organisationId !== null) await audit(ctx, { verb: "session.ended", objectType: "session", objectId: id });
  return id;
}

/** No payment is built: the embedded default lets the owner choose; elsewhere an operator does. */
export async function setPlan(ctx: Context, name: string, idempotencyKey: string): Promise<OrganisationRow> {
  checkKey(idempotencyKey);
  if (!ctx.services.isEmbedded) throw new NotAllowed();
  const organisation = organisationIn(ctx);
  await lockOrganisation(ctx, organisation);
  const plan = (await readPlans(ctx.db)).find(({ id }) => id === name);
  if (plan === undefined) throw new InvalidInput([{ path: "plan", message: ctx.words.say("input.plan") }]);
  const before = await readOrganisation(ctx.db, organisation);
  const [held] = await ctx.db.select({ used: count() }).from(slots).where(eq(slots.organisationId, organisation));
  const used = held?.used ?? 0;
  if (plan.allowance !== null && used > plan.allowance) throw new SlotLimitReached(plan.allowance, used, null);
  if (before?.plan !== plan.id) {
    await ctx.db.update(organisations).set({ plan: plan.id }).where(eq(organisations.id, organisation));
    await audit(ctx, {
      verb: "organisation.planSet",
      objectType: "organisation",
      objectId: organisation,
      before: { plan: before?.plan ?? null },
      after: { plan: plan.id },
    });
  }
  const after = await readOrganisation(ctx.db, organisation);
  if (after === null) throw new OrganisationGone();
  return after;
}

/** What a person does with their own sessions and organisations. */
import { and, eq } from "drizzle-orm";
import { sessions } from "@headwater/db/schema/tables.ts";
import type { OrganisationRow } from "../reading/organisation.ts";
import { readMemberships } from "../reading/organisation.ts";
import { audit } from "../datasources/audit.ts";
import type { Context } from "../graphql/context.ts";
import { NotAllowed, OrganisationGone, SessionGone } from "../words/problems.ts";

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

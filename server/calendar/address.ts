/** The secret address by which a calendar program reads when grants end: one for each member, and gone with the membership. */
import { and, eq } from "drizzle-orm";
import { memberships } from "@headwater/db/schema/tables.ts";
import type { OrganisationId } from "@headwater/db/schema/ids.ts";
import type { Person } from "../access/caller.ts";
import { audit } from "../datasources/audit.ts";
import { organisationIn } from "../datasources/command.ts";
import type { Context } from "../graphql/context.ts";
import { hashLink, makeLinkToken } from "../links/link-text.ts";
import { NotAllowed } from "../words/problems.ts";

export interface CalendarAddress {
  /** Told once and kept nowhere. */
  readonly url: string;
}

const ofPerson = (organisation: OrganisationId, { userId }: Person) =>
  and(eq(memberships.organisationId, organisation), eq(memberships.userId, userId));

/** Asked twice at once it makes two, and the later one works: nobody is told an address that was dead before. */
export async function renewCalendar(ctx: Context, named: string | null): Promise<CalendarAddress> {
  const organisation = organisationIn(ctx);
  const { caller } = ctx;
  if (caller.kind !== "person" || named !== organisation) throw new NotAllowed();
  const token = makeLinkToken(organisation);
  await ctx.db
    .update(memberships)
    .set({ calendarHash: hashLink(token), calendarMadeAt: ctx.now })
    .where(ofPerson(organisation, caller));
  await audit(ctx, { verb: "calendarAddress.made", objectType: "membership", objectId: caller.userId });
  return { url: new URL(`/v1/calendars/${token}.ics`, ctx.services.publicUrl).href };
}

export async function madeAtOf({ db, caller }: Context): Promise<Date | null> {
  if (caller.kind !== "person" || caller.organisationId === null) return null;
  const [row] = await db
    .select({ madeAt: memberships.calendarMadeAt })
    .from(memberships)
    .where(ofPerson(caller.organisationId, caller));
  return row?.madeAt ?? null;
}

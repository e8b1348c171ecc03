/**
 * `/v1/calendars/<token>.ics`: when grants end, for a calendar program. The address is all that it has: what is not known, was
 * renewed, or whose member left or is no admin any more is not there. Whose login, where and what stands on it is told, as the page does.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { and, eq } from "drizzle-orm";
import { inTenant } from "@headwater/db";
import { memberships, organisations, users } from "@headwater/db/schema/tables.ts";
import type { OrganisationId } from "@headwater/db/schema/ids.ts";
import { roleMay } from "../access/permissions.ts";
import type { Services } from "../graphql/context.ts";
import { holderOf } from "../graphql/grant.ts";
import { LIMITS } from "../graphql/limits.ts";
import { again } from "../http/again.ts";
import { send } from "../http/exchange.ts";
import { UNTRACED_HEADERS } from "../http/security-headers.ts";
import { hashLink, organisationInLink } from "../links/link-text.ts";
import { knownPlatform } from "../reading/catalog.ts";
import { dayIn } from "../reading/days.ts";
import { readGrantEndings } from "../reading/grant-endings.ts";
import type { GrantEnding } from "../reading/grant-endings.ts";
import type { Transaction } from "../reading/transaction.ts";
import { isLocale } from "../words/catalog.ts";
import { wordsIn } from "../words/words.ts";
import type { Words } from "../words/words.ts";
import { calendarText } from "./icalendar.ts";
import type { CalendarEvent } from "./icalendar.ts";

/** How far any calendar of grants reaches. */
export const CALENDAR_DAYS = 400;

export async function answerCalendar(
  services: Services,
  request: IncomingMessage,
  response: ServerResponse,
  file: string,
): Promise<void> {
  if (request.method !== "GET" && request.method !== "HEAD")
    return send(response, { status: 405, headers: { allow: "GET, HEAD" } });
  const token = /^([\w-]+)\.ics$/.exec(file)?.[1] ?? "";
  const organisation = organisationInLink(token);
  const body =
    organisation === null
      ? null
      : await again(() =>
          inTenant(
            services.db,
            organisation,
            ({ drizzle }) => readCalendar(services, drizzle, { organisation, hash: hashLink(token) }),
            { readOnly: true },
          ),
        );
  if (body === null) return send(response, { status: 404, headers: UNTRACED_HEADERS });
  return send(response, {
    status: 200,
    type: "text/calendar; charset=utf-8",
    headers: { ...UNTRACED_HEADERS, "content-disposition": 'inline; filename="headwater.ics"' },
    body,
  });
}

type Asked = { readonly organisation: OrganisationId; readonly hash: string };

async function readCalendar(
  { clock, publicUrl }: Services,
  db: Transaction,
  { organisation, hash }: Asked,
): Promise<string | null> {
  const [member] = await db
    .select({
      role: memberships.role,
      locale: users.locale,
      name: organisations.name,
      slug: organisations.slug,
      zone: organisations.zone,
    })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .innerJoin(organisations, eq(organisations.id, memberships.organisationId))
    .where(and(eq(memberships.organisationId, organisation), eq(memberships.calendarHash, hash)));
  if (member === undefined || !roleMay(member.role, "ownCalendar")) return null;
  const { name, slug, zone, locale } = member;
  const words = wordsIn(isLocale(locale) ? locale : "en");
  const now = clock();
  const endings = await readGrantEndings(db, { days: CALENDAR_DAYS, now, most: LIMITS.listSize });
  const url = new URL(`/${slug}/settings/integrations/access-review`, publicUrl).href;
  return calendarText({
    name: words.say("calendar.name", { organisation: name }),
    madeAt: now,
    events: endings.map((ending) => ({ ...toldOf(ending, words), day: dayIn(ending.endsAt, zone), url })),
  });
}

const toldOf = (
  { grant, views }: GrantEnding,
  words: Words,
): Pick<CalendarEvent, "uid" | "summary" | "description"> => ({
  uid: grant.id,
  summary: words.say("calendar.ends", { holder: holderOf(grant), source: knownPlatform(grant.platform).name }),
  description: words.say("calendar.about", { datasources: words.list(views.map(({ row }) => row.name)) }),
});

/**
 * Who may not do a thing asks those who may. One thing is one notice, however many ask for it; it is over once the thing
 * is done or is put aside, and with it what was asked.
 */
import { and, count, eq, gt, isNull, sql } from "drizzle-orm";
import { notices, requests } from "@headwater/db/schema/tables.ts";
import { requestId } from "@headwater/db/schema/ids.ts";
import type { DatasourceId, NoticeId, OrganisationId, UserId } from "@headwater/db/schema/ids.ts";
import type { JsonObject } from "@headwater/db/schema/values.ts";
import { datasourcePage, commandId as idFor } from "@headwater/workflows/client.ts";
import type { Person } from "../access/caller.ts";
import { audit } from "../datasources/audit.ts";
import { announce, checkKey, organisationIn, viewOf } from "../datasources/command.ts";
import { lockOrganisation } from "../datasources/slots.ts";
import type { Context } from "../graphql/context.ts";
import { platformEntry } from "../reading/catalog.ts";
import { readNoticesByIds, readOwnRequests } from "../reading/inbox.ts";
import type { NoticeRow, RequestRow } from "../reading/inbox.ts";
import { readOrganisation } from "../reading/organisation.ts";
import { DatasourceGone, InvalidInput, KeyReused, NotAllowed } from "../words/problems.ts";
import { askedOf, isOfDatasource, mayDo } from "./abouts.ts";
import type { RequestAbout } from "./abouts.ts";
import { readerOf } from "./inbox.ts";

const DAY_MS = 24 * 3_600_000;
/** Of one person in a day: those who may are told, not flooded. */
export const A_DAY_MOST = 10;

export interface RequestInput {
  readonly about: RequestAbout;
  readonly datasource: DatasourceId | null;
  /** To connect; null: whichever. */
  readonly platform: string | null;
  readonly idempotencyKey: string;
}

/** What is asked for, whoever asks. */
type Thing = Pick<RequestInput, "about" | "datasource" | "platform">;

export async function sendRequest(ctx: Context, input: RequestInput): Promise<RequestRow> {
  checkKey(input.idempotencyKey);
  const organisation = organisationIn(ctx);
  const { caller } = ctx;
  if (caller.kind !== "person" || mayDo(caller, input.about)) throw new NotAllowed();
  const thing = await thingOf(ctx, input);
  await lockOrganisation(ctx, organisation);
  const id = requestId(idFor(organisation, `request ${input.idempotencyKey}`));
  const [earlier] = await readRequest(ctx, id);
  if (earlier !== undefined) {
    if (earlier.request.askedBy !== caller.userId || !isSame(earlier.notice, thing)) throw new KeyReused();
    return earlier;
  }
  const own = (await readOwnRequests(ctx.db, caller.userId)).find(({ notice }) => isSame(notice, thing));
  if (own !== undefined) return own;
  await refuseTooMany(ctx, caller.userId);
  const { notice, isNew } = await tell(ctx, organisation, thing);
  const [request] = await ctx.db
    .insert(requests)
    .values({ organisationId: organisation, id, noticeId: notice.id, askedBy: caller.userId, askedAt: ctx.now })
    .returning();
  if (request === undefined) throw new KeyReused();
  if (isNew && thing.datasource !== null) await mailThem(ctx, caller, { organisation, notice: notice.id, ...thing });
  if (thing.datasource !== null) await announce(ctx, thing.datasource);
  await auditRequest(ctx, organisation, notice, "requestSent");
  return { request, notice };
}

/** What it is of must be there: a datasource for what is asked of one, a platform that the catalog has. */
async function thingOf(ctx: Context, { about, datasource, platform }: RequestInput): Promise<Thing> {
  if (isOfDatasource(about)) {
    const view = datasource === null ? null : await viewOf(ctx, datasource);
    if (view === null || view.status.standing === "disconnected") throw new DatasourceGone();
    return { about, datasource, platform: null };
  }
  if (about !== "connect") return { about, datasource: null, platform: null };
  if (platform !== null && platformEntry(platform) === null)
    throw new InvalidInput([{ path: "platform", message: ctx.words.say("input.platform") }]);
  return { about, datasource: null, platform };
}

/** Of one datasource all that is asked is one thing: that it be looked after. */
const isSame = ({ datasourceId, detail }: Pick<NoticeRow, "datasourceId" | "detail">, thing: Thing): boolean =>
  thing.datasource === null
    ? datasourceId === null && detail["about"] === thing.about && (detail["platform"] ?? null) === thing.platform
    : datasourceId === thing.datasource;

const readRequest = ({ db }: Pick<Context, "db">, id: RequestRow["request"]["id"]) =>
  db
    .select({ request: requests, notice: notices })
    .from(requests)
    .innerJoin(notices, and(eq(notices.organisationId, requests.organisationId), eq(notices.id, requests.noticeId)))
    .where(eq(requests.id, id));

async function refuseTooMany(ctx: Context, user: UserId): Promise<void> {
  const [sent] = await ctx.db
    .select({ today: count() })
    .from(requests)
    .where(and(eq(requests.askedBy, user), gt(requests.askedAt, new Date(ctx.now.getTime() - DAY_MS))));
  if ((sent?.today ?? 0) >= A_DAY_MOST)
    throw new InvalidInput([{ path: "about", message: ctx.words.say("input.tooManyRequests") }]);
}

type NoticeOf = RequestRow["notice"];

const standing = (thing: Thing) =>
  and(
    eq(notices.kind, "requested"),
    isNull(notices.resolvedAt),
    thing.datasource === null
      ? and(
          isNull(notices.datasourceId),
          sql`${notices.detail} ->> 'about' = ${thing.about}`,
          sql`${notices.detail} ->> 'platform' is not distinct from ${thing.platform}::text`,
        )
      : eq(notices.datasourceId, thing.datasource),
  );

/** One more who asks is news of the same thing. The organisation is locked. */
async function tell(
  ctx: Context,
  organisation: OrganisationId,
  thing: Thing,
): Promise<{ readonly notice: NoticeOf; readonly isNew: boolean }> {
  const [joined] = await ctx.db
    .update(notices)
    .set({ times: sql`${notices.times} + 1`, lastAt: ctx.now })
    .where(standing(thing))
    .returning();
  if (joined !== undefined) return { notice: joined, isNew: false };
  const { about, datasource, platform } = thing;
  const [begun] = await ctx.db
    .insert(notices)
    .values({
      organisationId: organisation,
      datasourceId: datasource,
      kind: "requested",
      detail: { about, ...(platform === null ? {} : { platform }) },
      since: ctx.now,
      lastAt: ctx.now,
    })
    .returning();
  if (begun === undefined) throw new KeyReused();
  return { notice: begun, isNew: true };
}

interface ToMail {
  readonly organisation: OrganisationId;
  readonly notice: NoticeId;
  readonly datasource: DatasourceId | null;
}

async function mailThem(ctx: Context, { name }: Person, { organisation, notice, datasource }: ToMail): Promise<void> {
  if (datasource === null) return;
  const { row, account } = await viewOf(ctx, datasource);
  const brand = await readOrganisation(ctx.db, organisation);
  const details: JsonObject = {
    askedBy: name,
    source: platformEntry(row.platform)?.name ?? row.platform,
    account: account?.name ?? row.name,
    page: datasourcePage(brand?.slug ?? "", datasource),
  };
  await ctx.db.execute(
    sql`select mail_people('requested', ${JSON.stringify(details)}::text::jsonb, ${`requested ${notice}`})`,
  );
}

/** Null for what is foreign, gone or no request. */
export async function putRequestAside(ctx: Context, id: NoticeId | null): Promise<NoticeRow | null> {
  const organisation = organisationIn(ctx);
  if (askedOf(ctx.caller).length === 0) throw new NotAllowed();
  const read = async () =>
    id === null ? null : ((await readNoticesByIds(ctx.db, readerOf(ctx.caller), [id]))[0] ?? null);
  const found = await read();
  if (found === null || found.kind !== "requested") return null;
  const [over] = await ctx.db
    .update(notices)
    .set({ resolvedAt: ctx.now })
    .where(and(eq(notices.id, found.id), isNull(notices.resolvedAt)))
    .returning();
  if (over === undefined) return found;
  if (over.datasourceId !== null) await announce(ctx, over.datasourceId);
  await auditRequest(ctx, organisation, over, "requestPutAside");
  return read();
}

/** It was done: whoever asked for it has it. */
export const settleRequests = async ({ db, now }: Pick<Context, "db" | "now">, about: RequestAbout): Promise<void> => {
  await db
    .update(notices)
    .set({ resolvedAt: now })
    .where(standing({ about, datasource: null, platform: null }));
};

const auditRequest = (
  ctx: Context,
  organisation: OrganisationId,
  { datasourceId, detail }: NoticeOf,
  verb: "requestSent" | "requestPutAside",
): Promise<void> =>
  audit(ctx, {
    verb,
    after: detail,
    ...(datasourceId === null
      ? { objectType: "organisation", objectId: organisation }
      : { objectType: "datasource", objectId: datasourceId, datasourceId }),
  });

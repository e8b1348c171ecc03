/** What people are told of in the app: trouble that stands or is over, a grant that ends, what somebody asks of them. */
import { and, asc, desc, eq, getColumns, inArray, isNull, notInArray, or, sql } from "drizzle-orm";
import { noticeReads, notices, requests } from "@headwater/db/schema/tables.ts";
import type { NoticeId, UserId } from "@headwater/db/schema/ids.ts";
import type { PageOf } from "./runs.ts";
import type { Transaction } from "./transaction.ts";

export type NoticeRow = typeof notices.$inferSelect & { readonly readAt: Date | null };

export interface NoticePlace {
  readonly at: Date;
  readonly id: string;
}

/** Who reads: some of it is told to one person alone, and what somebody asks to those who may do it. */
export interface Reader {
  readonly user: UserId | null;
  readonly askedOf: readonly string[];
}

/** To those who may do what it is about. */
const TO_SOME: readonly NoticeRow["kind"][] = ["requested", "reviewDue"];

const toldTo = ({ user, askedOf }: Reader) =>
  and(
    user === null ? isNull(notices.forUser) : or(isNull(notices.forUser), eq(notices.forUser, user)),
    askedOf.length === 0
      ? notInArray(notices.kind, [...TO_SOME])
      : or(notInArray(notices.kind, [...TO_SOME]), inArray(sql`${notices.detail} ->> 'about'`, [...askedOf])),
  );

const readBy = (user: UserId | null) =>
  and(
    eq(noticeReads.organisationId, notices.organisationId),
    eq(noticeReads.noticeId, notices.id),
    user === null ? sql`false` : eq(noticeReads.userId, user),
  );

export const pageOfNotices = (
  db: Transaction,
  reader: Reader,
  { limit, after }: PageOf<NoticePlace>,
): Promise<NoticeRow[]> =>
  db
    .select({ ...getColumns(notices), readAt: noticeReads.at })
    .from(notices)
    .leftJoin(noticeReads, readBy(reader.user))
    .where(
      and(
        toldTo(reader),
        after === null
          ? undefined
          : sql`(${notices.since}, ${notices.id}) < (${after.at.toISOString()}::timestamptz, ${after.id}::uuid)`,
      ),
    )
    .orderBy(desc(notices.since), desc(notices.id))
    .limit(limit);

export const readNoticesByIds = (db: Transaction, reader: Reader, ids: readonly NoticeId[]): Promise<NoticeRow[]> =>
  db
    .select({ ...getColumns(notices), readAt: noticeReads.at })
    .from(notices)
    .leftJoin(noticeReads, readBy(reader.user))
    .where(and(inArray(notices.id, [...ids]), toldTo(reader)));

/** A warning that came nearer is news again, and one more who asks; the same trouble met once more is not. */
const NEWS_AGAIN: readonly NoticeRow["kind"][] = ["grantEnding", "requested"];

export const isRead = ({ kind, readAt, lastAt }: NoticeRow): boolean =>
  readAt !== null && (!NEWS_AGAIN.includes(kind) || readAt >= lastAt);

export async function countUnread(db: Transaction, reader: Reader): Promise<number> {
  const [row] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(notices)
    .leftJoin(noticeReads, readBy(reader.user))
    .where(
      and(
        isNull(notices.resolvedAt),
        toldTo(reader),
        or(
          isNull(noticeReads.at),
          and(inArray(notices.kind, [...NEWS_AGAIN]), sql`${noticeReads.at} < ${notices.lastAt}`),
        ),
      ),
    );
  return row?.count ?? 0;
}

/** Who asks for what these notices tell, in the order in which they did. */
export async function readAskers(db: Transaction, ids: readonly NoticeId[]): Promise<Map<NoticeId, UserId[]>> {
  const rows = await db
    .select({ notice: requests.noticeId, by: requests.askedBy })
    .from(requests)
    .where(inArray(requests.noticeId, [...ids]))
    .orderBy(asc(requests.askedAt), asc(requests.id));
  return new Map(ids.map((id) => [id, rows.filter(({ notice }) => notice === id).map(({ by }) => by)]));
}

export interface RequestRow {
  readonly request: typeof requests.$inferSelect;
  readonly notice: typeof notices.$inferSelect;
}

/** What somebody asked for and what still stands of it, newest first. */
export const readOwnRequests = (db: Transaction, user: UserId): Promise<RequestRow[]> =>
  db
    .select({ request: getColumns(requests), notice: getColumns(notices) })
    .from(requests)
    .innerJoin(notices, and(eq(notices.organisationId, requests.organisationId), eq(notices.id, requests.noticeId)))
    .where(and(eq(requests.askedBy, user), isNull(notices.resolvedAt)))
    .orderBy(desc(requests.askedAt), desc(requests.id));

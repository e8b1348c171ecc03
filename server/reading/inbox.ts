/** What people are told of in the app: trouble that stands or is over, a grant that ends, a link that was followed. */
import { and, desc, eq, getColumns, inArray, sql } from "drizzle-orm";
import { noticeReads, notices } from "@headwater/db/schema/tables.ts";
import type { NoticeId, UserId } from "@headwater/db/schema/ids.ts";
import type { PageOf } from "./runs.ts";
import type { Transaction } from "./transaction.ts";

export type NoticeRow = typeof notices.$inferSelect & { readonly readAt: Date | null };

export interface NoticePlace {
  readonly at: Date;
  readonly id: string;
}

const readBy = (user: UserId | null) =>
  and(
    eq(noticeReads.organisationId, notices.organisationId),
    eq(noticeReads.noticeId, notices.id),
    user === null ? sql`false` : eq(noticeReads.userId, user),
  );

export const pageOfNotices = (
  db: Transaction,
  user: UserId | null,
  { limit, after }: PageOf<NoticePlace>,
): Promise<NoticeRow[]> =>
  db
    .select({ ...getColumns(notices), readAt: noticeReads.at })
    .from(notices)
    .leftJoin(noticeReads, readBy(user))
    .where(
      after === null
        ? undefined
        : sql`(${notices.since}, ${notices.id}) < (${after.at.toISOString()}::timestamptz, ${after.id}::uuid)`,
    )
    .orderBy(desc(notices.since), desc(notices.id))
    .limit(limit);

export const readNoticesByIds = (
  db: Transaction,
  user: UserId | null,
  ids: readonly NoticeId[],
): Promise<NoticeRow[]> =>
  db
    .select({ ...getColumns(notices), readAt: noticeReads.at })
    .from(notices)
    .leftJoin(noticeReads, readBy(user))
    .where(inArray(notices.id, [...ids]));

/** A warning that came nearer is news again; the same trouble met once more is not. */
export const isRead = ({ kind, readAt, lastAt }: NoticeRow): boolean =>
  readAt !== null && (kind !== "grantEnding" || readAt >= lastAt);

export async function countUnread(db: Transaction, user: UserId): Promise<number> {
  const [row] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(notices)
    .leftJoin(noticeReads, readBy(user))
    .where(
      sql`${notices.resolvedAt} is null and (${noticeReads.at} is null
        or (${notices.kind} = 'grantEnding' and ${noticeReads.at} < ${notices.lastAt}))`,
    );
  return row?.count ?? 0;
}

/** What a person has read of what they are told. */
import { noticeReads } from "@headwater/db/schema/tables.ts";
import type { NoticeId } from "@headwater/db/schema/ids.ts";
import type { Caller } from "../access/caller.ts";
import { organisationIn } from "../datasources/command.ts";
import type { Context } from "../graphql/context.ts";
import { LIMITS } from "../graphql/limits.ts";
import { InvalidInput, NotAllowed } from "../words/problems.ts";
import { readNoticesByIds } from "../reading/inbox.ts";
import type { NoticeRow, Reader } from "../reading/inbox.ts";
import { askedOf } from "./abouts.ts";

export const readerOf = (caller: Caller): Reader => ({
  user: caller.kind === "person" ? caller.userId : null,
  askedOf: askedOf(caller),
});

/** Of what is foreign or gone, nothing is marked and nothing said. */
export async function markRead(ctx: Context, ids: readonly NoticeId[]): Promise<NoticeRow[]> {
  const { caller } = ctx;
  if (caller.kind !== "person") throw new NotAllowed();
  if (ids.length > LIMITS.listSize)
    throw new InvalidInput([{ path: "notices", message: ctx.words.say("input.atMost", { most: LIMITS.listSize }) }]);
  if (ids.length === 0) return [];
  const organisation = organisationIn(ctx);
  const known = await readNoticesByIds(ctx.db, readerOf(caller), ids);
  if (known.length === 0) return [];
  await ctx.db
    .insert(noticeReads)
    .values(known.map(({ id }) => ({ organisationId: organisation, noticeId: id, userId: caller.userId, at: ctx.now })))
    .onConflictDoUpdate({
      target: [noticeReads.organisationId, noticeReads.noticeId, noticeReads.userId],
      set: { at: ctx.now },
    });
  return readNoticesByIds(ctx.db, readerOf(caller), ids);
}

/**
 * Tells of data that do not come though access works: a store that its source has frozen, streams that fail sync after sync,
 * a history with holes. Each is one notice and one mail of a datasource, however many of its streams it meets. And of an
 * account that is not there any more.
 */
import type { NoticeKind } from "@headwater/db/schema/values.ts";
import { holes } from "./holes.ts";
import { aboutOf, mail } from "./mailing.ts";
import type { Named, Telling } from "./mailing.ts";
import { close, keepMailed, raise } from "./standing-notices.ts";

/** Of these datasources, or of all. */
type Among = readonly string[] | null;

/** What stands, and what is over by now. */
export async function tellTroubles(tx: Telling, among: Among = null): Promise<number> {
  return (await tellOfFrozen(tx, among)) + (await tellOfHistory(tx, among)) + (await mailTroubles(tx, among));
}

/** Whoever resumes has it looked at anew: until that is over it is as frozen as it was. */
async function tellOfFrozen(tx: Telling, among: Among): Promise<number> {
  const standing = await tx.sql<{ id: string }[]>`
    select d.id from datasources d
    where d.disconnected_at is null and d.replaced_at is null and d.auth in ('ok', 'none') and (
      exists (select from holds h where h.organisation_id = d.organisation_id and h.datasource_id = d.id
        and h.scope = 'source' and h.reason = 'frozenAtSource' and h.released_at is null)
      or d.phase in ('PAUSED', 'VERIFYING') and exists (select from notices n where n.organisation_id = d.organisation_id
        and n.datasource_id = d.id and n.kind = 'frozenAtSource' and n.resolved_at is null))`;
  let acted = 0;
  for (const { id } of within(standing, among)) acted += await raise(tx, id, "frozenAtSource", {});
  return acted + (await close(tx, "frozenAtSource", standing, among));
}

/** The source lets us in. */
export const closeFrozen = (tx: Telling, datasourceId: string): Promise<number> =>
  close(tx, "frozenAtSource", [], [datasourceId]);

/** What a stream lacks that cannot be read at all is told with the stream: to read those days again would be in vain. */
async function tellOfHistory(tx: Telling, among: Among): Promise<number> {
  const unread = await tx.sql<{ id: string; isOver: boolean; streams: string[] | null }[]>`
    select d.id, d.backfill <> 'failed' as "isOver", (
      select array_agg(distinct h.stream order by h.stream) from (${holes(tx)}) h
      where h.organisation_id = d.organisation_id and h.datasource_id = d.id and not exists (
        select from notices n where n.organisation_id = d.organisation_id and n.datasource_id = d.id
          and n.resolved_at is null and n.kind in ('streamsFailed', 'versionRetired') and n.detail -> 'streams' ? h.stream)) as streams
    from datasources d where d.disconnected_at is null and d.backfill in ('failed', 'queued', 'running')`;
  let acted = 0;
  for (const { id, isOver, streams } of within(unread, among))
    if (!isOver && streams !== null) acted += await raise(tx, id, "historyIncomplete", { streams });
  return acted + (await close(tx, "historyIncomplete", unread, among));
}

const within = <One extends { readonly id: string }>(all: readonly One[], among: Among): readonly One[] =>
  among === null ? all : all.filter(({ id }) => among.includes(id));

interface Unmailed extends Named {
  /** Told of once, however often its notice is opened: a disconnect that was undone ends the notice and leaves the hole. */
  readonly about: string;
  readonly kind: NoticeKind;
  readonly streams: readonly string[] | null;
}

/** A stream that fails once may come right with the next sync: nobody is written to before a second one has met it. */
export async function mailTroubles(tx: Telling, among: Among = null): Promise<number> {
  const unmailed = await tx.sql<Unmailed[]>`
    select coalesce(case n.kind when 'historyIncomplete' then (select d.id || ' ' || extract(epoch from max(h.at)) from (${holes(tx)}) h
        where h.organisation_id = d.organisation_id and h.datasource_id = d.id) end, n.id::text) as about,
      n.kind, n.detail -> 'streams' as streams, d.id, d.platform, coalesce(a.name, d.name) as account
    from notices n join datasources d on d.organisation_id = n.organisation_id and d.id = n.datasource_id
    left join accounts a on a.organisation_id = d.organisation_id and a.id = d.account_id
    where n.organisation_id = ${tx.organisationId} and n.resolved_at is null and n.mailed_as is null and d.replaced_at is null
      and (n.kind in ('frozenAtSource', 'historyIncomplete') or n.kind = 'streamsFailed' and n.times > 1)
      and (${among === null ? null : [...among]}::uuid[] is null or d.id = any(${among === null ? null : [...among]}::uuid[]))
    order by n.since, n.id`;
  for (const { about, kind, streams, ...named } of unmailed) {
    const once = `${kind} ${about}`;
    const details = { ...(await aboutOf(tx, named)), ...(streams === null ? {} : { streams }) };
    const people = await mail(tx, { kind, once, details });
    await keepMailed(tx, kind, { ids: [named.id], once, people });
  }
  return unmailed.length;
}

/** Disconnected by us, for good: nothing stands that could be over, so it is a mail and no notice. */
export async function tellOfGone(tx: Telling, datasourceId: string): Promise<void> {
  const [gone] = await tx.sql<(Named & { generation: number })[]>`
    select d.id, d.platform, coalesce(a.name, d.name) as account, d.generation from datasources d
    left join accounts a on a.organisation_id = d.organisation_id and a.id = d.account_id where d.id = ${datasourceId}`;
  if (gone === undefined) return;
  const kind = "accountGone";
  await mail(tx, { kind, once: `${kind} ${gone.id} ${gone.generation}`, details: await aboutOf(tx, gone) });
}

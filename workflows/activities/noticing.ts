/** Trouble that lasts is one row: opened once, counted on, closed when the source answers again. Who is told, is told of that. */
import type { TenantTransaction } from "@headwater/db";
import type { Json, NoticeKind } from "@headwater/db/schema/values.ts";
import type { FailureSummary, Ledger } from "../load/outcome.ts";
import { shortly } from "./failure.ts";
import { mailTroubles } from "./telling-troubles.ts";

/**
 * However many runs meet it, and however many of them at once. True where it was not known before. What a disconnect overtook is
 * nobody's trouble any more: nothing would ever close it.
 */
export async function raiseNotice(
  tx: TenantTransaction,
  datasourceId: string,
  kind: NoticeKind,
  detail: { readonly said: string; readonly [value: string]: Json },
): Promise<boolean> {
  const told = JSON.stringify({ ...detail, said: shortly(detail.said) });
  const [row] = await tx.sql<{ times: number }[]>`
    insert into notices as n (organisation_id, datasource_id, kind, detail)
    select organisation_id, id, ${kind}, ${told}::text::jsonb from datasources
    where id = ${datasourceId} and disconnected_at is null
    on conflict (organisation_id, datasource_id, kind) where resolved_at is null
      do update set times = n.times + 1, last_at = now(), detail = excluded.detail
    returning times`;
  return row?.times === 1;
}

/** The source has retired the version of its interface that we use: connectors name it so, whatever the source calls it. */
const isRetired = ({ code }: FailureSummary): boolean => code.endsWith("Retired");

/** Streams that cannot be read; where it is for us alone to mend, said as that. */
export async function noticeFailedStreams(
  tx: TenantTransaction,
  datasourceId: string,
  failed: readonly { readonly stream: string; readonly failure: FailureSummary }[],
): Promise<void> {
  const { retired = [], other = [] } = Object.groupBy(failed, ({ failure }) =>
    isRetired(failure) ? "retired" : "other",
  );
  for (const [kind, those] of [
    ["versionRetired", retired],
    ["streamsFailed", other],
  ] as const) {
    const [first] = those;
    if (first === undefined) continue;
    await raiseNotice(tx, datasourceId, kind, { said: first.failure.said, streams: those.map(({ stream }) => stream) });
  }
  await mailTroubles(tx, [datasourceId]);
}

/** The same of one window of a history: together with the streams that met it before. */
export async function noticeRetired(
  tx: TenantTransaction,
  datasourceId: string,
  stream: string,
  failure: FailureSummary,
): Promise<void> {
  if (!isRetired(failure)) return;
  const [standing] = await tx.sql<{ streams: string[] | null }[]>`
    select detail->'streams' as streams from notices
    where datasource_id = ${datasourceId} and kind = 'versionRetired' and resolved_at is null for update`;
  const streams = [...new Set([...(standing?.streams ?? []), stream])];
  await raiseNotice(tx, datasourceId, "versionRetired", { said: failure.said, streams });
}

/** The source has answered. A sync that ends well closes every kind itself, in its own statement. How many it was. */
export async function closeNotices(tx: TenantTransaction, datasourceId: string, kind: NoticeKind): Promise<number> {
  const closed = await tx.sql`
    update notices set resolved_at = now()
    where datasource_id = ${datasourceId} and kind = ${kind} and resolved_at is null`;
  return closed.count;
}

/** From so many records on that are refused for the same, and where a sync refused half of what came, it is the source that has changed. */
const MANY_REFUSED = 3;
/** Of one stream the newest: a source that has changed its shape leaves as many as it has. */
const MOST_LOOKED_AT = 1_000;

/** From one stream to the next by the index of what was refused. */
const streamsRefused = ({ sql, organisationId }: TenantTransaction, datasourceId: string) => {
  const own = sql`from quarantine where organisation_id = ${organisationId} and datasource_id = ${datasourceId}
    and reason <> 'textReplaced'`;
  return sql`
    with recursive streams as (
      (select stream ${own} order by stream limit 1)
      union all
      select (select stream ${own} and stream > streams.stream order by stream limit 1) from streams
      where streams.stream is not null)`;
};

/**
 * One poison record waits in quarantine and is nobody's news; a shape that no record has any more is: once, though what was
 * refused then is read again and refused again. Once records come whole, the time since is read again: true then.
 */
export async function noticeShape(
  tx: TenantTransaction,
  datasourceId: string,
  runId: string,
  ledger: Ledger,
): Promise<boolean> {
  const { read, rejected } = ledger;
  if (rejected === 0) return endDrift(tx, datasourceId);
  if (rejected * 2 < read) return (await isRefusedAnew(tx, datasourceId, runId)) ? false : endDrift(tx, datasourceId);
  const [most] = await tx.sql<{ reason: string; field: string; standing: number }[]>`
    ${streamsRefused(tx, datasourceId)}
    select reason, field, count(*)::int as standing
    from streams cross join (select coalesce(max(resolved_at), '-infinity') as since from notices
      where datasource_id = ${datasourceId} and kind = 'shapeChanged') told
    cross join lateral (
      select reason, split_part(coalesce(detail, ''), ':', 1) as field, run_id = ${runId} as now from quarantine q
      where organisation_id = ${tx.organisationId} and datasource_id = ${datasourceId} and q.stream = streams.stream
        and reason <> 'textReplaced' and at > told.since
      order by at desc limit ${MOST_LOOKED_AT}) newest
    group by 1, 2 having bool_or(now) order by count(*) filter (where now) desc, 1, 2 limit 1`;
  if (most === undefined || most.standing < MANY_REFUSED) return false;
  const { reason, field } = most;
  await raiseNotice(tx, datasourceId, "shapeChanged", { said: `${reason}: ${field}`, reason, field, read, rejected });
  return false;
}

/** Of what an overlap brings again nothing is learned. The run is looked for among the newest: by itself it is so rare that a planner reads all that stands. */
async function isRefusedAnew(tx: TenantTransaction, datasourceId: string, runId: string): Promise<boolean> {
  const anew = await tx.sql`
    ${streamsRefused(tx, datasourceId)}
    select from streams cross join (select coalesce(max(finished_at), '-infinity') as since from runs
      where datasource_id = ${datasourceId} and kind = 'sync' and id <> ${runId}) before
    cross join lateral (
      select run_id from quarantine q where organisation_id = ${tx.organisationId} and datasource_id = ${datasourceId}
        and q.stream = streams.stream and reason <> 'textReplaced' and at > before.since
      order by at desc limit ${MOST_LOOKED_AT}) newest where run_id = ${runId} limit 1`;
  return anew.count > 0;
}

/** What was refused stays to be read: from where everything was in. Though nothing of it is left, complete-through stood still. */
async function endDrift(tx: TenantTransaction, datasourceId: string): Promise<boolean> {
  if ((await closeNotices(tx, datasourceId, "shapeChanged")) === 0) return false;
  await tx.sql`
    ${streamsRefused(tx, datasourceId)}
    update checkpoints as c set through = d.complete_through from datasources d
    where c.datasource_id = ${datasourceId} and d.organisation_id = c.organisation_id and d.id = c.datasource_id
      and c.cursor is null and c.through > d.complete_through and c.stream in (select stream from streams)`;
  return true;
}

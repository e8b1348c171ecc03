/**
 * The end of a sync, all of it in one statement: fence, checkpoints of the streams in which nothing came, run, ledger of
 * calls, the datasource's own times, an earlier sync that a limit broke off, what it filled where whole points of its rhythm had been missed, and word to whoever
 * looks. While a source's records cannot be stored, nothing is said to be complete further than before, and a stream in
 * which nothing came is read from there again: they may be whole by then. Sent as plain text with the setting before it:
 * one round trip, one implicit transaction, no BEGIN and COMMIT; every value travels as hex, so nothing can be taken for SQL.
 */
import { organisationId } from "@headwater/db";
import type { TransactionSql } from "postgres";
import type { CallsLedger } from "../source/calls-ledger.ts";
import type { LoadDeps, RunRef, WorkOptions } from "./contract.ts";
import { Fenced, fenceColumns, fencedBy, type FenceRow } from "./fence.ts";
import type { Ledger } from "./outcome.ts";

export interface SyncEnd {
  state: "running" | "succeeded" | "failed";
  /** Streams in which nothing came: their checkpoint moves here. */
  quiet: { stream: string; through: string }[];
  /** Set when every stream is complete, but for an optional one whose right is missing. */
  completeThrough: string | null;
  /** Streams that failed: whoever concludes the sync tells of them. */
  without: readonly string[];
  nextRunAt: string | null;
  /** By which that was reckoned: where a person has set another one since, the next time was set with it. */
  cadenceMs?: string;
  lateFrom?: string;
  outcome: object;
  /** Of the call that ends it: how often it had been begun. */
  attempt?: number;
}

export interface EndedSync extends FenceRow {
  ledger: Ledger;
}

const endText = `
  given as (select $given as j),
  standing as materialized (select ${fenceColumns}, d.organisation_id, d.id, d.last_success_at, d.complete_through, d.cadence_ms
    from datasources as d, given
    where d.organisation_id = (j->>'organisation')::uuid and d.id = (j->>'datasource')::uuid for update of d),
  ledger as (select r.read, r.rejected from runs as r, given where r.organisation_id = (j->>'organisation')::uuid and r.id = j->>'run'),
  drifted as (
    select exists (select from ledger where rejected > 0 and rejected * 2 >= read) or exists (
      select from notices as n, given where n.organisation_id = (j->>'organisation')::uuid and n.datasource_id = (j->>'datasource')::uuid
        and n.kind = 'shapeChanged' and n.resolved_at is null) as is_so),
  stood as (
    update datasources as d set last_attempt_at = now(),
      last_success_at = case when j->>'completeThrough' is null then d.last_success_at else now() end,
      first_numbers_at = case when j->>'completeThrough' is null then d.first_numbers_at else coalesce(d.first_numbers_at, now()) end,
      complete_through = case when is_so then d.complete_through else coalesce((j->>'completeThrough')::timestamptz, d.complete_through) end,
      failures = case when j->>'completeThrough' is null or j->'without' <> '[]' then d.failures else '{}' end,
      next_run_at = case when d.cadence_ms = coalesce((j->>'cadenceMs')::bigint, d.cadence_ms)
        then coalesce((j->>'nextRunAt')::timestamptz, d.next_run_at) else d.next_run_at end, throttled_until = null, throttle_reason = null
    from standing as s, given, drifted where d.organisation_id = s.organisation_id and d.id = s.id and s.generation = (j->>'generation')::int
      and not s.is_disconnected and not s.is_paused and not s.is_held and s.auth = 'ok' returning d.id, d.complete_through),
  moved as (
    insert into checkpoints as c (organisation_id, datasource_id, stream, through)
      select (j->>'organisation')::uuid, stood.id, q.stream, case when is_so and exists (
          select from quarantine as r where r.organisation_id = (j->>'organisation')::uuid and r.datasource_id = stood.id
            and r.stream = q.stream and r.reason <> 'textReplaced')
        then least(q.through, stood.complete_through) else q.through end
      from given, stood, drifted, jsonb_to_recordset(j->'quiet') as q(stream text, through timestamptz) order by q.stream
    on conflict (organisation_id, datasource_id, stream) do update set through = excluded.through, updated_at = now() where c.cursor is null
    returning c.stream),
  shown as (
    update progress as p set through = (j->>'completeThrough')::timestamptz from given, stood
    where p.organisation_id = (j->>'organisation')::uuid and p.datasource_id = stood.id and j->>'completeThrough' is not null
      and not j->'without' ? p.stream),
  called as (
    insert into calls as c (organisation_id, datasource_id, hour, method, path, calls, failures, throttled, bytes)
      select (j->>'organisation')::uuid, stood.id, s.* from given, stood,
        jsonb_to_recordset(j->'calls') as s(hour timestamptz, method text, path text, calls bigint, failures bigint, throttled bigint, bytes bigint)
      order by s.hour, s.method, s.path
    on conflict (organisation_id, datasource_id, hour, method, path) do update set calls = c.calls + excluded.calls,
      failures = c.failures + excluded.failures, throttled = c.throttled + excluded.throttled, bytes = c.bytes + excluded.bytes),
  closed as (
    update notices as n set resolved_at = now() from given, stood
    where n.organisation_id = (j->>'organisation')::uuid and n.datasource_id = stood.id and n.resolved_at is null
      and (n.kind in ('sourceDown', 'versionRetired') or n.kind = 'streamsFailed' and j->'without' = '[]')
      and j->>'completeThrough' is not null),
  ended as (
    insert into runs as r (organisation_id, id, datasource_id, kind, n, asked_by, state, started_at, finished_at, outcome, attempts)
      select (j->>'organisation')::uuid, j->>'run', stood.id, j->>'kind', (j->>'n')::int, (j->>'askedBy')::uuid, j->>'state',
        (j->>'startedAt')::timestamptz, case when j->>'state' = 'running' then null else now() end, j->'outcome', (j->>'attempt')::int
        from given, stood
    on conflict (organisation_id, id) do update set state = excluded.state, finished_at = excluded.finished_at,
      started_at = least(r.started_at, excluded.started_at), outcome = excluded.outcome,
      attempts = r.attempts + excluded.attempts - 1
    returning r.read, r.merged, r.unchanged, r.deduplicated, r.rejected, r.written),
  left_behind as (
    update runs as r set state = 'cancelled', finished_at = now() from given, stood
    where r.organisation_id = (j->>'organisation')::uuid and r.datasource_id = stood.id and r.kind = j->>'kind'
      and r.n < (j->>'n')::int and r.finished_at is null),
  told as (
    select append_audit('{"kind":"system","name":"engine"}', 'gapFilled', 'datasource', stood.id::text, stood.id, null,
      jsonb_build_object('from', s.complete_through, 'to', (j->>'completeThrough')::timestamptz, 'written', ended.written))
    from standing as s, given, stood, ended
    where s.last_success_at < coalesce((j->>'lateFrom')::timestamptz, now() - 2 * s.cadence_ms * interval '1 ms')
      and s.complete_through < (j->>'completeThrough')::timestamptz)
  select s.generation, s.intent_version, s.is_disconnected, s.is_paused, s.is_held, s.auth,
    (select to_jsonb(ended) from ended) as ledger, (select count(*) from moved) as moved, (select count(*) from told) as told,
    pg_notify('changed', j->>'organisation' || ':' || (j->>'datasource'))
  from standing as s, given`;

/** What ends: the run, since when it has been going, and what it has asked of the source. */
export interface Ending {
  run: RunRef;
  calls: CallsLedger;
  startedAt: Date;
}

export async function endSync(
  deps: LoadDeps,
  { run, calls, startedAt }: Ending,
  end: SyncEnd,
  options: WorkOptions,
): Promise<EndedSync> {
  const given = {
    organisation: run.organisationId,
    datasource: run.datasourceId,
    generation: run.generation,
    run: run.runId,
    kind: run.kind,
    n: run.n,
    askedBy: run.askedBy ?? null,
    startedAt: startedAt.toISOString(),
    attempt: 1,
    calls: calls.take(),
    ...end,
  };
  try {
    const row = await carryOut(deps, run, given, options);
    const forbids = fencedBy(row, run.generation);
    if (row === undefined || forbids !== null) throw new Fenced(forbids ?? "missing", row?.intent_version ?? 0);
    return row;
  } catch (error) {
    calls.undo();
    throw error;
  }
}

async function carryOut(
  deps: LoadDeps,
  run: RunRef,
  given: object,
  options: WorkOptions,
): Promise<EndedSync | undefined> {
  const hex = Buffer.from(JSON.stringify(given), "utf8").toString("hex");
  const end = `with ${endText.replace("$given", `convert_from(decode('${hex}', 'hex'), 'UTF8')::jsonb`)}`;
  const { alsoInTransaction } = options;
  if (alsoInTransaction === undefined) {
    const setting = `select set_config('app.tenant', '${organisationId(run.organisationId)}', true)`;
    const results = await deps.sql.unsafe<[object[], [EndedSync?]]>(`${setting}; ${end}`).simple();
    return results[1][0];
  }
  const ended = await deps.sql.begin(async (tx: TransactionSql) => {
    await tx.unsafe("select set_config('app.tenant', $1, true)", [run.organisationId], { prepare: true });
    const [row] = await tx.unsafe<[EndedSync?]>(end).simple();
    if (fencedBy(row, run.generation) === null) await alsoInTransaction(tx);
    return { row };
  });
  return ended.row;
}

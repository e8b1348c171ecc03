/** The rows of what a run met, attempt by attempt: the newest of a run are kept, and all of them are counted. */
import type { AttemptBudget, AttemptNext } from "@headwater/db/schema/values.ts";
import type { TransactionSql } from "postgres";
import type { RunRef } from "./contract.ts";

/** Of each run; what is older is counted. */
export const KEPT = 50;

export interface WrittenAttempt {
  /** ISO instants. */
  readonly began: string;
  readonly ended: string;
  readonly stream?: string | null;
  readonly slice?: string | null;
  readonly feed?: string | null;
  readonly how: string;
  readonly code: string | null;
  readonly said: string | null;
  readonly requestId?: string | null;
  readonly read: number;
}

export interface AttemptsEnd {
  readonly next: AttemptNext | null;
  readonly at: number | null;
  readonly budget: AttemptBudget | null;
}

/** A sync that failed before its first page has no row of its own yet. Where it was disconnected meanwhile, none is made. */
export async function writeAttempts(
  tx: TransactionSql,
  run: RunRef,
  attempts: readonly WrittenAttempt[],
  { next, at, budget }: AttemptsEnd,
): Promise<void> {
  await tx`
    with standing as (
      insert into runs as r (organisation_id, id, datasource_id, kind, n, asked_by, noted)
      select d.organisation_id, ${run.runId}::text, d.id, ${run.kind}::text, ${run.n}::int, ${run.askedBy ?? null}::uuid,
        ${attempts.length}::int
      from datasources d
      where d.id = ${run.datasourceId} and d.generation = ${run.generation} and d.disconnected_at is null
      on conflict (organisation_id, id) do update set noted = r.noted + excluded.noted
      returning organisation_id, id, datasource_id, noted),
    forgotten as (
      delete from run_attempts t using standing s
      where t.organisation_id = s.organisation_id and t.run_id = s.id and t.n <= s.noted - ${KEPT}::int)
    insert into run_attempts (organisation_id, run_id, n, datasource_id, slice_id, stream, feed_id, started_at, finished_at,
      ended, code, said, request_id, read, next, next_at, budget)
    select s.organisation_id, s.id, s.noted - ${attempts.length}::int + w.n, s.datasource_id, w.slice, w.stream, w.feed, w.began,
      w.ended, w.how, w.code, w.said, w."requestId", w.read, ${next}::text, to_timestamp(${at === null ? null : at / 1000}::float8),
      ${budget === null ? null : JSON.stringify(budget)}::text::jsonb
    from standing s, rows from (jsonb_to_recordset(${JSON.stringify(attempts)}::text::jsonb) as (began timestamptz,
      ended timestamptz, stream text, slice uuid, feed uuid, how text, code text, said text, "requestId" text, read bigint)) with ordinality
      as w (began, ended, stream, slice, feed, how, code, said, "requestId", read, n)`;
}

/**
 * Writes down, attempt by attempt, how a run met trouble and what came next, and the attempt that ended well after that.
 * A run that nothing happened to costs no statement here.
 */
import type { TenantTransaction } from "@headwater/db";
import type { AttemptBudget, AttemptNext } from "@headwater/db/schema/values.ts";
import type { FailureBudget, Failures } from "../lifecycle/budget.ts";
import { noFailures } from "../lifecycle/budget.ts";
import type { RunRef } from "../load/contract.ts";
import type { Piece } from "../load/failures.ts";
import type { Trouble, WorkOutcome } from "../load/outcome.ts";
import type { RowDeps } from "./deps.ts";
import { shortly } from "./failure.ts";
import { judge } from "./judging.ts";
import { announce, inTenantOf } from "./writing.ts";

/** Of each run; what is older is counted. */
export const KEPT = 50;
const DAY_MS = 86_400_000;

/** What the engine decided about it: when it goes on, if it does by itself. */
export interface Decided {
  readonly kind: string;
  readonly retryAt: number | null;
}

export interface Next {
  readonly next: AttemptNext;
  readonly at: number | null;
  /** In the same run. */
  readonly goesOn?: boolean;
}

interface Written {
  readonly began: string;
  readonly ended: string;
  readonly stream: string | null;
  readonly slice: string | null;
  readonly how: string;
  readonly code: string | null;
  readonly said: string | null;
  readonly read: number;
}

/** `nextPoint`: of the rhythm, for what is not tried again before it. `isSlice`: a window can be left where it is. */
export function nextAfter(
  outcome: WorkOutcome,
  { kind, retryAt }: Decided,
  { nextPoint, isSlice, now }: { readonly nextPoint: number; readonly isSlice: boolean; readonly now: number },
): Next {
  if (outcome.kind === "throttled") return { next: "waits", at: Date.parse(outcome.until) };
  if (outcome.kind === "providerDown") return { next: "again", at: retryAt ?? nextPoint };
  if (outcome.kind !== "failed") return { next: "nextSync", at: retryAt ?? nextPoint };
  const verdict = judge(outcome.failure);
  switch (verdict.kind) {
    case "credential":
      return { next: "asks", at: null };
    case "frozen":
      return { next: "held", at: now + DAY_MS };
    case "gone":
      return { next: "looksAgain", at: null };
    case "later":
      return { next: "again", at: retryAt ?? nextPoint };
    case "shape":
    case "bug":
      if (isSlice && verdict.kind === "shape") return { next: "setAside", at: null };
      return kind === "changed" || kind === "stopped"
        ? { next: "paused", at: null }
        : { next: "counted", at: retryAt ?? nextPoint };
  }
}

/** Nothing of the source's: the call itself came to nothing. `retryAt`: it is made again then; else it is counted. */
export async function noteThrown(deps: RowDeps, run: RunRef, retryAt: number | null, began: Date, piece: Piece = {}) {
  const failure = { class: "bug", code: "bug", said: "", fingerprint: "" } as const;
  const next: Next = retryAt === null ? { next: "counted", at: null } : { next: "again", at: retryAt, goesOn: true };
  await noteTroubles(deps, run, [{ ...piece, failure }], next, began);
}

export async function noteTroubles(
  deps: RowDeps,
  run: RunRef,
  troubles: readonly Trouble[],
  next: Next,
  began: Date,
): Promise<void> {
  const written = troubles.map((trouble) => ({
    began: trouble.began ?? began.toISOString(),
    ended: trouble.ended ?? new Date().toISOString(),
    stream: trouble.stream ?? null,
    slice: trouble.sliceId ?? null,
    how: trouble.failure.class,
    code: trouble.failure.code,
    // A fault of ours has words for a log, and none of the source's.
    said: trouble.failure.class === "bug" || trouble.failure.said === "" ? null : shortly(trouble.failure.said),
    read: trouble.read ?? 0,
  }));
  await inTenantOf(deps, run, async (tx) => {
    const budget = next.next === "counted" ? await budgetNow(tx, run.datasourceId, deps.budget) : null;
    await write(tx, run, written, next, budget);
  });
}

/** Only where something was written before: the end of that trouble. */
export async function noteEnd(
  deps: RowDeps,
  run: RunRef,
  piece: { readonly stream: string | null; readonly sliceId: string | null; readonly read: number },
  began: Date,
): Promise<void> {
  await inTenantOf(deps, run, async (tx) => {
    const [troubled] = await tx.sql<{ noted: number }[]>`select noted from runs where id = ${run.runId} and noted > 0`;
    if (troubled === undefined) return;
    const { stream, sliceId: slice, read } = piece;
    const ended = new Date().toISOString();
    const well = { began: began.toISOString(), ended, stream, slice, how: "well", code: null, said: null, read };
    await write(tx, run, [well], null, null);
  });
}

async function budgetNow(
  tx: TenantTransaction,
  datasourceId: string,
  budget: FailureBudget,
): Promise<AttemptBudget | null> {
  const [row] = await tx.sql<{ failures: Partial<Failures> }[]>`
    select failures from datasources where id = ${datasourceId}`;
  const { inARow, withProgress } = { ...noFailures, ...row?.failures };
  if (inARow > 0) return { rule: "inARow", count: inARow, most: budget.inARow };
  return withProgress > 0 ? { rule: "withProgress", count: withProgress, most: budget.withProgress } : null;
}

/** A sync that failed before its first page has no row of its own yet. Where it was disconnected meanwhile, none is made. */
async function write(
  tx: TenantTransaction,
  run: RunRef,
  attempts: readonly Written[],
  next: Next | null,
  budget: AttemptBudget | null,
): Promise<void> {
  const isOver = run.kind === "sync" && next !== null && next.next !== "waits" && next.goesOn !== true;
  await tx.sql`
    with standing as (
      insert into runs as r (organisation_id, id, datasource_id, kind, n, asked_by, state, finished_at, noted)
      select d.organisation_id, ${run.runId}::text, d.id, ${run.kind}::text, ${run.n}::int, ${run.askedBy ?? null}::uuid,
        case when ${isOver}::boolean then 'failed' else 'running' end, case when ${isOver}::boolean then now() end,
        ${attempts.length}::int
      from datasources d
      where d.id = ${run.datasourceId} and d.generation = ${run.generation} and d.disconnected_at is null
      on conflict (organisation_id, id) do update set noted = r.noted + excluded.noted,
        state = case when r.finished_at is null then excluded.state else r.state end,
        finished_at = coalesce(r.finished_at, excluded.finished_at)
      returning organisation_id, id, datasource_id, noted),
    forgotten as (
      delete from run_attempts t using standing s
      where t.organisation_id = s.organisation_id and t.run_id = s.id and t.n <= s.noted - ${KEPT}::int)
    insert into run_attempts (organisation_id, run_id, n, datasource_id, slice_id, stream, started_at, finished_at, ended,
      code, said, read, next, next_at, budget)
    select s.organisation_id, s.id, s.noted - ${attempts.length}::int + w.n, s.datasource_id, w.slice, w.stream, w.began,
      w.ended, w.how, w.code, w.said, w.read, ${next?.next ?? null}::text, to_timestamp(${next?.at == null ? null : next.at / 1000}::float8),
      ${budget === null ? null : JSON.stringify(budget)}::text::jsonb
    from standing s, rows from (jsonb_to_recordset(${JSON.stringify(attempts)}::text::jsonb) as (began timestamptz,
      ended timestamptz, stream text, slice uuid, how text, code text, said text, read bigint)) with ordinality
      as w (began, ended, stream, slice, how, code, said, read, n)`;
  await announce(tx, run.datasourceId);
}

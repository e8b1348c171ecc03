/**
 * Writes down, attempt by attempt, how a run met trouble and what came next, and the attempt that ended well after that.
 * A run that nothing happened to costs no statement here.
 */
import type { TenantTransaction } from "@headwater/db";
import type { AttemptBudget, AttemptNext, RunKind, RunState } from "@headwater/db/schema/values.ts";
import type { FailureBudget, Failures } from "../lifecycle/budget.ts";
import { noFailures } from "../lifecycle/budget.ts";
import type { RunRef } from "../load/contract.ts";
import type { Piece } from "../load/failures.ts";
import type { Trouble, WorkOutcome } from "../load/outcome.ts";
import { writeAttempts } from "../load/write-attempts.ts";
import type { AttemptsEnd, WrittenAttempt } from "../load/write-attempts.ts";
import { cutOff } from "./cutting-off.ts";
import type { RowDeps } from "./deps.ts";
import { shortly } from "./failure.ts";
import { verdictOn } from "./judging.ts";
import { announce, inTenantOf } from "./writing.ts";

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

/** `nextPoint`: of the rhythm, for what is not tried again before it; null where no time is known. `isSlice`: a window can be left where it is. */
export function nextAfter(
  outcome: WorkOutcome,
  { kind, retryAt }: Decided,
  { nextPoint, isSlice, now }: { readonly nextPoint: number | null; readonly isSlice: boolean; readonly now: number },
): Next {
  if (outcome.kind === "throttled") return { next: "waits", at: Date.parse(outcome.until) };
  if (outcome.kind === "providerDown") return { next: "again", at: retryAt ?? nextPoint };
  if (outcome.kind !== "failed") return { next: "nextSync", at: retryAt ?? nextPoint };
  const verdict = verdictOn(outcome);
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

/** One call of a run, from when it began. */
export interface Attempt {
  readonly run: RunRef;
  readonly began: Date;
}

/** Nothing of the source's: the call itself came to nothing. `retryAt`: it is made again then; else it is counted. */
export async function noteThrown(deps: RowDeps, attempt: Attempt, retryAt: number | null, piece: Piece = {}) {
  const failure = { class: "bug", code: "bug", said: "", fingerprint: "" } as const;
  const next: Next = retryAt === null ? { next: "counted", at: null } : { next: "again", at: retryAt, goesOn: true };
  await noteTroubles(deps, attempt, [{ ...piece, failure }], next);
}

export async function noteTroubles(
  deps: RowDeps,
  { run, began }: Attempt,
  troubles: readonly Trouble[],
  next: Next,
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
    requestId: trouble.failure.class === "bug" ? null : (trouble.failure.requestId ?? null),
    read: trouble.read ?? 0,
  }));
  await inTenantOf(deps, run, async (tx) => {
    const budget = next.next === "counted" ? await budgetNow(tx, run.datasourceId, deps.budget) : null;
    const state = next.next === "waits" || next.goesOn === true ? "running" : "failed";
    await write(tx, run, written, { next: next.next, at: next.at, budget, state });
  });
}

/** Only where something was written before: the end of that trouble. */
export async function noteEnd(
  deps: RowDeps,
  { run, began }: Attempt,
  piece: { readonly stream: string | null; readonly sliceId: string | null; readonly read: number },
): Promise<void> {
  await inTenantOf(deps, run, async (tx) => {
    const [troubled] = await tx.sql<{ noted: number }[]>`select noted from runs where id = ${run.runId} and noted > 0`;
    if (troubled === undefined) return;
    const { stream, sliceId: slice, read } = piece;
    const ended = new Date().toISOString();
    const well = { began: began.toISOString(), ended, stream, slice, how: "well", code: null, said: null, read };
    await write(tx, run, [well], { next: null, at: null, budget: null, state: "succeeded" });
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

/** What comes in pieces goes on with those that are left; nothing else ends the others. */
const IN_PIECES: ReadonlySet<RunKind> = new Set<RunKind>(["backfill", "resync"]);

async function write(
  tx: TenantTransaction,
  run: RunRef,
  attempts: readonly WrittenAttempt[],
  { state, ...end }: AttemptsEnd & { readonly state: RunState },
): Promise<void> {
  await writeAttempts(tx.sql, run, attempts, end);
  if (state !== "running" && !IN_PIECES.has(run.kind))
    await cutOff(tx, run.datasourceId, tx.sql`r.id = ${run.runId}`, { state });
  await announce(tx, run.datasourceId);
}

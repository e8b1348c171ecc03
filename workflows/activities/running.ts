/** One run of a datasource: the load path does the work, this writes what came of it into the facts. */
import type { DailyKind } from "../lifecycle/due.ts";
import { wakeAfter } from "../lifecycle/phases.ts";
import { lateBefore } from "../lifecycle/quiet.ts";
import type { LoadPath, RunRef, WorkOptions } from "../load/contract.ts";
import type { FailureSummary, SyncOutcome, WorkOutcome } from "../load/outcome.ts";
import { activityInfo } from "@temporalio/activity";
import { nextAfter, noteEnd, noteThrown, noteTroubles } from "./attempts.ts";
import type { Attempt } from "./attempts.ts";
import { countFailure } from "./budget.ts";
import type { DailyAsked, RunAsked, RunResult } from "./contract.ts";
import type { WorkDeps } from "./deps.ts";
import { isBug, shortly, unlessFenced } from "./failure.ts";
import { verdictOn, writeVerdict } from "./judging.ts";
import { limitIn, writeThrottle } from "./looking.ts";
import { noticeFailedStreams, noticeShape, raiseNotice } from "./noticing.ts";
import { readIntent } from "./reading.ts";
import { runRef } from "./refs.ts";
import { announce, inTenantOf, settleCommands, writeAndRead } from "./writing.ts";
import type { Settlement } from "./writing.ts";
import { watched } from "./watch.ts";

const AGAIN_MS = 2_000;

/**
 * May be killed anywhere: the load path ends a sync in one transaction, its times and its announcement included. Only
 * what somebody asked for, or what went wrong, is written beside it: a quiet hour has a budget of five statements.
 */
export async function sync(deps: WorkDeps, asked: RunAsked): Promise<RunResult> {
  const run = runRef(asked, "sync", asked.n, asked.askedBy[0]);
  const nextPoint = (): number => wakeAfter(asked.datasourceId, Date.now(), asked.intervalMs, asked.quiet);
  const nextRunAt = (): Date => new Date(nextPoint());
  const { askedBy, quiet } = asked;
  const lateFrom = quiet && { lateFrom: new Date(lateBefore(Date.now(), asked.intervalMs, quiet)).toISOString() };
  const attempt = { run, began: new Date() };
  const outcome = await watched(
    (options) => deps.load.syncOnce(deps.loadDeps, run, { ...options, askedBy, nextRunAt, ...lateFrom }),
    (retryAt) => noteThrown(deps, attempt, retryAt),
  );
  const result = await conclude(deps, asked, run, outcome);
  await note(deps, attempt, { outcome, result }, { nextPoint: nextPoint(), mayEndTrouble: activityInfo().attempt > 1 });
  return result;
}

async function conclude(deps: WorkDeps, asked: RunAsked, run: RunRef, outcome: SyncOutcome): Promise<RunResult> {
  if (outcome.kind !== "done") return settle(deps, asked, outcome);
  const isReadAgain =
    outcome.ledger.read > 0 &&
    (await inTenantOf(deps, asked, (tx) => noticeShape(tx, asked.datasourceId, run.runId, outcome.ledger)));
  // Whoever asked is answered once what was held back is in: a point of the rhythm may be an hour away.
  if (isReadAgain) return plain("more", outcome);
  const result = await (outcome.failedStreams.length > 0 ? partly : landed)(deps, asked, outcome);
  return outcome.againAt === undefined ? result : { ...result, retryAt: Date.parse(outcome.againAt) };
}

interface Noting {
  readonly nextPoint: number | null;
  /** Something of this run may have been written down before. */
  readonly mayEndTrouble: boolean;
}

async function note(
  deps: WorkDeps,
  attempt: Attempt,
  { outcome, result }: { readonly outcome: WorkOutcome; readonly result: RunResult },
  { nextPoint, mayEndTrouble }: Noting,
): Promise<void> {
  const { troubles = [] } = outcome;
  if (troubles.length > 0) {
    const next = nextAfter(outcome, result, { nextPoint, isSlice: false, now: Date.now() });
    await noteTroubles(deps, attempt, troubles, { ...next, goesOn: result.goOn === true });
  } else if (mayEndTrouble && outcome.kind === "done")
    await noteEnd(deps, attempt, { stream: null, sliceId: null, read: outcome.rows });
}

type Daily = (load: LoadPath, deps: WorkDeps, run: RunRef, options: WorkOptions) => Promise<WorkOutcome>;
const dailies: Readonly<Record<DailyKind, Daily>> = {
  refresh: (load, { loadDeps }, run, options) => load.refreshStreams(loadDeps, run, options),
  reread: (load, { loadDeps }, run, options) => load.rereadWeek(loadDeps, run, options),
  sweep: (load, { loadDeps }, run, options) => load.sweepDeletes(loadDeps, run, options),
  spotCheck: async (load, { loadDeps }, run, options) => {
    const looked = await load.lookAtAccount(loadDeps, run, options);
    return looked.kind === "done" ? load.spotCheck(loadDeps, run, options) : looked;
  },
};

/** Changes neither status nor the sync's cursor. */
export async function daily(deps: WorkDeps, asked: DailyAsked): Promise<RunResult> {
  const run = runRef(asked, asked.kind, asked.n, asked.askedBy[0]);
  const attempt = { run, began: new Date() };
  const isAsked = isCheckAsked(asked);
  const outcome = await watched(
    (options) => unlessFenced(() => dailies[asked.kind](deps.load, deps, run, options)),
    (retryAt) => noteThrown(deps, attempt, isAsked ? null : retryAt),
  ).catch((error: unknown) => {
    if (!isAsked || !isBug(error)) throw error;
    deps.log.error("a check broke", { datasourceId: asked.datasourceId, error: shortly(String(error)) });
    return "broken" as const;
  });
  if (outcome === "broken") return broken(deps, asked);
  if (outcome === null) return settle(deps, asked, fencedOff);
  const result = await concludeDaily(deps, asked, outcome);
  // Tried again on another of its days, whenever its source says that it is up: nobody knows the time yet.
  await note(
    deps,
    attempt,
    { outcome, result: { ...result, retryAt: null } },
    { nextPoint: null, mayEndTrouble: true },
  );
  return result;
}

async function concludeDaily(deps: WorkDeps, asked: DailyAsked, outcome: WorkOutcome): Promise<RunResult> {
  if (outcome.kind === "done") {
    await answerCheck(deps, asked, outcome.rows);
    return plain("done", outcome);
  }
  if (outcome.kind === "more") return { ...plain("more", outcome), goOn: true };
  if (outcome.kind === "throttled") return { ...plain("more", outcome, Date.parse(outcome.until)), goOn: true };
  return settle(deps, asked, outcome);
}

/** Somebody waits for the answer, and every sync waits behind it: a fault of ours is said at once, and not tried again. */
async function broken(deps: WorkDeps, asked: DailyAsked): Promise<RunResult> {
  await inTenantOf(deps, asked, async (tx) => {
    const ended = { state: "failed", outcome: { code: "bug" } } as const;
    await settleCommands(tx, asked.datasourceId, { ids: asked.askedBy }, ended);
    await announce(tx, asked.datasourceId);
  });
  return { kind: "failed", retryAt: null, intentVersion: 0 };
}

/** Nothing stands beside anything where days began to be read anew after it was asked for, or the source gave no figure. */
async function answerCheck(deps: WorkDeps, asked: DailyAsked, figures: number): Promise<void> {
  if (asked.askedBy.length === 0) return;
  const settlement: Settlement =
    figures === 0
      ? { state: "refused", outcome: { code: "nothingToCompare" } }
      : { state: "done", outcome: { code: "checked", figures } };
  await inTenantOf(deps, asked, async (tx) => {
    await settleCommands(tx, asked.datasourceId, { ids: asked.askedBy }, settlement);
    await announce(tx, asked.datasourceId);
  });
}

const fencedOff = { kind: "fenced", by: "generation", pages: 0, rows: 0, intentVersion: 0 } as const;

const plain = (kind: RunResult["kind"], outcome: WorkOutcome, retryAt: number | null = null): RunResult => ({
  kind,
  retryAt,
  intentVersion: "intentVersion" in outcome ? outcome.intentVersion : 0,
});

async function landed(deps: WorkDeps, asked: RunAsked, outcome: SyncOutcome & { kind: "done" }): Promise<RunResult> {
  if (asked.askedBy.length > 0 || asked.skipped > 0)
    await inTenantOf(deps, asked, async (tx) => {
      const synced = { state: "done", outcome: { code: "synced", rows: outcome.rows } } as const;
      if (outcome.answer !== undefined) await settleAsked(tx, asked, outcome.answer, "");
      else if (asked.askedBy.length > 0) await settleCommands(tx, asked.datasourceId, { ids: asked.askedBy }, synced);
      if (asked.skipped > 0) await noteSkipped(tx, asked);
      await announce(tx, asked.datasourceId);
    });
  return plain("done", outcome);
}

/** The others went on. What fails is said, and since when; no success is claimed where more than a right is missing. */
async function partly(deps: WorkDeps, asked: RunAsked, outcome: SyncOutcome & { kind: "done" }): Promise<RunResult> {
  const isWell = outcome.failedStreams.every(({ lacksItsRight }) => lacksItsRight);
  const names = outcome.failedStreams.map(({ stream }) => stream);
  const said = shortly(outcome.failedStreams[0]?.failure.said ?? "");
  await inTenantOf(deps, asked, async (tx) => {
    await tx.sql`
      with before as (select id, failures->'streams' as streams from datasources where id = ${asked.datasourceId})
      update datasources d set failures = d.failures || jsonb_build_object('streams', jsonb_build_object('names',
        ${names}::text[], 'said', ${said}::text,
        'since', coalesce((before.streams->>'since')::float8, extract(epoch from now()) * 1000)))
      from before where d.id = before.id and d.generation = ${asked.generation}`;
    if (!isWell) await settleAsked(tx, asked, outcome.answer ?? "streamsFailed", said);
    await noticeFailedStreams(tx, asked.datasourceId, outcome.failedStreams);
    await announce(tx, asked.datasourceId);
  });
  deps.log.error("streams failed", { datasourceId: asked.datasourceId, streams: names, said });
  return isWell ? landed(deps, asked, outcome) : { ...plain("failed", outcome), retryAt: null };
}

/** Points of the rhythm that went by unanswered: this run caught up for them once. */
async function noteSkipped(tx: Parameters<typeof settleCommands>[0], asked: RunAsked): Promise<void> {
  await tx.sql`
    update runs set outcome = coalesce(outcome, '{}') || jsonb_build_object('skipped', ${asked.skipped}::int)
    where datasource_id = ${asked.datasourceId} and kind = 'sync' and n = ${asked.n}`;
}

async function settle(deps: WorkDeps, asked: RunAsked, outcome: WorkOutcome): Promise<RunResult> {
  switch (outcome.kind) {
    case "done":
    case "more":
      return plain(outcome.kind, outcome);
    case "throttled": {
      const until = Date.parse(outcome.until);
      const because = limitIn(outcome);
      const intent = await writeAndRead(deps, asked, (tx) => writeThrottle(tx, asked.datasourceId, until, because));
      // What was asked for stays asked for: it is answered by the sync that the limit lets through.
      return asked.askedBy.length === 0
        ? plain("later", outcome, until)
        : { ...plain("later", outcome, until), intent };
    }
    case "providerDown":
      return down(deps, asked, outcome);
    case "fenced":
      return {
        ...plain("changed", outcome, Date.now() + AGAIN_MS),
        intent: await inTenantOf(deps, asked, (tx) => readIntent(tx, asked.datasourceId, deps.platformRules)),
      };
    case "failed":
      return failed(deps, asked, outcome);
  }
}

/** An outage of the source spends no budget: the next point, or the moment that the source named. */
async function down(
  deps: WorkDeps,
  asked: RunAsked,
  outcome: WorkOutcome & { kind: "providerDown" },
): Promise<RunResult> {
  const retryAt = outcome.retryAt === null ? null : Date.parse(outcome.retryAt);
  await inTenantOf(deps, asked, async (tx) => {
    const next = wakeAfter(asked.datasourceId, Date.now(), asked.intervalMs, asked.quiet);
    await writeThrottle(tx, asked.datasourceId, retryAt ?? next, "providerDown");
    await raiseNotice(tx, asked.datasourceId, "sourceDown", { said: outcome.said });
    await settleAsked(tx, asked, "providerDown", outcome.said);
    await announce(tx, asked.datasourceId);
  });
  return plain("later", outcome, retryAt);
}

async function failed(deps: WorkDeps, asked: RunAsked, outcome: WorkOutcome & { kind: "failed" }): Promise<RunResult> {
  const { failure } = outcome;
  const verdict = verdictOn(outcome);
  if (verdict.kind === "later") return down(deps, asked, downOf(outcome, failure, verdict.retryAt));
  // Answered whatever comes of it: a command left open is rung for, and a ring cuts the wait for a second look short.
  await inTenantOf(deps, asked, (tx) => settleAsked(tx, asked, failure.class, failure.said));
  if (verdict.kind === "gone") return plain("gone", outcome);
  if (verdict.kind === "shape" || verdict.kind === "bug")
    // Whoever presses it again and again is to stop no sync by that.
    return isCheckAsked(asked) ? plain("failed", outcome) : countFailure(deps, asked, failure.said, outcome.rows > 0);
  const intent = await writeAndRead(deps, asked, (tx) => writeVerdict(tx, asked.datasourceId, verdict));
  return { ...plain("changed", outcome), intent };
}

const downOf = (
  { pages, rows, intentVersion }: WorkOutcome & { kind: "failed" },
  { said }: FailureSummary,
  retryAt: number | null,
): WorkOutcome & { kind: "providerDown" } => ({
  kind: "providerDown",
  said,
  retryAt: retryAt === null ? null : new Date(retryAt).toISOString(),
  pages,
  rows,
  intentVersion,
});

const isCheckAsked = (asked: RunAsked | DailyAsked): boolean => "kind" in asked && asked.askedBy.length > 0;

/** A check asks one thing alone: what the source said to that is the whole answer. */
async function settleAsked(
  tx: Parameters<typeof settleCommands>[0],
  asked: RunAsked | DailyAsked,
  code: string,
  said: string,
): Promise<void> {
  const { askedBy: ids, datasourceId } = asked;
  if (ids.length === 0) return;
  const outcome = isCheckAsked(asked) ? { code: "notChecked", because: code, said: shortly(said) } : { code };
  await settleCommands(tx, datasourceId, { ids }, { state: "failed", outcome });
}

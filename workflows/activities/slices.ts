/** One call of the child: a piece of a slice, at most ten minutes, from its committed cursor. */
import type { TenantTransaction } from "@headwater/db";
import { historyRests } from "../lifecycle/quiet.ts";
import type { WorkOutcome } from "../load/outcome.ts";
import { countFailure } from "./budget.ts";
import type { AtGeneration, SliceAsked, SliceResult } from "./contract.ts";
import type { WorkDeps } from "./deps.ts";
import { nextAfter, noteEnd, noteThrown, noteTroubles } from "./attempts.ts";
import type { Attempt } from "./attempts.ts";
import { sliceAt } from "./history.ts";
import type { SliceFound } from "./history.ts";
import { verdictOn, writeVerdict } from "./judging.ts";
import { closeNotices, noticeRetired, raiseNotice } from "./noticing.ts";
import { readIntent } from "./reading.ts";
import { loadRef } from "./refs.ts";
import { runId } from "@headwater/db";
import { ApplicationFailure } from "@temporalio/common";
import { announce, inTenantOf } from "./writing.ts";
import { watched } from "./watch.ts";

const DOWN_MS = 30_000;

/** May be killed anywhere: the checkpoint moves in the same transaction as the rows it covers. */
export async function workOnSlice(deps: WorkDeps, asked: SliceAsked): Promise<SliceResult> {
  const at = await inTenantOf(deps, asked, (tx) => sliceAt(tx, asked.runId, asked.position));
  if (at === null || (at.mayRest && (await rests(deps, asked)))) return { kind: "stopped", retryAt: null };
  const { kind, n } = partsOf(asked.runId);
  const ref = loadRef(asked);
  const run = { ...ref, runId: runId(ref.datasourceId, kind, n), kind, n };
  const slice = { ...run, sliceId: at.id };
  const attempt = { run, began: new Date() };
  const outcome = await watched(
    (options) => deps.load.workOnSlice(deps.loadDeps, slice, options),
    (retryAt) => noteThrown(deps, attempt, retryAt, { stream: at.stream, sliceId: at.id }),
  );
  const result = await settle(deps, asked, at.stream, outcome);
  await note(deps, attempt, at, { outcome, result });
  return (await isReordered(deps, asked)) ? { ...result, replan: true } : result;
}

/** What has ended for the quiet hours goes on by the entity, which knows when. */
const rests = (deps: WorkDeps, asked: SliceAsked): Promise<boolean> =>
  inTenantOf(deps, asked, async (tx) => {
    const intent = await readIntent(tx, asked.datasourceId, deps.platformRules);
    return intent !== null && historyRests(intent.quiet, Date.now()) !== null;
  });

async function note(
  deps: WorkDeps,
  attempt: Attempt,
  { id: sliceId, stream, hadTrouble }: SliceFound,
  { outcome, result }: { readonly outcome: WorkOutcome; readonly result: SliceResult },
): Promise<void> {
  const { troubles = [] } = outcome;
  if (troubles.length > 0) {
    const now = Date.now();
    const next = nextAfter(outcome, result, { nextPoint: now + DOWN_MS, isSlice: true, now });
    const named = troubles.map((trouble) => ({ stream, sliceId, ...trouble }));
    await noteTroubles(deps, attempt, named, { ...next, goesOn: true });
  } else if (hadTrouble && outcome.kind === "done")
    await noteEnd(deps, attempt, { stream, sliceId, read: outcome.rows });
}

const isReordered = (deps: WorkDeps, asked: SliceAsked): Promise<boolean> =>
  inTenantOf(deps, asked, async (tx) => {
    const [run] = await tx.sql<
      { version: number }[]
    >`select plan_version as version from runs where id = ${asked.runId}`;
    return asked.planVersion !== undefined && run !== undefined && run.version > asked.planVersion;
  });

/** `{datasourceId}:{kind}:{n}` */
function partsOf(id: string): { kind: "backfill" | "resync"; n: number } {
  const [, kind, n] = id.split(":");
  if (kind !== "backfill" && kind !== "resync") throw new TypeError("Not a child's run");
  return { kind, n: Number(n) };
}

async function settle(deps: WorkDeps, asked: SliceAsked, stream: string, outcome: WorkOutcome): Promise<SliceResult> {
  switch (outcome.kind) {
    case "done":
    case "more":
      if (outcome.rows > 0) await inTenantOf(deps, asked, (tx) => closeNotices(tx, asked.datasourceId, "sourceDown"));
      return { kind: outcome.kind, retryAt: null };
    case "throttled":
      return { kind: "later", retryAt: Date.parse(outcome.until) };
    case "providerDown":
      await inTenantOf(deps, asked, (tx) => raiseNotice(tx, asked.datasourceId, "sourceDown", { said: outcome.said }));
      return { kind: "later", retryAt: outcome.retryAt === null ? Date.now() + DOWN_MS : Date.parse(outcome.retryAt) };
    case "fenced":
      return { kind: "stopped", retryAt: null };
    case "failed":
      return failed(deps, asked, stream, outcome);
  }
}

async function failed(
  deps: WorkDeps,
  asked: SliceAsked,
  stream: string,
  outcome: WorkOutcome & { kind: "failed" },
): Promise<SliceResult> {
  const verdict = verdictOn(outcome);
  switch (verdict.kind) {
    case "credential":
    case "frozen":
      await inTenantOf(deps, asked, (tx) => writeVerdict(tx, asked.datasourceId, verdict));
      return { kind: "stopped", retryAt: null };
    case "gone":
      return { kind: "suspect", retryAt: null };
    case "later":
      return { kind: "later", retryAt: verdict.retryAt ?? Date.now() + DOWN_MS };
    case "shape":
      await inTenantOf(deps, asked, async (tx) => {
        await giveUp(tx, asked);
        await noticeRetired(tx, asked.datasourceId, stream, outcome.failure);
      });
      return { kind: "failed", retryAt: null };
    case "bug": {
      const counted = await countFailure(deps, asked, outcome.failure.said, outcome.rows > 0);
      return { kind: counted.kind === "changed" ? "stopped" : "later", retryAt: counted.retryAt };
    }
  }
}

/** That window of that stream cannot be read; the others go on. */
async function giveUp(tx: TenantTransaction, { datasourceId, runId: run, position }: SliceAsked): Promise<void> {
  await tx.sql`
    update slices set state = 'failed', finished_at = now()
    where run_id = ${run} and position = ${position} and state <> 'done'`;
  await announce(tx, datasourceId);
}

/** A worker's clock is ahead of the database's: nothing is deleted that may be undone yet. */
const notYet = (): ApplicationFailure =>
  ApplicationFailure.create({ type: "early", message: "The undo has not lapsed yet", nextRetryDelay: 1_000 });

/** Five thousand rows a statement, lowest priority, as long as a call may take; told again it finds what is left. */
export async function purgeBatch(deps: WorkDeps, ref: AtGeneration): Promise<{ kind: "done" | "more"; rows: number }> {
  return watched(async ({ signal, heartbeat, budget }) => {
    const endsAt = Date.now() + (budget?.ms ?? 0);
    let rows = 0;
    for (let pages = 1; Date.now() < endsAt && !signal.aborted; pages += 1) {
      const batch = await deps.load.purgeBatch(deps.loadDeps, loadRef(ref));
      if (batch.kind === "early") throw notYet();
      rows += batch.rows;
      heartbeat({ pages, rows });
      if (batch.kind === "done") return { kind: "done", rows };
    }
    return { kind: "more", rows };
  });
}

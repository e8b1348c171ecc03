/** One wake's runs, one after another, each in a scope of its own that a newer intent can cancel. */
import { CancellationScope, condition, isCancellation } from "@temporalio/workflow";
import type { BrokenRun, RunResult } from "../activities/contract.ts";
import type { DailyKind } from "../lifecycle/due.ts";
import { forbidsRunning } from "../lifecycle/phases.ts";
import type { Calls } from "./calls.ts";
import type { DatasourceLife } from "./life.ts";

export async function carryOutRuns(
  life: DatasourceLife,
  calls: Calls,
  runs: readonly ("sync" | DailyKind)[],
  askedBy: readonly string[],
): Promise<void> {
  for (const [place, kind] of runs.entries()) {
    if (kind !== "sync" && (life.intent === null || forbidsRunning(life.intent.facts, Date.now()))) return;
    const isOver = await carryOutRun(life, calls, kind, place === 0 ? askedBy : []);
    if (isOver || life.isRung) return;
  }
}

/**
 * What is told to wait, or has more to read, goes on at the next step. A limit of time, for what took its place counts already.
 * A sync that was under way at the switch reads no further than it set out to: its windows are finished by one that reads on.
 */
export async function readToSwitch(life: DatasourceLife, calls: Calls, until: number): Promise<void> {
  if (life.lastReading === null) life.forgetSync();
  const end = { isOver: true };
  try {
    await CancellationScope.withTimeout(Math.max(1, until - Date.now()), async () => {
      end.isOver = await carryOutRun(life, calls, "sync", []);
    });
  } catch (error) {
    if (CancellationScope.current().consideredCancelled || !isCancellation(error)) throw error;
  }
  const goesOn = life.unfinished.sync !== undefined || (life.notBefore ?? 0) > Date.now();
  life.lastReading = end.isOver ? (goesOn ? "open" : "notRead") : "read";
}

/** True where what lies behind it on this wake must not run. */
async function carryOutRun(
  life: DatasourceLife,
  calls: Calls,
  kind: "sync" | DailyKind,
  askedBy: readonly string[],
): Promise<boolean> {
  const { ref, generation, skipped, intervalMs } = life;
  const quiet = life.intent?.quiet?.windows;
  const of = { ...ref, generation, n: life.nextN(kind), askedBy, skipped, intervalMs };
  const asked = quiet === undefined ? of : { ...of, quiet };
  const source = askedBy.length > 0 ? calls.asked : calls.hourly;
  const call = () => (kind === "sync" ? source.sync(asked) : source.daily({ ...asked, kind }));
  const run = { kind, n: asked.n, askedBy };
  let result = await watched(life, calls, run, call);
  while (result?.goOn === true && (await mayGoOn(life, result.retryAt))) result = await watched(life, calls, run, call);
  if (result === null) return true;
  life.unfinished = { ...life.unfinished };
  if (result.kind === "more") life.unfinished[kind] = asked.n;
  else delete life.unfinished[kind];
  if (result.kind === "gone") life.seemsGone = true;
  if (kind === "sync") {
    if (result.kind === "more") return true;
    life.cycleEnded(result, askedBy);
  } else {
    if (result.intent !== undefined) life.know(result.intent);
    if (askedBy.length > 0) life.checked(result, askedBy);
    else if (result.kind !== "more") life.dailyDone(kind);
  }
  return result.kind !== "done";
}

/** A report that takes long is waited for, but no sync is: whoever rings, and the next point of the rhythm, come first. */
async function mayGoOn(life: DatasourceLife, retryAt: number | null): Promise<boolean> {
  const nextAt = life.knowledge()?.nextAt ?? 0;
  if (life.isRung || (retryAt ?? Date.now()) >= nextAt) return false;
  if (retryAt !== null) await life.wait(retryAt);
  return !life.isRung && Date.now() < nextAt;
}

/** Works until done, reads what is rung meanwhile, and stops where that forbids it. Null: stopped. */
async function watched(
  life: DatasourceLife,
  calls: Calls,
  run: BrokenRun,
  call: () => Promise<RunResult>,
): Promise<RunResult | null> {
  const scope = new CancellationScope({ cancellable: true });
  const state = { isSettled: false };
  const running = scope.run(call).finally(() => {
    state.isSettled = true;
  });
  running.catch(() => undefined); // awaited below; until then its failure belongs to nobody
  while (!state.isSettled) {
    await condition(() => state.isSettled || life.isRung);
    if (state.isSettled) break;
    await life.read(() => calls.rows.loadIntent(life.ref));
    if (life.intent === null || forbidsRunning(life.intent.facts, Date.now())) scope.cancel();
  }
  try {
    return await running;
  } catch (error) {
    if (CancellationScope.current().consideredCancelled) throw error;
    if (isCancellation(error)) return null;
    return calls.rows.countFailure({ ...life.ref, generation: life.generation, said: String(error), run });
  }
}

/** The entity: one datasource from Connect to its end. It reads the rows, asks the pure rules what comes next, and carries that out. */
import { CancellationScope, isCancellation, makeContinueAsNewFunc, patched, setHandler } from "@temporalio/workflow";
import type { Look } from "../activities/contract.ts";
import { nextStep } from "../lifecycle/phases.ts";
import type { Step } from "../lifecycle/phases.ts";
import { callsFor } from "./calls.ts";
import type { Calls } from "./calls.ts";
import { adoptChild, adoptImport, startPurge, stopChild, stopImport } from "./children.ts";
import { migrateInput } from "./input.ts";
import type { DatasourceInput } from "./input.ts";
import { DatasourceLife } from "./life.ts";
import { backfillDone, debugState, intent } from "./messages.ts";
import { carryOutRuns, readToSwitch } from "./runs.ts";

const CLOCKS_DIFFER_MS = 2_000;
/** Since 2026-11-22: a history that met no account is not begun again before the account was looked at. */
const ACCOUNT_BEFORE_HISTORY = "account-before-history";
/** Since 2026-11-23: the first spot check comes when the history is in. */
const FIRST_CHECK_AT_ONCE = "first-check-at-once";
/** Since 2026-11-23: a check that somebody asks for comes at once. */
const CHECK_WHEN_ASKED = "check-when-asked";

export async function datasource(given: DatasourceInput): Promise<void> {
  const life = new DatasourceLife(migrateInput(given));
  const calls = callsFor(life.input.organisationId);
  setHandler(intent, ({ version }) => life.heard(version));
  setHandler(backfillDone, (news) => life.heardOf(news));
  setHandler(debugState, () => life.knowledge());

  for (;;) {
    if (life.isRung) await life.read(() => calls.rows.loadIntent(life.ref));
    const known = life.knowledge();
    if (known === null) return;
    if (life.isDueToContinueAsNew() && !CancellationScope.current().consideredCancelled) {
      return makeContinueAsNewFunc<typeof datasource>({ typedSearchAttributes: life.attributesForNextRun() })(
        life.carriedOver(),
      );
    }
    const checksAtOnce = life.awaitsFirstCheck && patched(FIRST_CHECK_AT_ONCE);
    const checksWhenAsked = life.isCheckAsked && patched(CHECK_WHEN_ASKED);
    const step = nextStep({ ...known, checksAtOnce, checksWhenAsked }, Date.now());
    if (step.kind === "end") return;
    await carryOut(life, calls, step);
  }
}

async function carryOut(life: DatasourceLife, calls: Calls, step: Exclude<Step, { kind: "end" }>): Promise<void> {
  switch (step.kind) {
    case "wait":
      return life.wait(step.until);
    case "release":
      life.know(await calls.rows.releaseAttempt({ ...life.ref, generation: life.generation }));
      life.notBefore = Date.now() + CLOCKS_DIFFER_MS; // the database's clock decides what is late
      return;
    case "listAccounts":
      return look(life, calls, () =>
        calls.asked.listAccounts({ ...life.atSeq, choosingMs: life.input.durations.choosingMs }),
      );
    case "verify":
      return look(life, calls, () => calls.asked.verify(life.atSeq));
    case "park":
      await stopChild(life);
      return life.know(await calls.rows.applyTransition({ ...life.atSeq, to: step.phase, reason: step.reason }));
    case "beginBackfill":
      return life.know(await calls.rows.beginBackfill(life.newChild()));
    case "beginResync":
      return life.know(await calls.rows.beginBackfill({ ...life.newChild(), command: step.command }));
    case "adopt":
      if (life.seemsGone && patched(ACCOUNT_BEFORE_HISTORY)) return lookAgain(life, calls);
      return adoptChild(life, step.child);
    case "import":
      return adoptImport(life, step.upload);
    case "goLive":
      life.syncNow();
      return life.know(await calls.rows.applyTransition({ ...life.atSeq, to: "LIVE", reason: "newestWindowsIn" }));
    case "postpone":
      return life.postpone(step.until);
    case "run":
      await carryOutRuns(life, calls, step.runs, step.askedBy);
      return life.seemsGone ? lookAgain(life, calls) : undefined;
    case "readToSwitch":
      return readToSwitch(life, calls, step.until);
    case "endReplaced":
      return life.know(await calls.rows.endReplaced({ ...life.atSeq, isRead: life.lastReading === "read" }));
    case "registerWebhooks":
      return tellOfItsEnd(life, calls);
    case "compensate":
      await stopChild(life);
      await stopImport(life);
      // Nothing may stop it half way: what it ends was asked to end. The fence has already stopped every write.
      return CancellationScope.nonCancellable(async () => life.know(await calls.ending.compensate(life.atSeq)));
    case "finish":
      return finish(life, calls);
  }
}

/** Failed in whatever way, it is asked for again when the rows are read next. */
async function tellOfItsEnd(life: DatasourceLife, calls: Calls): Promise<void> {
  const before = life.intent;
  try {
    return life.know(await calls.hourly.registerWebhooks({ ...life.ref, generation: life.generation }));
  } catch (error) {
    if (isCancellation(error)) throw error;
    if (before !== null) life.know({ ...before, webhooksDue: false });
  }
}

/** A look at the source that decides nothing is asked again later; one that failed for a reason nobody knows counts as a failure. */
async function look(life: DatasourceLife, calls: Calls, ask: () => Promise<Look>): Promise<void> {
  let seen: Look;
  try {
    seen = await ask();
  } catch (error) {
    if (isCancellation(error)) throw error;
    const counted = await calls.rows.countFailure({ ...life.ref, generation: life.generation, said: String(error) });
    life.notBefore = counted.retryAt;
    return counted.intent === undefined ? undefined : life.know(counted.intent);
  }
  life.know(seen.intent);
  life.notBefore = seen.retryAt;
  life.quickStart = seen.quickStart ?? false;
  if (seen.saw === "proven") life.syncNow();
  if (seen.saw === "gone") await lookAgain(life, calls);
}

/** The account seems to be gone. A second look must agree before anything is ended for it. */
async function lookAgain(life: DatasourceLife, calls: Calls): Promise<void> {
  life.seemsGone = false;
  await life.wait(Date.now() + life.input.durations.secondLookMs);
  if (life.isRung) return;
  const second = await calls.asked.verify(life.atSeq);
  life.know(second.intent);
  life.notBefore = second.retryAt;
  if (second.saw === "gone") life.know(await calls.rows.disconnectBySystem(life.atSeq));
}

/** The undo has lapsed. */
async function finish(life: DatasourceLife, calls: Calls): Promise<void> {
  if (life.intent?.facts.deleteData === true) await startPurge(life);
  life.know(await calls.rows.applyTransition({ ...life.atSeq, to: "END", reason: "compensated" }));
}

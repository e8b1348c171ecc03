/**
 * One datasource's life over the real rows: the pure rules decide, the real activities carry out, as the workflow would.
 * Time does not pass here; what is written grows older instead, so that a day takes no longer than a minute.
 */
import type { RunKind } from "@headwater/db/schema/values.ts";
import { MockActivityEnvironment } from "@temporalio/testing";
import { DefaultLogger } from "@temporalio/worker";
import type { RingTarget } from "../../client.ts";
import type { Millis } from "../../lifecycle/facts.ts";
import { forbidsRunning, nextStep, wakeAfter } from "../../lifecycle/phases.ts";
import type { Intent, Knowledge, Step } from "../../lifecycle/phases.ts";
import type { DailyKind } from "../../lifecycle/due.ts";
import type { Look, RunResult } from "../contract.ts";
import type { Lane } from "./lane.ts";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** Two wakes a day. */
export const CADENCE = 12 * HOUR;
const SECOND_LOOK = 5 * MINUTE;
const MOST_STEPS = 40;
const MOST_WAKES = 60;
const FIRST_YEARS = 1e12;
const silent = new DefaultLogger("ERROR", () => undefined);

/** Every moment in it lies that much further back. */
function aged<T>(value: T, ms: Millis): T {
  const older: T = JSON.parse(JSON.stringify(value), (_key, inner: unknown) =>
    typeof inner === "number" && inner > FIRST_YEARS ? inner - ms : inner,
  );
  return older;
}

export class RowLife {
  readonly lane: Lane;
  readonly target: RingTarget;
  readonly steps: string[] = [];
  /** A worker dies after its next activity, before it could say so: the activity is begun again. */
  isCutOff = false;
  /** It does what it did before: what the rows have come to forbid, the load path's own fence stops. */
  isRepeating = false;
  /** Deaths in the middle of an activity, thrown by whatever it was asking; each is begun again. */
  deaths = 0;
  #intent: Intent | null = null;
  #isRung = true;
  #nextAt: Millis | null = null;
  #notBefore: Millis | null = null;
  #adopted: { readonly runId: string; readonly n: number } | null = null;
  #seemsGone = false;
  /** Of what another took the place of: what came of reading it once more. */
  #lastReading: "open" | "read" | "notRead" | null = null;
  #lastDaily: Partial<Record<DailyKind, Millis>> = {};
  #usedN: Partial<Record<RunKind, number>> = {};

  constructor(lane: Lane, target: RingTarget) {
    this.lane = lane;
    this.target = target;
  }

  ring(): void {
    this.#isRung = true;
  }

  /** Time passes; every timer on the way goes off. */
  async pass(ms: Millis): Promise<void> {
    let left = ms;
    for (let wakes = 0; wakes < MOST_WAKES; wakes += 1) {
      const until = await this.settle();
      if (until === null || until - Date.now() > left) break;
      const sooner = Math.max(until - Date.now(), 0) + 1;
      await this.#growOlder(sooner);
      left -= sooner;
    }
    if (left > 0) await this.#growOlder(left);
    await this.settle();
  }

  /** Carries out until there is nothing to do; when it wakes next, or null. */
  async settle(): Promise<Millis | null> {
    for (let steps = 0; steps < MOST_STEPS; steps += 1) {
      if (this.#isRung) await this.#read();
      if (this.#intent === null) return null;
      const step = nextStep(this.#knowledge(this.#intent), Date.now());
      if (step.kind === "wait") return step.until;
      if (step.kind === "end") return null;
      this.steps.push(step.kind);
      await this.#carryOut(step, this.#intent);
    }
    throw new Error(`It never comes to rest: ${this.steps.slice(-8).join(", ")}`);
  }

  /** The child does one piece of its work. False where it has none, or must wait. */
  async workOnHistory(): Promise<boolean> {
    const child = this.#adopted;
    if (child === null) return false;
    const { runId } = child;
    const { entity, history } = this.lane.activities;
    const plan = await this.#act(() => entity.planLeft({ ...this.target, runId }));
    const [position] = plan?.open ?? [];
    if (plan !== null && position === undefined) {
      await this.#act(() => entity.closeRun({ ...this.target, runId }));
      return this.#childEnded();
    }
    if (plan === null || position === undefined) return this.#childEnded();
    const isNewest = (one: number) => one < plan.newest;
    const asked = { ...this.target, runId, generation: plan.generation, position };
    const { kind } = await this.#act(() => history.workOnSlice(asked));
    if (kind === "suspect") this.#seemsGone = true;
    if (kind === "stopped" || kind === "suspect") return this.#childEnded();
    const isSettled = kind === "done" || kind === "failed";
    if (isSettled && isNewest(position) && plan.open.filter(isNewest).length === 1) this.#newestIsIn();
    return kind !== "later";
  }

  /** The run that its child works on. */
  get child(): string | null {
    return this.#adopted?.runId ?? null;
  }

  #childEnded(): boolean {
    this.#adopted = null;
    this.#isRung = true;
    return false;
  }

  #newestIsIn(): void {
    if (this.#intent !== null) this.#intent = { ...this.#intent, facts: { ...this.#intent.facts, newestIn: true } };
  }

  async #growOlder(ms: Millis): Promise<void> {
    await this.lane.growOlder(this.target, ms);
    this.#intent = aged(this.#intent, ms);
    this.#lastDaily = aged(this.#lastDaily, ms);
    if (this.#nextAt !== null) this.#nextAt -= ms;
    if (this.#notBefore !== null) this.#notBefore -= ms;
  }

  async #act<T>(work: () => Promise<T>): Promise<T> {
    const isBegunAgain = this.isCutOff;
    this.isCutOff = false;
    const begin = (attempt: number) =>
      new MockActivityEnvironment({ attempt }, { logger: silent }).run<[], T, () => Promise<T>>(work);
    const { deaths } = this;
    const repeat = async () => {
      this.isRepeating = true;
      return begin(2).finally(() => (this.isRepeating = false));
    };
    const first = await begin(1).catch((error: unknown) => {
      if (this.deaths === deaths) throw error;
      return repeat();
    });
    return isBegunAgain ? repeat() : first;
  }

  async #read(): Promise<void> {
    this.#isRung = false;
    this.#know(await this.#act(() => this.lane.activities.entity.loadIntent(this.target)));
  }

  #know(intent: Intent | null): void {
    this.#intent = intent;
    if (intent !== null) this.#lastDaily = { ...intent.lastDaily, ...this.#lastDaily };
  }

  #knowledge(intent: Intent): Knowledge {
    return {
      id: this.target.datasourceId,
      intent: { ...intent, lastDaily: this.#lastDaily },
      checksWhenAsked: true,
      lastReadingOver: this.#lastReading === "read" || this.#lastReading === "notRead",
      childAdopted: intent.child !== null && this.#adopted?.runId === intent.child.runId,
      nextAt: this.#nextAt,
      notBefore: this.#notBefore,
      intervalMs: intent.facts.cadenceMs,
      dayMs: DAY,
    };
  }

  get #atGeneration() {
    return { ...this.target, generation: this.#intent?.facts.generation ?? 0 };
  }
  get #atSeq() {
    return { ...this.#atGeneration, seq: (this.#intent?.facts.seq ?? 0) + 1 };
  }

  async #carryOut(step: Exclude<Step, { kind: "wait" } | { kind: "end" }>, intent: Intent): Promise<void> {
    const { entity, history, work } = this.lane.activities;
    const know = async (write: () => Promise<Intent | null>) => this.#know(await this.#act(write));
    const at = this.#atSeq;
    switch (step.kind) {
      case "import": // no upload is ever in these rows
        return;
      case "readToSwitch":
        return this.#readToSwitch();
      case "endReplaced":
        return know(() => entity.endReplaced({ ...at, isRead: this.#lastReading === "read" }));
      case "release":
        await know(() => entity.releaseAttempt(this.#atGeneration));
        this.#notBefore = Date.now() + 2_000;
        return;
      case "listAccounts":
        return this.#look(() => work.listAccounts({ ...at, choosingMs: HOUR }));
      case "verify":
        return this.#look(() => work.verify(at));
      case "park":
        this.#adopted = null;
        return know(() => entity.applyTransition({ ...at, to: step.phase, reason: step.reason }));
      case "beginBackfill":
      case "beginResync": {
        const { backfill = 0, resync = 0 } = intent.lastN;
        const command = step.kind === "beginResync" ? { command: step.command } : {};
        const child = { ...at, ...command, n: Math.max(backfill, resync) + 1, quickStart: false };
        return know(() => entity.beginBackfill(child));
      }
      case "adopt":
        this.#adopted = step.child;
        return;
      case "goLive":
        this.#syncNow();
        return know(() => entity.applyTransition({ ...at, to: "LIVE", reason: "newestWindowsIn" }));
      case "postpone":
        this.#nextAt = step.until;
        return;
      case "registerWebhooks":
        return know(() => work.registerWebhooks(this.#atGeneration));
      case "run":
        await this.#run(step.runs, step.askedBy);
        return this.#seemsGone ? this.#lookAgain() : undefined;
      case "compensate":
        this.#adopted = null;
        return know(() => entity.compensate(at));
      case "finish":
        if (intent.facts.deleteData) await this.#act(() => history.purgeBatch(at));
        return know(() => entity.applyTransition({ ...at, to: "END", reason: "compensated" }));
    }
  }

  /** Resume means now, not at the next point. */
  #syncNow(): void {
    this.#nextAt = null;
    this.#notBefore = null;
  }

  async #look(ask: () => Promise<Look>): Promise<void> {
    const seen = await this.#act(ask);
    this.#know(seen.intent);
    this.#notBefore = seen.retryAt;
    if (seen.saw === "proven") this.#syncNow();
    if (seen.saw === "gone") await this.#lookAgain();
  }

  async #lookAgain(): Promise<void> {
    const { entity, work } = this.lane.activities;
    this.#seemsGone = false;
    if (this.#isRung) return;
    await this.#growOlder(SECOND_LOOK);
    const second = await this.#act(() => work.verify(this.#atSeq));
    this.#know(second.intent);
    this.#notBefore = second.retryAt;
    if (second.saw === "gone") this.#know(await this.#act(() => entity.disconnectBySystem(this.#atSeq)));
  }

  async #readToSwitch(): Promise<void> {
    const last = await this.#run(["sync"], []);
    const goesOn = last === "more" || (this.#notBefore ?? 0) > Date.now();
    this.#lastReading = last === "done" ? "read" : goesOn ? "open" : "notRead";
  }

  /** How the last of them ended. */
  async #run(runs: readonly ("sync" | DailyKind)[], askedBy: readonly string[]): Promise<RunResult["kind"] | null> {
    const { work } = this.lane.activities;
    let last: RunResult["kind"] | null = null;
    for (const [place, kind] of runs.entries()) {
      const intent = this.#intent;
      if (intent === null || (kind !== "sync" && forbidsRunning(intent.facts, Date.now()))) return last;
      const n = Math.max(intent.lastN[kind] ?? 0, this.#usedN[kind] ?? 0) + 1;
      this.#usedN[kind] = n;
      const answers = place === 0 ? askedBy : [];
      const { cadenceMs: intervalMs } = intent.facts;
      const asked = { ...this.#atGeneration, n, skipped: 0, intervalMs, askedBy: answers };
      const result = await this.#act(() => (kind === "sync" ? work.sync(asked) : work.daily({ ...asked, kind })));
      if (result.kind === "gone") this.#seemsGone = true;
      if (kind === "sync") this.#cycleEnded(result, askedBy);
      else if (answers.length > 0) this.#checked(result, answers);
      else {
        if (result.intent !== undefined) this.#know(result.intent);
        this.#lastDaily = { ...this.#lastDaily, [kind]: Date.now() };
      }
      last = result.kind;
      if (last !== "done" || this.#isRung) return last;
    }
    return last;
  }

  #checked(result: RunResult, askedBy: readonly string[]): void {
    if (result.intent !== undefined) this.#know(result.intent);
    if (result.kind === "more" || result.intent !== undefined) this.#notBefore = result.retryAt;
    else if (this.#intent !== null)
      this.#intent = { ...this.#intent, open: this.#intent.open.filter(({ id }) => !askedBy.includes(id)) };
  }

  #cycleEnded(result: RunResult, askedBy: readonly string[]): void {
    this.#notBefore = result.retryAt;
    if (result.intent !== undefined) this.#know(result.intent);
    else if (this.#intent !== null) {
      const { facts, open } = this.#intent;
      const lastSuccessAt = result.kind === "done" ? Date.now() : facts.lastSuccessAt;
      const left = open.filter(({ id }) => !askedBy.includes(id));
      this.#intent = { ...this.#intent, open: left, facts: { ...facts, lastSuccessAt } };
    }
    const now = Date.now();
    const staysDue = result.retryAt !== null || (this.#nextAt !== null && this.#nextAt > now);
    if (!staysDue) this.#nextAt = wakeAfter(this.target.datasourceId, now, this.#intent?.facts.cadenceMs ?? CADENCE);
  }
}

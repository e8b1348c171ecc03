/** The child that fills history: one activity call for a piece of a slice, newest first. The rows know how far it is. */
import {
  CancellationScope,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  isCancellation,
  sleep,
  workflowInfo,
} from "@temporalio/workflow";
import type { Plan, SliceResult } from "../activities/contract.ts";
import { datasourceWorkflowId, MESSAGES } from "../lifecycle/names.ts";
import { callsFor } from "./calls.ts";
import type { Calls } from "./calls.ts";
import type { BackfillInput, BackfillOutcome } from "./input.ts";

/** Where its lanes stand. `draining`: nothing new is begun, what runs may end. */
class Filling {
  readonly input: BackfillInput;
  readonly calls: Calls;
  plan: Plan;
  ends: "stopped" | "suspect" | "continue" | null = null;
  #queue: number[];
  readonly #inWork = new Set<number>();
  readonly #newestOpen: Set<number>;

  constructor(input: BackfillInput, calls: Calls, plan: Plan) {
    this.input = input;
    this.calls = calls;
    this.plan = plan;
    this.#queue = [...plan.open];
    this.#newestOpen = new Set(plan.open.filter((position) => position < plan.newest));
  }

  get ref() {
    return { organisationId: this.input.organisationId, datasourceId: this.input.datasourceId };
  }
  next(): number | undefined {
    const { historyLength, continueAsNewSuggested } = workflowInfo();
    if (historyLength > this.input.maxEvents || continueAsNewSuggested) this.ends ??= "continue";
    const next = this.ends === null ? this.#queue.shift() : undefined;
    if (next !== undefined) this.#inWork.add(next);
    return next;
  }
  /** Older days, and what is read whole each time, wait until yesterday's numbers are there. */
  get mustWait(): boolean {
    const [next] = this.#queue;
    const isLater = next !== undefined && next >= this.plan.newest;
    const isBusy = [...this.#newestOpen].some((position) => this.#inWork.has(position));
    return this.plan.newestAlone === true && this.ends === null && isLater && isBusy;
  }
  /** Settled, or laid aside for what comes first now. */
  left(position: number): void {
    this.#inWork.delete(position);
  }
  /** The order of the work was changed, and pieces may have been cut smaller: what is in work stays with its lane. */
  renew(plan: Plan | null): void {
    if (plan === null) {
      this.ends ??= "stopped";
      return;
    }
    this.plan = plan;
    this.#queue = plan.open.filter((position) => !this.#inWork.has(position));
  }
  /** True at the moment when the newest window of every stream is in. */
  settled(position: number): boolean {
    return this.#newestOpen.delete(position) && this.#newestOpen.size === 0;
  }
}

export async function backfill(input: BackfillInput): Promise<void> {
  const calls = callsFor(input.organisationId);
  const ref = { organisationId: input.organisationId, datasourceId: input.datasourceId, runId: input.runId };
  let outcome: BackfillOutcome = "stopped";
  try {
    const plan = await calls.rows.planLeft(ref);
    if (plan !== null) {
      const filling = new Filling(input, calls, plan);
      await Promise.all(Array.from({ length: plan.concurrency }, () => lane(filling)));
      if (filling.ends === "continue") return continueAsNew<typeof backfill>(input);
      outcome = filling.ends ?? (await calls.rows.closeRun(ref)).outcome;
    }
  } catch (error) {
    if (!isCancellation(error)) throw error;
  }
  await CancellationScope.nonCancellable(() => tellParent(input, outcome));
}

async function lane(filling: Filling): Promise<void> {
  for (;;) {
    if (filling.mustWait) await condition(() => !filling.mustWait);
    const position = filling.next();
    if (position === undefined) return;
    const isSettled = await workThrough(filling, position);
    filling.left(position);
    if (isSettled && filling.settled(position)) await tellParent(filling.input, "newestIn");
  }
}

/** False where the lane has to end before the slice does. */
async function workThrough(filling: Filling, position: number): Promise<boolean> {
  for (;;) {
    const result = await call(filling, position);
    if (result.replan === true) await replan(filling, result.kind === "more" ? position : null);
    if (result.replan === true && result.kind === "more") return false;
    if (result.kind === "done" || result.kind === "failed") return true;
    if (result.kind === "stopped" || result.kind === "suspect") {
      filling.ends = result.kind;
      return false;
    }
    if (result.retryAt !== null) await sleep(Math.max(1, result.retryAt - Date.now()));
    if (filling.ends !== null) return false;
  }
}

/** `aside`: begun, and not finished; it waits its turn like any other. */
async function replan(filling: Filling, aside: number | null): Promise<void> {
  const plan = await filling.calls.rows.planLeft({ ...filling.ref, runId: filling.input.runId });
  if (aside !== null) filling.left(aside);
  filling.renew(plan);
}

async function call({ calls, input, plan, ref }: Filling, position: number): Promise<SliceResult> {
  const asked = {
    ...ref,
    runId: input.runId,
    generation: plan.generation,
    position,
    ...(plan.version === undefined ? {} : { planVersion: plan.version }),
  };
  try {
    return await calls.history.workOnSlice(asked);
  } catch (error) {
    if (isCancellation(error)) throw error;
    const counted = await calls.rows.countFailure({ ...ref, generation: plan.generation, said: String(error) });
    return { kind: counted.kind === "changed" ? "stopped" : "later", retryAt: counted.retryAt };
  }
}

/** Where the parent is gone, the rows tell whoever starts it again. */
async function tellParent({ datasourceId, runId }: BackfillInput, outcome: BackfillOutcome): Promise<void> {
  try {
    const parent = getExternalWorkflowHandle(datasourceWorkflowId(datasourceId));
    await parent.signal(MESSAGES.backfillDone, { backfillId: runId, outcome });
  } catch (error) {
    if (isCancellation(error)) throw error; // else nobody is there to be told
  }
}

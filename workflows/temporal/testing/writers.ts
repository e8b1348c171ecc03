/** Who is at a datasource's streams when. No two runs write them at once, but a history or a range read again beside the sync. */
import type { RunRef } from "../../load/contract.ts";

interface Call {
  readonly run: RunRef;
  /** What the fence let through; what it stopped has written nothing. */
  wrote: boolean;
}

const isHistory = ({ kind }: RunRef): boolean => kind === "backfill" || kind === "resync";

export class Writers {
  readonly #open = new Map<string, Set<Call>>();
  readonly #met: (readonly [Call, Call])[] = [];

  /** From before the source is asked until what it said is written. */
  async during<T>(run: RunRef, work: (wrote: () => void) => Promise<T>): Promise<T> {
    const lane = `${run.datasourceId} ${isHistory(run) ? "history" : "sync"}`;
    const call: Call = { run, wrote: false };
    const open = this.#open.get(lane) ?? new Set();
    this.#open.set(lane, open);
    for (const other of open) if (other.run.runId !== run.runId) this.#met.push([other, call]);
    open.add(call);
    try {
      return await work(() => (call.wrote = true));
    } finally {
      open.delete(call);
    }
  }

  /** Each two runs that wrote what the other was writing. */
  together(): string[] {
    const told = ({ run }: Call) => `${run.kind} ${run.n}`;
    return this.#met
      .filter(([one, other]) => one.wrote && other.wrote)
      .map(([one, other]) => `${told(one)} and ${told(other)} of ${one.run.datasourceId}`);
  }
}

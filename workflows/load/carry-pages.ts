/** The load loop: pages into batches, a batch committed while the next one fills, until the slice, budget or patience ends. */
import type { Cursor, Notice, Page, SliceSpec, Stream } from "@headwater/connectors/contract.ts";
import { SourceFailure } from "@headwater/connectors/failure.ts";
import type { SourceSession } from "@headwater/connectors/session.ts";
import { setTimeout as sleep } from "node:timers/promises";
import { Batch } from "./batch.ts";
import { type BatchContext, type BatchWriter, commitBatch, type Committed, type StepOf } from "./commit-batch.ts";
import type { WorkOptions } from "./contract.ts";
import { announce } from "./notifier.ts";
import { addLedgers, emptyLedger, type Ledger } from "./outcome.ts";
import { steadyPages } from "./pages.ts";
import type { Place, Step } from "./places.ts";
import type { Heard } from "./read-notices.ts";

/** A source's report that is ready within this time is waited for in place. */
const SHORT_WAIT_MS = 30_000;
/** So often less may come than was announced; then what came stands, and is said to be less. */
export const SHORTFALLS_MAX = 3;
export const DEFAULT_BUDGET = { ms: 600_000, pages: 5_000 };

type RecordsPage = Extract<Page, { kind: "records" }>;

export interface MovingPlace extends Place {
  moved(step: Step): void;
}

export interface Carriage {
  context: BatchContext;
  place: MovingPlace;
  stream: Stream;
  session: SourceSession;
  slice: SliceSpec;
  cursor: Cursor | null;
  /** Of the slice's first kind, landed by earlier calls; and what the source had announced then. */
  before: { rows: number; announced: number | null };
  /** How often the slice came short before; null where nobody counts, and once is enough. */
  shortfalls: number | null;
  /** Moves the checkpoint to here when the slice is complete; null where no checkpoint is moved. */
  through: ((page: { through?: Date }, firstAnswerAt: Date) => Date) | null;
  options: WorkOptions;
  pace: number;
  /** Told what its pages said beside their records, also where the read fails. */
  hear: (heard: Heard) => void;
  /** Where a batch goes: into the record tables, unless its window is read aside first. */
  write?: BatchWriter;
}

export interface Carried {
  kind: "done" | "more" | "throttled";
  until: Date | null;
  because: string | null;
  pages: number;
  records: number;
  ledger: Ledger;
  intentVersion: number;
  /** Complete up to here, when done; and whether that has been written, or is left to the caller. */
  through: Date | null;
  isWritten: boolean;
}

/** A carriage that may leave its last, empty step to the caller, who writes it with other things. */
export type LastStep = "write" | "leaveWhenNothingCame";

export async function carryPages(carriage: Carriage, last: LastStep = "write"): Promise<Carried> {
  const load = new Load(carriage);
  try {
    return await load.run(last);
  } finally {
    await load.settled();
    carriage.hear(load.heard);
  }
}

class Load {
  readonly #c: Carriage;
  readonly #startedAt = Date.now();
  #batch: Batch;
  #cursor: Cursor | null;
  #announced: number | null;
  /** Records of the first kind that came since the slice began, landed or not. */
  #seen: number;
  #restarts = false;
  #inFlight: Promise<void> | null = null;
  #ledger = emptyLedger();
  #pages = 0;
  #intentVersion = 0;
  #notices: Notice[] = [];
  #mayBeShort = false;
  #firstAnswerAt: Date | null = null;
  #through: Date | null = null;
  /** What was waited for is no time of the rows that come after. */
  #reading = { since: this.#startedAt, landed: 0 };

  constructor(carriage: Carriage) {
    this.#c = carriage;
    this.#cursor = carriage.cursor;
    this.#announced = carriage.before.announced;
    this.#seen = carriage.before.rows;
    this.#batch = this.#newBatch();
  }

  async run(last: LastStep): Promise<Carried> {
    const { stream, session, slice, options } = this.#c;
    for await (const { page, restarted, askedAt } of steadyPages({
      stream,
      session,
      slice,
      cursor: this.#cursor,
      pace: this.#c.pace,
    })) {
      this.#firstAnswerAt ??= new Date(session.clock.now().getTime() - (Date.now() - this.#startedAt));
      if (restarted) this.#beginAgain();
      this.#cursor = page.cursor;
      if (page.kind === "waiting") {
        const waitMs = page.until.getTime() - session.clock.now().getTime();
        await this.#commit({ waitingFor: { until: page.until.toISOString(), ...page.because } });
        const because = page.isLimit === true ? "rateLimit" : "waitingForReport";
        if (waitMs > SHORT_WAIT_MS || this.#isSpent()) return this.#result("throttled", page.until, because);
        await sleep(Math.max(0, waitMs), undefined, { signal: options.signal });
        this.#reading = { since: Date.now(), landed: this.#ledger.read };
        continue;
      }
      this.#take(page, askedAt);
      if (page.done) {
        await this.#checkAnnounced();
        this.#through = this.#c.through?.(page, this.#firstAnswerAt ?? session.clock.now()) ?? null;
        if (last === "write" || !this.#isUntouched()) {
          await this.#commit({ isDone: true, through: this.#through });
        }
        return this.#result("done");
      }
      if (this.#isSpent() || options.signal.aborted) {
        await this.#commit({});
        options.signal.throwIfAborted();
        return this.#result("more");
      }
      if (this.#batch.isFull) await this.#startCommit({});
    }
    throw new Error("unreachable: steady pages end with a page that is done");
  }

  /** Whatever was begun has ended, well or badly. */
  async settled(): Promise<void> {
    await this.#inFlight?.catch(() => undefined); // the first failure has been thrown to the caller
    this.#batch.release();
  }

  get heard(): Heard {
    return { stream: this.#c.stream.name, hasRecords: this.#ledger.read > 0, notices: this.#notices };
  }

  #take(page: RecordsPage, askedAt: Date): void {
    const { firstKind } = this.#c.context;
    const { whole = [] } = page;
    this.#batch.addPage(page.records, page.rejected, { whole, askedAt });
    this.#seen += page.records.filter(({ kind }) => kind === firstKind).length;
    this.#seen += page.rejected.filter(({ kind }) => kind === firstKind).length;
    this.#pages += 1;
    if (page.announced !== undefined) this.#announced = page.announced;
    this.#notices.push(...(page.notices ?? []));
    this.#mayBeShort ||= page.mayBeShort === true;
    this.#c.options.heartbeat({ pages: this.#pages, rows: this.#ledger.read + this.#batch.records });
  }

  #isSpent(): boolean {
    const { ms, pages } = this.#c.options.budget ?? DEFAULT_BUDGET;
    return this.#pages >= pages || Date.now() - this.#startedAt >= ms;
  }

  /** Not one record in this call, and nothing written yet. */
  #isUntouched(): boolean {
    return this.#inFlight === null && this.#batch.records === 0 && this.#c.cursor === null;
  }

  /** Waits for the batch before, hands this one over and goes on filling the next. */
  async #startCommit(to: Partial<StepOf>): Promise<void> {
    await this.#inFlight;
    const batch = this.#batch;
    this.#batch = this.#newBatch();
    const committed = this.#commitNow(batch, to);
    committed.catch(() => undefined); // thrown where the next batch, or the end, waits for it
    this.#inFlight = committed;
  }

  async #commit(to: Partial<StepOf>): Promise<void> {
    await this.#startCommit(to);
    await this.#inFlight;
  }

  async #commitNow(batch: Batch, to: Partial<StepOf>): Promise<void> {
    const { context, place } = this.#c;
    const startsOver = this.#restarts;
    this.#restarts = false;
    const committed = await this.#commitOf(batch, {
      cursor: this.#cursor,
      announced: this.#announced,
      calledFor: (Date.now() - this.#reading.since) / 1000,
      readBefore: this.#ledger.read - this.#reading.landed,
      isDone: false,
      through: null,
      waitingFor: null,
      mayBeShort: this.#mayBeShort,
      startsOver,
      fellShort: false,
      ...to,
    });
    place.moved(committed.step);
    this.#note(committed);
    announce(context.sql, context.run);
  }

  async #commitOf(batch: Batch, to: StepOf): Promise<Committed> {
    const { context, place, write } = this.#c;
    try {
      return await commitBatch({ context, place, batch, to }, write);
    } finally {
      batch.release();
    }
  }

  #note({ ledger, fence }: Committed): void {
    this.#ledger = addLedgers(this.#ledger, ledger);
    this.#intentVersion = fence.intent_version;
  }

  /**
   * Less came than the source had said: the slice fails, and begins anew next time. Again and again, it is given up with
   * what came: the history then has a hole that is said. More is no loss: an open window grows while it is read.
   */
  async #checkAnnounced(): Promise<void> {
    if (this.#announced === null || this.#announced <= this.#seen) return;
    const said = `announced ${this.#announced}, came ${this.#seen}`;
    const { shortfalls } = this.#c;
    const isGivenUp = shortfalls !== null && shortfalls + 1 >= SHORTFALLS_MAX;
    if (isGivenUp) await this.#commit({ fellShort: true, mayBeShort: true });
    else {
      this.#beginAgain();
      this.#cursor = null;
      await this.#commit({ announced: null, fellShort: true });
    }
    const isOver = isGivenUp || shortfalls === null;
    throw new SourceFailure({ class: isOver ? "invalid_request" : "transient", code: "pages.announced", said });
  }

  #beginAgain(): void {
    this.#restarts = true;
    this.#seen = 0;
    this.#batch.release();
    this.#batch = this.#newBatch();
  }

  #newBatch(): Batch {
    return new Batch(this.#c.context.zone);
  }

  #result(kind: Carried["kind"], until: Date | null = null, because: string | null = null): Carried {
    return {
      kind,
      until,
      because,
      pages: this.#pages,
      records: this.#ledger.read,
      ledger: this.#ledger,
      intentVersion: this.#intentVersion,
      through: this.#through,
      isWritten: this.#inFlight !== null,
    };
  }
}

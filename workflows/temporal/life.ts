/** What one run of the entity holds in memory: the last reading of the rows, and when it wakes. Decisions are in `lifecycle`. */
import type { RunKind } from "@headwater/db/schema/values.ts";
import { condition, upsertSearchAttributes, workflowInfo } from "@temporalio/workflow";
import { defineSearchAttributeKey, SearchAttributeType } from "@temporalio/common";
import type { RunResult } from "../activities/contract.ts";
import type { DailyKind } from "../lifecycle/due.ts";
import { holdsNow } from "../lifecycle/facts.ts";
import type { Millis } from "../lifecycle/facts.ts";
import { SEARCH_ATTRIBUTES } from "../lifecycle/names.ts";
import type { Intent, Knowledge } from "../lifecycle/phases.ts";
import { outOfQuiet, wakeAfter } from "../lifecycle/phases.ts";
import { pointsMissed } from "../lifecycle/spread.ts";
import type { BackfillNews, Carried, DatasourceInput } from "./input.ts";

const keyword = (name: string) => defineSearchAttributeKey(name, SearchAttributeType.KEYWORD);
const attributes = {
  platform: keyword(SEARCH_ATTRIBUTES.platform),
  organisation: keyword(SEARCH_ATTRIBUTES.organisation),
  phase: keyword(SEARCH_ATTRIBUTES.phase),
  hold: keyword(SEARCH_ATTRIBUTES.hold),
  dueAt: defineSearchAttributeKey(SEARCH_ATTRIBUTES.dueAt, SearchAttributeType.DATETIME),
};

export class DatasourceLife {
  readonly input: DatasourceInput;
  intent: Intent | null = null;
  notBefore: Millis | null;
  /** A run whose budget was spent before its work was: the next call goes on with it. */
  unfinished: Partial<Record<RunKind, number>>;
  seemsGone = false;
  deletionBegun = false;
  /** Of what another took the place of: what came of reading it once more. */
  lastReading: "open" | "read" | "notRead" | null = null;
  /** The source is so busy that two days come before the first week. */
  quickStart = false;
  #rung = Number.POSITIVE_INFINITY;
  #seen = -1;
  #hasNews = false;
  #wake = false;
  #adopted: { runId: string; n: number } | null = null;
  #adoptedAt: Millis = 0;
  #import: { uploadId: string; at: Millis } | null = null;
  #nextAt: Millis | null;
  /** The cadence by which `#nextAt` was planned. */
  #plannedBy: Millis | null;
  #skipped: number;
  #lastDaily: Partial<Record<DailyKind, Millis>>;
  #cycles = 0;
  #usedN: Partial<Record<RunKind, number>> = {};
  #shown: string;
  readonly #isFirstRun: boolean;

  constructor(input: DatasourceInput) {
    this.input = input;
    this.#isFirstRun = input.carried === undefined;
    this.#nextAt = input.carried?.nextAt ?? null;
    this.#plannedBy = input.carried?.intervalMs ?? null;
    this.notBefore = input.carried?.notBefore ?? null;
    this.#skipped = input.carried?.skipped ?? 0;
    this.#shown = input.carried?.shown ?? "";
    this.unfinished = input.carried?.unfinished ?? {};
    this.#lastDaily = input.carried?.lastDaily ?? {};
  }

  get ref() {
    return { organisationId: this.input.organisationId, datasourceId: this.input.id };
  }
  get generation(): number {
    return this.intent?.facts.generation ?? 0;
  }
  get atSeq() {
    return { ...this.ref, generation: this.generation, seq: (this.intent?.facts.seq ?? 0) + 1 };
  }
  get intervalMs(): Millis {
    return this.input.durations.intervalMs ?? this.intent?.facts.cadenceMs ?? 0;
  }
  get skipped(): number {
    return this.#skipped;
  }

  heard(version: number): void {
    this.#rung = Math.max(Number.isFinite(this.#rung) ? this.#rung : version, version);
  }
  /** A child that ended leaves something to read; one that has its newest windows in says all there is to know. */
  heardOf({ backfillId, outcome }: BackfillNews): void {
    if (outcome === "newestIn") return this.#newestIsIn();
    if (backfillId === this.#adopted?.runId) this.#adopted = null;
    if (backfillId === this.#import?.uploadId) this.#import = null;
    if (outcome === "suspect") this.seemsGone = true;
    this.#hasNews = true;
  }
  /** A new run reads its row once, whoever rang. */
  get isRung(): boolean {
    return this.#rung > this.#seen || this.#hasNews;
  }

  #newestIsIn(): void {
    this.#wake = true;
    if (this.intent === null) return;
    this.intent = { ...this.intent, facts: { ...this.intent.facts, newestIn: true } };
  }

  /**
   * Reads the rows and answers the commands in them. It answers every ring that was heard before it began, even of a
   * version that the rows do not know (any more); what another call brings back is known, but answers nobody.
   */
  async read(load: () => Promise<Intent | null>): Promise<void> {
    const heard = this.#rung;
    const isFirst = this.#seen < 0;
    this.#hasNews = false;
    const intent = await load();
    this.know(intent);
    if (intent === null) return;
    if (isFirst && this.#isFirstRun) this.#nextAt = intent.nextRunAt;
    this.#seen = Math.max(this.#seen, intent.facts.intentVersion, Number.isFinite(heard) ? heard : 0);
    if (!Number.isFinite(this.#rung)) this.#rung = this.#seen;
  }

  /** The rows as they now stand. */
  know(intent: Intent | null): void {
    this.intent = intent;
    if (intent === null) return;
    this.#lastDaily = { ...intent.lastDaily, ...this.#lastDaily };
    const planned = this.#plannedBy;
    this.#plannedBy = this.intervalMs;
    // Another cadence has other points: the wake that was planned is none of them.
    if (planned !== null && planned !== this.intervalMs && this.#nextAt !== null)
      this.#nextAt = wakeAfter(this.input.id, Date.now(), this.intervalMs);
  }

  knowledge(): Knowledge | null {
    if (this.intent === null) return null;
    return {
      id: this.input.id,
      intent: { ...this.intent, lastDaily: this.#lastDaily },
      childAdopted: this.#isAdopted(this.intent),
      ...(this.#import === null ? {} : { uploadAdopted: this.#isImporting(this.#import) }),
      ...(this.unfinished.sync === undefined ? {} : { syncUnfinished: true }),
      ...(this.deletionBegun ? { deletionBegun: true } : {}),
      ...(this.lastReading === "read" || this.lastReading === "notRead" ? { lastReadingOver: true } : {}),
      nextAt: this.#dueAt,
      notBefore: this.notBefore,
      intervalMs: this.intervalMs,
      dayMs: this.input.durations.dayMs,
    };
  }

  /** The child that works on this upload runs; null: none does. */
  importing(uploadId: string | null): void {
    this.#import = uploadId === null ? null : { uploadId, at: Date.now() };
  }
  get uploadAtWork(): string | null {
    return this.#import?.uploadId ?? null;
  }
  #isImporting({ at }: { at: Millis }): boolean {
    return Date.now() - at < this.input.durations.childTrustMs;
  }

  adopted(runId: string, n: number): void {
    this.#adopted = { runId, n };
    this.#adoptedAt = Date.now();
  }
  /** A child can be lost without a word: after a while it is looked for again, which starts it only where it does not run. */
  #isAdopted({ child }: Intent): boolean {
    const isFresh = Date.now() - this.#adoptedAt < this.input.durations.childTrustMs;
    return child !== null && this.#adopted?.runId === child.runId && isFresh;
  }
  /** What it still says is not needed: the rows are written and read next. */
  forgetChild(): void {
    this.#adopted = null;
    this.#hasNews = false;
  }
  get child(): { readonly runId: string; readonly n: number } | null {
    return this.#adopted;
  }

  /** Numbers come from the rows and a counter, never from chance: the same run has the same id in every replay. */
  nextN(kind: RunKind): number {
    const going = this.unfinished[kind];
    if (going !== undefined) return going;
    const n = Math.max(this.intent?.lastN[kind] ?? 0, this.#usedN[kind] ?? 0) + 1;
    this.#usedN = { ...this.#usedN, [kind]: n };
    return n;
  }
  forgetSync(): void {
    const { sync: _begun, ...others } = this.unfinished;
    this.unfinished = others;
  }
  newChild() {
    const { backfill = 0, resync = 0 } = this.intent?.lastN ?? {};
    return { ...this.atSeq, n: Math.max(backfill, resync) + 1, quickStart: this.quickStart };
  }

  /** The point as planned stays what it is: the quiet hours it falls into may be taken away again. */
  get #dueAt(): Millis | null {
    const windows = this.intent?.quiet?.windows;
    if (this.#nextAt === null || windows === undefined) return this.#nextAt;
    return outOfQuiet(this.input.id, this.#nextAt, this.intervalMs, windows);
  }

  /** Resume means now, not at the next point. */
  syncNow(): void {
    this.#nextAt = null;
    this.notBefore = null;
  }
  postpone(until: Millis): void {
    const planned = this.#dueAt;
    if (planned !== null) this.#skipped += pointsMissed(planned, Date.now(), this.intervalMs);
    this.#nextAt = until;
  }

  /** A cycle is over: the next point after now, and the points that went by meanwhile are counted, not made up for. */
  cycleEnded(result: RunResult, askedBy: readonly string[]): void {
    this.#cycles += 1;
    this.notBefore = result.retryAt;
    if (result.intent !== undefined) this.know(result.intent);
    else this.#syncLanded(result, askedBy);
    const now = Date.now();
    const planned = this.#dueAt;
    const staysDue = result.retryAt !== null || (planned !== null && planned > now);
    if (staysDue) return;
    const missed = planned === null ? 0 : pointsMissed(planned, now, this.intervalMs);
    this.#skipped = result.kind === "done" ? missed : this.#skipped + missed;
    this.#nextAt = wakeAfter(this.input.id, now, this.intervalMs);
  }

  #syncLanded({ kind, intentVersion }: RunResult, askedBy: readonly string[]): void {
    if (this.intent === null) return;
    const { facts, open } = this.intent;
    const lastSuccessAt = kind === "done" ? Date.now() : facts.lastSuccessAt;
    const left = open.filter((command) => !askedBy.includes(command.id));
    this.intent = { ...this.intent, open: left, facts: { ...facts, lastSuccessAt } };
    if (intentVersion > this.#seen) this.#rung = Math.max(this.#rung, intentVersion);
  }

  dailyDone(kind: DailyKind): void {
    this.#lastDaily = { ...this.#lastDaily, [kind]: Date.now() };
  }

  /** One that was begun and could not end goes on with the next sync. */
  get awaitsFirstCheck(): boolean {
    if (this.intent === null || this.unfinished.spotCheck !== undefined) return false;
    const { daily, facts } = this.intent;
    const isIn = facts.phase === "LIVE" && facts.backfill !== "running";
    return isIn && daily.spotCheck !== undefined && this.#lastDaily.spotCheck === undefined;
  }

  get isCheckAsked(): boolean {
    return this.intent?.open.some(({ kind }) => kind === "checkNow") === true;
  }

  /** Somebody asked for it between two of its days: its own rhythm stays what it was. */
  checked(result: RunResult, askedBy: readonly string[]): void {
    if (this.intent === null) return;
    const isOpenStill = result.kind === "more" || result.intent !== undefined;
    if (isOpenStill) this.notBefore = result.retryAt;
    else this.intent = { ...this.intent, open: this.intent.open.filter(({ id }) => !askedBy.includes(id)) };
  }

  isDueToContinueAsNew(): boolean {
    const { canEvery, maxRunMs } = this.input.durations;
    const { continueAsNewSuggested, runStartTime } = workflowInfo();
    return this.#cycles >= canEvery || continueAsNewSuggested || Date.now() - runStartTime.getTime() > maxRunMs;
  }
  carriedOver(): DatasourceInput {
    const carried: Carried = {
      nextAt: this.#nextAt,
      intervalMs: this.intervalMs,
      notBefore: this.notBefore,
      skipped: this.#skipped,
      lastDaily: this.#lastDaily,
      shown: this.#shown,
      unfinished: this.unfinished,
    };
    return { ...this.input, carried };
  }

  /** Until somebody rings or the time has come. A parked datasource costs nothing. */
  async wait(until: Millis | null): Promise<void> {
    this.show();
    const isWoken = () => this.isRung || this.#wake;
    if (until === null) await condition(isWoken);
    else await condition(isWoken, Math.max(1, until - Date.now()));
    this.#wake = false;
  }

  /** Search attributes, where it comes to rest and only if they moved. */
  show(): void {
    if (this.intent === null) return;
    const shown = this.#attributes(this.intent);
    const key = JSON.stringify(shown.map((pair) => pair.value));
    if (key === this.#shown) return;
    this.#shown = key;
    upsertSearchAttributes(shown);
  }
  attributesForNextRun() {
    if (this.intent === null) return [];
    const due = this.#dueAt;
    const dueAt = due === null ? [] : [{ key: attributes.dueAt, value: new Date(due) }];
    return [...this.#attributes(this.intent), ...dueAt];
  }
  #attributes({ platform, facts }: Intent) {
    const [hold] = holdsNow(facts, Date.now());
    const phase: string = facts.phase;
    return [
      { key: attributes.platform, value: platform },
      { key: attributes.organisation, value: this.input.organisationId },
      { key: attributes.phase, value: phase },
      { key: attributes.hold, value: hold?.reason ?? "none" },
    ];
  }
}

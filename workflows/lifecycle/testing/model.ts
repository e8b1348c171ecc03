/** The whole life in memory: the pure rules decide, this carries out what they say, a person and a source do what a test draws. */
import { actionFor } from "../actions.ts";
import type { CommandKind } from "../actions.ts";
import { authNow, holdsNow, pauseNow } from "../facts.ts";
import type { Facts, Hold, Millis } from "../facts.ts";
import { nextStep, phaseWhenProven, wakeAfter } from "../phases.ts";
import type { Knowledge, OpenChild, OpenCommand, Step } from "../phases.ts";
import { DAY, healthy, held, HOUR, NOW } from "./facts.ts";

export const MINUTE = 60_000;
const MOST_STEPS = 30;

export type Source = "ok" | "revoked" | "down" | "gone" | "frozen";

export class Life {
  now: Millis = NOW;
  facts: Facts | null;
  hasSlot = true;
  source: Source = "ok";
  readonly seen: string[] = [];
  /** Data calls that left with a grant that was dead, or while something forbade them. */
  readonly forbidden: string[] = [];
  readonly manyAccounts: boolean;
  #open: OpenCommand[] = [];
  #child: OpenChild | null = null;
  #adopted = false;
  #nextAt: Millis | null = null;
  #notBefore: Millis | null = null;
  #gone = 0;
  #isAsked = false;
  #isLastReadingOver = false;
  #n = 0;

  constructor(manyAccounts: boolean) {
    this.manyAccounts = manyAccounts;
    this.facts = healthy({
      phase: "AUTHORIZING",
      auth: "none",
      credential: false,
      accountChosen: false,
      backfill: "none",
      backfillN: 0,
      newestIn: false,
      firstNumbersAt: null,
      lastSuccessAt: null,
      authorizingUntil: NOW + 10 * MINUTE,
      seq: 0,
    });
    this.settle();
  }

  change(change: Partial<Facts>): void {
    if (this.facts !== null) this.facts = { ...this.facts, ...change };
  }

  /** As the API does: refused where it cannot be. */
  command(kind: CommandKind, change: Partial<Facts> = {}): boolean {
    if (this.facts === null || !actionFor(kind, this.facts, { role: "owner", now: this.now }).allowed) return false;
    this.change({ ...change, intentVersion: this.facts.intentVersion + 1 });
    if (kind === "syncNow" || kind === "resync" || kind === "extendHistory" || kind === "checkNow")
      this.#open.push({ id: `c-${(this.#n += 1)}`, kind });
    if (kind === "disconnect" || change.replacedAt != null) this.hasSlot = false;
    if (kind === "undoDisconnect") this.hasSlot = true;
    this.settle();
    return true;
  }

  /** A credential comes from the consent screen; too late for an attempt that was released. */
  credentialArrives(): void {
    if (this.facts === null || this.facts.disconnectedAt !== null) return;
    this.change({ candidate: true, candidateSince: this.now });
    this.settle();
  }

  hold(hold: Partial<Hold>): void {
    if (this.facts !== null)
      this.change({ holds: [...this.facts.holds, held({ ...hold, id: `h-${(this.#n += 1)}` })] });
    this.settle();
  }

  childSays(outcome: "newestIn" | "done" | "failed"): void {
    if (this.#child === null || this.facts === null || this.#isForbidden()) return;
    const now = this.now;
    const landed = { firstNumbersAt: this.facts.firstNumbersAt ?? now };
    if (this.#child.kind === "resync") {
      if (outcome !== "newestIn") this.#child = null;
    } else if (outcome === "newestIn") this.change({ newestIn: true, ...landed });
    else {
      this.#child = null;
      this.change({ backfill: outcome, ...(outcome === "done" ? { newestIn: true, ...landed } : {}) });
    }
    this.settle();
  }

  /** Time passes; every timer on the way goes off. */
  pass(ms: Millis): void {
    const end = this.now + ms;
    for (let wakes = 0; wakes < 200; wakes += 1) {
      const until = this.settle();
      if (until === null || until > end) break;
      this.now = Math.max(until, this.now + 1);
    }
    this.now = end;
    this.settle();
  }

  /** Carries out until there is nothing to do; when it wakes next, or null. */
  settle(): Millis | null {
    for (let steps = 0; steps < MOST_STEPS; steps += 1) {
      if (this.facts === null) return null;
      const step = nextStep(this.#knowledge(this.facts), this.now);
      if (step.kind === "wait") return step.until;
      if (step.kind === "end") return null;
      this.seen.push(step.kind);
      this.#carryOut(step, this.facts);
    }
    throw new Error(`It never comes to rest: ${this.seen.slice(-6).join(", ")}`);
  }

  #knowledge(facts: Facts): Knowledge {
    return {
      id: "4d9c7d7e-6f43-4c7a-9d5c-0a3c5f1b2e11",
      intent: {
        facts,
        platform: "test",
        manyAccounts: this.manyAccounts,
        daily: {},
        lastDaily: {},
        open: this.#open,
        child: this.#child,
        webhooksDue: !this.#isAsked,
        nextRunAt: null,
        lastN: {},
      },
      checksWhenAsked: true,
      lastReadingOver: this.#isLastReadingOver,
      childAdopted: this.#adopted,
      nextAt: this.#nextAt,
      notBefore: this.#notBefore,
      intervalMs: HOUR,
      dayMs: DAY,
    };
  }

  #carryOut(step: Exclude<Step, { kind: "wait" } | { kind: "end" }>, facts: Facts): void {
    switch (step.kind) {
      case "import": // no upload is ever in these facts
        return;
      case "release":
        this.facts = null;
        this.hasSlot = false;
        return;
      case "listAccounts":
        return this.change({ accountsListed: true, authorizingUntil: this.now + HOUR });
      case "verify":
        return this.#verify(facts);
      case "park": {
        const ended = step.phase === "REAUTHORIZE" && facts.auth === "ok";
        return this.change({ phase: step.phase, ...(ended ? { auth: "expired" } : {}) });
      }
      case "beginBackfill":
        this.#child = { runId: "r", kind: "backfill", n: 1 };
        return this.change({ phase: "BACKFILLING", backfill: "running", backfillN: 1 });
      case "beginResync":
        return this.#beginAsked(step.command);
      case "adopt":
        this.#adopted = true;
        return;
      case "goLive":
        this.#nextAt = null;
        return this.change({ phase: "LIVE" });
      case "postpone":
        this.#nextAt = step.until;
        return;
      case "registerWebhooks":
        this.#isAsked = true;
        return;
      case "readToSwitch":
        this.#isLastReadingOver = true;
        return this.#sync([]);
      case "endReplaced":
        return this.change({ disconnectedAt: this.now, undoUntil: this.now, generation: facts.generation + 1 });
      case "run":
        return step.runs.includes("sync") ? this.#sync(step.askedBy) : this.#check(step.askedBy);
      case "compensate":
        this.#adopted = false;
        if (this.#child?.kind === "resync") this.#child = null;
        this.#open = [];
        return this.change({
          phase: "DISCONNECTING",
          phaseReason: {
            code: "compensated",
            ...(facts.disconnectedAt === null ? {} : { disconnectedAt: facts.disconnectedAt }),
          },
          credential: false,
          candidate: false,
        });
      case "finish":
        return this.change({ phase: "END", ...(facts.deleteData ? { dataDeletedAt: this.now } : {}) });
    }
  }

  #beginAsked(command: string): void {
    const asked = this.#open.find(({ id }) => id === command);
    this.#open = this.#open.filter(({ id }) => id !== command);
    const isExtension = asked?.kind === "extendHistory";
    this.#child = { runId: "r", kind: isExtension ? "backfill" : "resync", n: 2 };
    if (isExtension) this.change({ backfill: "running", backfillN: 2, newestIn: false });
  }

  #verify(facts: Facts): void {
    this.change({ phase: "VERIFYING", lastAttemptAt: this.now });
    this.#notBefore = null;
    if (this.source === "frozen") {
      const hold = held({ id: `h-${(this.#n += 1)}`, reason: "frozenAtSource", until: this.now + DAY });
      this.change({ phase: "PAUSED", holds: [...facts.holds, hold] });
    }
    if (this.source === "down") this.#notBefore = this.now + MINUTE;
    if (this.source === "gone") this.#looksGone();
    if (this.source === "revoked") {
      const keepsOld = facts.candidate && facts.auth === "ok";
      this.change({ candidate: false, ...(keepsOld ? {} : { auth: "revoked", phase: "REAUTHORIZE" }) });
      if (keepsOld) this.change({ phase: phaseWhenProven({ ...facts, candidate: false }, this.now) });
    }
    if (this.source !== "ok") return;
    this.#gone = 0;
    this.#nextAt = null;
    this.change({
      auth: "ok",
      holds: facts.holds.filter(({ reason }) => reason !== "frozenAtSource"),
      candidate: false,
      credential: true,
      authorizingUntil: null,
      accountChosen: true,
      grantEndsAt: null,
    });
    if (this.facts !== null) this.change({ phase: phaseWhenProven(this.facts, this.now) });
  }

  #looksGone(): void {
    this.#gone += 1;
    if (this.#gone < 2 || this.facts === null) {
      this.#notBefore = this.now + 5 * MINUTE;
      return;
    }
    this.hasSlot = false;
    this.change({ disconnectedAt: this.now, undoUntil: this.now, generation: this.facts.generation + 1 });
  }

  #isForbidden(): boolean {
    if (this.facts === null) return true;
    const auth = authNow(this.facts, this.now);
    const isDead = auth !== "ok" && auth !== "expiringSoon";
    const stopped = pauseNow(this.facts, this.now) !== null || holdsNow(this.facts, this.now).length > 0;
    return isDead || stopped || this.facts.disconnectedAt !== null;
  }

  #check(askedBy: readonly string[]): void {
    if (this.#isForbidden()) this.forbidden.push(`check at ${this.now}`);
    this.#open = this.#open.filter(({ id }) => !askedBy.includes(id));
    if (this.source === "revoked") this.change({ auth: "revoked" });
    if (this.source === "gone") this.#looksGone();
  }

  #sync(askedBy: readonly string[]): void {
    if (this.#isForbidden()) this.forbidden.push(`sync at ${this.now}`);
    this.#open = this.#open.filter(({ id }) => !askedBy.includes(id));
    this.#notBefore = null;
    if (this.#nextAt === null || this.#nextAt <= this.now) this.#nextAt = wakeAfter("x", this.now, HOUR);
    if (this.source === "ok")
      this.change({ lastSuccessAt: this.now, firstNumbersAt: this.facts?.firstNumbersAt ?? this.now });
    if (this.source === "revoked") this.change({ auth: "revoked" });
    if (this.source === "gone") this.#looksGone();
  }
}

/** How a call waits and tries again: transient trouble with full jitter, a limit as long as it says, neither for ever. */
import { isSourceFailure, type Failure } from "@headwater/connectors/failure.ts";

export const PATIENCE = {
  /** Tries of one call in transient trouble, the first one included. */
  tries: 6,
  firstMs: 5_000,
  longestMs: 300_000,
  /** A limit up to here is waited out in place; longer ones are told to the workflow. */
  rateLimitMs: 60_000,
  /** Limits one after another on one call: then the workflow hears of it. */
  rateLimitsMs: 300_000,
  /** A Retry-After beyond this is not believed. */
  absurdMs: 3_600_000,
};

export type NextTry = { kind: "wait"; ms: number } | { kind: "giveUp" };

const spent = new WeakSet<object>();

/** A call has had all its tries over this failure: whoever hears of it begins nothing again before the next schedule. */
export const hasHadItsTries = (error: unknown): boolean =>
  typeof error === "object" && error !== null && spent.has(error);

export class Patience {
  readonly #pace: number;
  #troubles = 0;
  #limitedMs = 0;

  /** `pace` shortens every wait that is ours to choose; tests run at a thousandth. */
  constructor(pace = 1) {
    this.#pace = pace;
  }

  after(error: unknown, now: Date): NextTry {
    if (!isSourceFailure(error)) return { kind: "giveUp" };
    const next = this.#next(error.failure, now);
    if (next.kind === "giveUp") spent.add(error);
    return next;
  }

  #next(failure: Failure, now: Date): NextTry {
    if (failure.class === "rate_limit") return this.#afterLimit(failure.retryAt, now);
    if (failure.class === "transient") return this.#afterTrouble(failure, now);
    return { kind: "giveUp" };
  }

  /** Something came through: the count of troubles begins anew. */
  progressed(): void {
    this.#troubles = 0;
  }

  #afterLimit(retryAt: string, now: Date): NextTry {
    const ms = Math.max(100 * this.#pace, cappedWaitMs(retryAt, now));
    this.#limitedMs += ms;
    if (ms > PATIENCE.rateLimitMs || this.#limitedMs > PATIENCE.rateLimitsMs) return { kind: "giveUp" };
    return { kind: "wait", ms };
  }

  #afterTrouble(failure: Extract<Failure, { class: "transient" }>, now: Date): NextTry {
    this.#troubles += 1;
    if (this.#troubles >= PATIENCE.tries) return { kind: "giveUp" };
    const most = Math.min(PATIENCE.longestMs, PATIENCE.firstMs * 2 ** (this.#troubles - 1)) * this.#pace;
    const asked = failure.retryAt === undefined ? 0 : cappedWaitMs(failure.retryAt, now);
    if (asked > PATIENCE.rateLimitMs) return { kind: "giveUp" };
    return { kind: "wait", ms: asked + Math.random() * most };
  }
}

/** Never negative, never absurd. */
export function cappedWaitMs(retryAt: string, now: Date): number {
  const ms = Date.parse(retryAt) - now.getTime();
  return Number.isNaN(ms) ? 0 : Math.min(PATIENCE.absurdMs, Math.max(0, ms));
}

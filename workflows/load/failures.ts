/** What a run's end looks like from what was thrown. A cancelled run and a bug are thrown on; the rest are values. */
import type { Stream } from "@headwater/connectors/contract.ts";
import { type Failure, isSourceFailure } from "@headwater/connectors/failure.ts";
import { CEILING_REACHED, NotConnectable } from "../source/session.ts";
import { Fenced } from "./fence.ts";
import type { FailureSummary, Trouble, WorkOutcome } from "./outcome.ts";
import { Superseded } from "./places.ts";

export type Worked = { pages: number; rows: number; intentVersion: number };
/** Which piece of the work it was, where that is known. */
export type Piece = Omit<Trouble, "failure">;

export function outcomeOf(error: unknown, worked: Worked, piece: Piece = {}): WorkOutcome {
  if (error instanceof Fenced) return { kind: "fenced", by: error.by, ...worked, intentVersion: error.intentVersion };
  if (error instanceof Superseded) return { kind: "fenced", by: "generation", ...worked };
  if (error instanceof NotConnectable) {
    const failure = { class: "invalid_request", code: "platform.unknown", said: error.message } as const;
    return { kind: "failed", failure, ...worked, troubles: [troubleOf(failure, piece)] };
  }
  if (isSourceFailure(error)) return sourceOutcome(error.failure, worked, piece);
  throw error;
}

export function sourceOutcome(failure: Failure, worked: Worked, piece: Piece = {}): WorkOutcome {
  const told = { ...worked, troubles: troublesOf(failure, piece) };
  if (failure.class === "rate_limit") {
    const because = failure.code === CEILING_REACHED ? "ceiling" : "rateLimit";
    return { kind: "throttled", until: failure.retryAt, because, ...told };
  }
  if (failure.class === "transient") {
    return { kind: "providerDown", said: short(failure.said), retryAt: failure.retryAt ?? null, ...told };
  }
  return { kind: "failed", failure: summary(failure), ...told };
}

/** For want of a right that only an optional stream needs: without it the others are whole. */
export const lacksItsRight = (failure: FailureSummary, { optional }: Pick<Stream, "optional">): boolean =>
  failure.class === "permission" && optional && failure.curedBy !== "source";

/** A shape we do not understand, or a right of its own: the other streams go on. */
export const stopsOnlyItsStream = (failure: FailureSummary, stream: Pick<Stream, "optional">): boolean =>
  failure.class === "invalid_request" || lacksItsRight(failure, stream);

/**
 * Its slice is not tried again. What people mend at the source, or by another consent, is gone on with from where it stopped.
 * That the account is gone is seen for good by a sync alone: the history must come to its end before, and not ask for ever.
 */
export const givesUp = (failure: FailureSummary, stream: Pick<Stream, "optional">): boolean =>
  failure.class === "gone" || stopsOnlyItsStream(failure, stream);

/** The merchant's own ceiling is waited for, like a report: nothing went wrong. */
export const troublesOf = (failure: Failure, piece: Piece): Trouble[] =>
  failure.code === CEILING_REACHED ? [] : [troubleOf(failure, piece)];

export const troubleOf = (failure: Failure, piece: Piece): Trouble => ({
  ...piece,
  ended: new Date().toISOString(),
  failure: summary(failure),
});

const short = (said: string): string => said.slice(0, 200).toWellFormed();
export const summary = (failure: Failure): FailureSummary => ({ ...failure, said: short(failure.said) });

/** What a run's end looks like from what was thrown. A cancelled run and a bug are thrown on; the rest are values. */
import { type Failure, isSourceFailure } from "@headwater/connectors/failure.ts";
import { NotConnectable } from "../source/session.ts";
import { Fenced } from "./fence.ts";
import type { FailureSummary, WorkOutcome } from "./outcome.ts";
import { Superseded } from "./places.ts";

export type Worked = { pages: number; rows: number; intentVersion: number };

export function outcomeOf(error: unknown, worked: Worked): WorkOutcome {
  if (error instanceof Fenced) return { kind: "fenced", by: error.by, ...worked, intentVersion: error.intentVersion };
  if (error instanceof Superseded) return { kind: "fenced", by: "generation", ...worked };
  if (error instanceof NotConnectable) {
    return {
      kind: "failed",
      failure: { class: "invalid_request", code: "platform.unknown", said: error.message },
      ...worked,
    };
  }
  if (isSourceFailure(error)) return sourceOutcome(error.failure, worked);
  throw error;
}

export function sourceOutcome(failure: Failure, worked: Worked): WorkOutcome {
  if (failure.class === "rate_limit") {
    return { kind: "throttled", until: failure.retryAt, because: "rateLimit", ...worked };
  }
  if (failure.class === "transient") {
    return { kind: "providerDown", said: short(failure.said), retryAt: failure.retryAt ?? null, ...worked };
  }
  return { kind: "failed", failure: summary(failure), ...worked };
}

const short = (said: string): string => said.slice(0, 200);
export const summary = (failure: Failure): FailureSummary => ({ ...failure, said: short(failure.said) });

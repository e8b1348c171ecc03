import type { FailureRule } from "./facts.ts";

/** How often a source may fail for no reason that we understand, before the platform pauses its sync itself. */
export interface FailureBudget {
  readonly inARow: number;
  readonly inAll: number;
  readonly withProgress: number;
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
}

export const BUDGET: FailureBudget = {
  inARow: 5,
  inAll: 10,
  withProgress: 1_000,
  firstWaitMs: 10_000,
  longestWaitMs: 30 * 60_000,
};

export interface Failures {
  readonly inARow: number;
  readonly inAll: number;
  readonly withProgress: number;
}

export const noFailures: Failures = { inARow: 0, inAll: 0, withProgress: 0 };

/** Failures that moved something count apart: they may be many, and wait only a little. */
export const countedOn = (failures: Failures, hadProgress: boolean): Failures =>
  hadProgress
    ? { ...failures, inARow: 0, withProgress: failures.withProgress + 1 }
    : { ...failures, inARow: failures.inARow + 1, inAll: failures.inAll + 1 };

/** Which rule says that it is enough; null while none does. */
export function ruleThatFired({ inARow, inAll, withProgress }: Failures, budget: FailureBudget): FailureRule | null {
  if (inARow >= budget.inARow) return "inARow";
  if (inAll >= budget.inAll) return "inAll";
  return withProgress >= budget.withProgress ? "withProgress" : null;
}

export const waitAfter = ({ inARow }: Failures, { firstWaitMs, longestWaitMs }: FailureBudget): number =>
  Math.min(firstWaitMs * 3 ** Math.max(0, inARow - 1), longestWaitMs);

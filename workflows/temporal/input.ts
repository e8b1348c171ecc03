/** What a workflow starts with and hands to its next run. Fields are added, never changed: state moves between releases through these alone. */
import type { DailyKind } from "../lifecycle/due.ts";
import type { Millis } from "../lifecycle/facts.ts";

/** Every duration is given, so that a test may have an hour of two seconds. */
export interface Durations {
  /** Cycles in one run; replay cost decides. */
  readonly canEvery: number;
  readonly maxRunMs: Millis;
  /** How long an account may be chosen once a login of several has come back. */
  readonly choosingMs: Millis;
  /** How long a disconnect waits for a child that does not answer. */
  readonly graceMs: Millis;
  /** An account that is gone is looked at twice. */
  readonly secondLookMs: Millis;
  readonly dayMs: Millis;
  /** Stands in for the row's cadence in tests. */
  readonly intervalMs?: Millis;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
export const DURATIONS: Durations = {
  canEvery: 24,
  maxRunMs: 24 * HOUR,
  choosingMs: HOUR,
  graceMs: 30_000,
  secondLookMs: 5 * MINUTE,
  dayMs: 24 * HOUR,
};

export interface DatasourceInput {
  readonly v: 1;
  readonly id: string;
  readonly organisationId: string;
  readonly durations: Durations;
  readonly carried?: Carried;
}

/** What one run of the entity knows that no row needs to. */
export interface Carried {
  readonly seenVersion: number;
  readonly nextAt: Millis | null;
  readonly skipped: number;
  readonly lastDaily: Partial<Record<DailyKind, Millis>>;
  /** Backfill children that said they had the newest windows in, or were done, and no run has answered yet. */
  readonly heard?: readonly BackfillNews[];
}

export interface BackfillNews {
  readonly backfillId: string;
  readonly outcome: BackfillOutcome;
}
export type BackfillOutcome = "newestIn" | "done" | "failed" | "fenced";

export interface BackfillInput {
  readonly v: 1;
  readonly datasourceId: string;
  readonly organisationId: string;
  readonly runId: string;
  readonly concurrency: number;
  readonly maxEvents: number;
  /** Positions of the slices not done yet, in order; the rows know everything else. */
  readonly open: readonly number[];
  /** The positions below this are the newest windows; once they are in, the syncs begin. */
  readonly newest: number;
  readonly newestSaid: boolean;
  readonly failed: number;
}

export interface PurgeInput {
  readonly v: 1;
  readonly datasourceId: string;
  readonly organisationId: string;
  readonly generation: number;
}

/** What a workflow starts with and hands to its next run. Fields are added, never changed: state moves between releases through these alone. */
import type { RunKind } from "@headwater/db/schema/values.ts";
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
  /** How long a child that was found running is believed to run. */
  readonly childTrustMs: Millis;
  /** A child's run ends at so many events. */
  readonly childEvents: number;
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
  childEvents: 3_000,
  childTrustMs: 10 * MINUTE,
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
  readonly nextAt: Millis | null;
  /** The cadence by which `nextAt` was planned. */
  readonly intervalMs?: Millis;
  readonly notBefore: Millis | null;
  readonly skipped: number;
  readonly lastDaily: Partial<Record<DailyKind, Millis>>;
  /** The search attributes as they stand. */
  readonly shown: string;
  /** Runs whose last call ended before their work did. */
  readonly unfinished?: Partial<Record<RunKind, number>>;
}

export interface BackfillNews {
  readonly backfillId: string;
  readonly outcome: BackfillOutcome;
}
/** `stopped`: forbidden meanwhile, the rows say by what. `suspect`: the account seems to be gone. */
export type BackfillOutcome = "newestIn" | "done" | "failed" | "stopped" | "suspect";

export interface BackfillInput {
  readonly v: 1;
  readonly datasourceId: string;
  readonly organisationId: string;
  readonly runId: string;
  /** Replay cost decides here too. */
  readonly maxEvents: number;
}

export interface PurgeInput {
  readonly v: 1;
  readonly datasourceId: string;
  readonly organisationId: string;
  readonly generation: number;
}

export interface CsvImportInput {
  readonly v: 1;
  readonly datasourceId: string;
  readonly organisationId: string;
  readonly generation: number;
  readonly uploadId: string;
  readonly maxEvents: number;
}

/** A run that an older release started: whatever it lacks gets today's default. */
export const migrateInput = (input: DatasourceInput): DatasourceInput => ({
  ...input,
  durations: { ...DURATIONS, ...input.durations },
});

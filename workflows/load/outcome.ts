import type { Failure } from "@headwater/connectors/failure.ts";

/**
 * What an activity of the load path tells its workflow: at most 1 KB, plain JSON, never rows.
 * A credential, a limit or an outage is a value the workflow decides on, not an exception.
 */
/** A connector's failure as it named it, or a fault of ours: `fingerprint` says which, without ids. */
export type FailureSummary =
  | Failure
  | { readonly class: "bug"; readonly code: "bug"; readonly said: string; readonly fingerprint: string };

export type FencedBy = "generation" | "paused" | "credential" | "hold" | "disconnected" | "missing";

/** A run's ledger. read = merged + unchanged + deduplicated + rejected; written = rows put into record tables, children included. */
export interface Ledger {
  read: number;
  merged: number;
  unchanged: number;
  deduplicated: number;
  rejected: number;
  written: number;
}

/** What went wrong at one piece of the work, to be told one by one. What is not said, whoever began the call knows. */
export interface Trouble {
  stream?: string;
  sliceId?: string;
  /** ISO instants. */
  began?: string;
  ended?: string;
  /** Records that this piece had read until then. */
  read?: number;
  failure: FailureSummary;
}

interface Worked {
  pages: number;
  /** Records landed by this call alone. */
  rows: number;
  /** The newest intent version that the fence saw: above what the workflow knows, it reads the intent. */
  intentVersion: number;
  troubles?: readonly Trouble[];
}

export type WorkOutcome =
  | ({ kind: "done" } & Worked)
  /** Budget spent; call again, it continues from the committed cursor. */
  | ({ kind: "more" } & Worked)
  /** A limit or an asynchronous report longer than a minute: sleep till then, the slot is free. */
  | ({ kind: "throttled"; until: string; because: string } & Worked)
  /** Transient trouble outlived the tries: next phase point, or `retryAt` when the provider named one. */
  | ({ kind: "providerDown"; said: string; retryAt: string | null } & Worked)
  /** `onlyItsStream`: the others go on. */
  | ({ kind: "failed"; failure: FailureSummary; onlyItsStream?: true } & Worked)
  | ({ kind: "fenced"; by: FencedBy } & Worked);

/** `lacksItsRight`: an optional one, and nothing but its right is missing; the others are whole without it. */
export interface FailedStream {
  readonly stream: string;
  readonly failure: FailureSummary;
  readonly lacksItsRight?: true;
}

/** A sync's result: as above, with the streams it could not finish and the run's ledger. */
export type SyncOutcome = WorkOutcome & {
  ledger: Ledger;
  failedStreams: FailedStream[];
  /** Complete data reach up to here, by the provider's clock. */
  completeThrough: string | null;
  /** Something of it is to be tried again before the next point of the rhythm. */
  againAt?: string;
  /** What whoever asked for it hears, where that is not that all of it came. */
  answer?: string;
};

/** What came of work on an upload. */
export type UploadOutcome = { kind: "done" | "more"; rows: number } | { kind: "fenced"; by: FencedBy; rows: number };

export const emptyLedger = (): Ledger => ({
  read: 0,
  merged: 0,
  unchanged: 0,
  deduplicated: 0,
  rejected: 0,
  written: 0,
});

export function addLedgers(left: Ledger, right: Ledger): Ledger {
  return {
    read: left.read + right.read,
    merged: left.merged + right.merged,
    unchanged: left.unchanged + right.unchanged,
    deduplicated: left.deduplicated + right.deduplicated,
    rejected: left.rejected + right.rejected,
    written: left.written + right.written,
  };
}

/** What the workflows may ask for. Types alone, so that no activity's code comes into the workflow bundle; every value is small plain JSON. */
import type { DailyKind } from "../lifecycle/due.ts";
import type { Millis, PhaseReasonCode } from "../lifecycle/facts.ts";
import type { Intent } from "../lifecycle/phases.ts";
import type { Quiet } from "../lifecycle/quiet.ts";
import type { BackfillOutcome } from "../temporal/input.ts";

export interface Ref {
  readonly organisationId: string;
  readonly datasourceId: string;
}
/** The rows as they now stand; null once the row is gone. */
export type Read = Intent | null;
export interface AtGeneration extends Ref {
  readonly generation: number;
}
export interface AtSeq extends AtGeneration {
  /** One above the last that was seen: a phase written twice is written once. */
  readonly seq: number;
}

export interface Transition extends AtSeq {
  readonly to: "PAUSED" | "REAUTHORIZE" | "LIVE" | "DISCONNECTING" | "END";
  readonly reason: PhaseReasonCode;
}

/** What came of a look at the source. `later`: ask again then, nothing is decided. `gone`: look twice before believing it. */
export interface Look {
  readonly saw: "proven" | "refused" | "gone" | "later";
  readonly retryAt: Millis | null;
  readonly intent: Read;
  /** A week of this source takes more than a minute. */
  readonly quickStart?: boolean;
}

export interface RunAsked extends AtGeneration {
  readonly n: number;
  readonly askedBy: readonly string[];
  /** Points of the rhythm that went by while an earlier run was at work. */
  readonly skipped: number;
  readonly intervalMs: Millis;
  /** Hours in which none of the next ones begins. */
  readonly quiet?: readonly Quiet[];
}
export interface DailyAsked extends RunAsked {
  readonly kind: DailyKind;
}

export interface BrokenRun {
  readonly kind: "sync" | DailyKind;
  readonly n: number;
  readonly askedBy: readonly string[];
}

/** `intent` only where something changed that the next step depends on. */
export interface RunResult {
  readonly kind: "done" | "more" | "later" | "changed" | "gone" | "failed";
  readonly retryAt: Millis | null;
  readonly intentVersion: number;
  readonly intent?: Read;
  /** Of a daily kind: there is more of it, at once or at `retryAt`. */
  readonly goOn?: boolean;
}

export interface BackfillAsked extends AtSeq {
  /** Absent: the first history. */
  readonly command?: string;
  readonly n: number;
  readonly quickStart: boolean;
}
export interface Plan {
  /** Positions of the slices not settled yet; the rows know everything else. */
  readonly open: readonly number[];
  /** The positions below this are the newest windows; once they are in, the syncs begin. */
  readonly newest: number;
  readonly concurrency: number;
  readonly generation: number;
  /** Moves when the order of the work was changed. */
  readonly version?: number;
  /** Nothing else is begun before the newest windows are in: they have the source to themselves. */
  readonly newestAlone?: boolean;
}

export interface SliceAsked extends AtGeneration {
  readonly runId: string;
  readonly position: number;
  readonly planVersion?: number;
}
export interface SliceResult {
  readonly kind: "done" | "more" | "later" | "failed" | "stopped" | "suspect";
  readonly retryAt: Millis | null;
  /** Somebody changed the order of the work: read the plan again before going on. */
  readonly replan?: boolean;
}
export interface RunClosing extends Ref {
  readonly runId: string;
}

export interface EntityActivities {
  /** Reads everything at once and answers the commands that are answered by being read. */
  loadIntent(ref: Ref): Promise<Read>;
  applyTransition(transition: Transition): Promise<Read>;
  /** Deletes slot and row where no credential came: the first commit wins against a callback. */
  releaseAttempt(ref: AtGeneration): Promise<Read>;
  /** Plans the slices, or reads what is left of a plan, and writes the phase with it. */
  beginBackfill(asked: BackfillAsked): Promise<Read>;
  /** What is left of a child's run; null once the row is gone or the run is closed. */
  planLeft(asked: Ref & { readonly runId: string }): Promise<Plan | null>;
  /** The account is gone for good: disconnected by the system, slot freed, data kept, said so. */
  disconnectBySystem(ref: AtSeq): Promise<Read>;
  /** Another took its place and it was read once more, or could not be: disconnected, its data kept. */
  endReplaced(ref: AtSeq & { readonly isRead: boolean }): Promise<Read>;
  /** Something failed in a way that no class explains; enough of that and the platform pauses the sync itself. `run`: it is over with it. */
  countFailure(failure: AtGeneration & { readonly said: string; readonly run?: BrokenRun }): Promise<RunResult>;
  closeRun(closing: RunClosing): Promise<{ readonly outcome: BackfillOutcome }>;
  /** Revokes at the source (three tries) and erases our copy (mandatory: without it nothing ends). */
  compensate(ref: AtSeq): Promise<Read>;
}

export interface WorkActivities {
  verify(ref: AtSeq): Promise<Look>;
  listAccounts(ref: AtSeq & { readonly choosingMs: Millis }): Promise<Look>;
  sync(asked: RunAsked): Promise<RunResult>;
  daily(asked: DailyAsked): Promise<RunResult>;
  /** Asks the source to tell us of its end. Whatever comes of it, the syncs go on. */
  registerWebhooks(ref: AtGeneration): Promise<Read>;
}

export interface BackfillActivities {
  workOnSlice(asked: SliceAsked): Promise<SliceResult>;
  purgeBatch(ref: AtGeneration): Promise<{ readonly kind: "done" | "more"; readonly rows: number }>;
  /** Whatever was asked of an upload, as far as one call comes. */
  workOnUpload(
    asked: AtGeneration & { readonly uploadId: string },
  ): Promise<{ readonly kind: "done" | "more" | "stopped"; readonly rows: number }>;
}

export interface SweepActivities {
  reconcile(): Promise<SweepResult>;
  freshness(): Promise<SweepResult>;
  planSweep(): Promise<SweepResult>;
  providerProbe(): Promise<SweepResult>;
  retention(): Promise<SweepResult>;
}
export interface SweepResult {
  readonly looked: number;
  readonly acted: number;
}

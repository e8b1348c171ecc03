/**
 * What the engine's activities may ask of the load path. Every function is safe to run again after a kill on any line:
 * the checkpoint moves in the same transaction as the rows it covers, and every other write is guarded or idempotent.
 * References and results are plain JSON of at most 1 KB, but for what a verdict commits; dependencies are handed in once per
 * process.
 */
import type { RunKind } from "@headwater/db/schema/values.ts";
import type { DatasourceId, GrantId, OrganisationId, RunId, SliceId, UploadId } from "@headwater/db/schema/ids.ts";
import type { AccountFacts, Notice } from "@headwater/connectors/contract.ts";
import type { TransactionSql } from "postgres";
import type { SourceDeps } from "../source/contract.ts";
import type { FailureSummary, FencedBy, Ledger, SyncOutcome, UploadOutcome, WorkOutcome } from "./outcome.ts";

export interface DatasourceRef {
  organisationId: OrganisationId;
  datasourceId: DatasourceId;
  /** From the facts the workflow saw; a disconnect raises it and fences what still runs. */
  generation: number;
}

/** `runId` is `{datasourceId}:{kind}:{n}`, from the workflow's own counter. */
export interface RunRef extends DatasourceRef {
  runId: RunId;
  kind: RunKind;
  n: number;
  askedBy?: string;
}

export interface SliceRef extends RunRef {
  sliceId: SliceId;
}

/** How a call is watched and bounded. The engine ties `signal` to its cancellation and `heartbeat` to Temporal's. */
export interface WorkOptions {
  /** Written in the transaction that ends the run well: the engine folds its phase in here. */
  alsoInTransaction?: (tx: TransactionSql) => Promise<void>;
  signal: AbortSignal;
  heartbeat: (details: { pages: number; rows: number }) => void;
  budget?: { ms: number; pages: number };
  /** 1 unless a worker died at it before. */
  attempt?: number;
}

/** Sources, plus what only the load path needs. */
export type LoadDeps = SourceDeps;

/** One window of one stream, as the planner cut it; position orders the work, 0 first. */
export interface PlannedWindow {
  stream: string;
  /** Instants. Null: from the beginning, for a stream that is read whole. */
  from: string | null;
  to: string;
  position: number;
}

export interface PlannedSlice extends PlannedWindow {
  sliceId: SliceId;
  state: "queued" | "running" | "done" | "failed";
  /** Why it was given up. */
  failure: FailureSummary | null;
}

export type VerifyOutcome =
  | {
      kind: "verified";
      account: AccountFacts;
      scopes: string[];
      /** What a person must know: history cut at 60 days and the like. */
      notices: Notice[];
      /** Estimated records a day by stream, and the earliest day this grant reads: for the planner. */
      recordsPerDay: Record<string, number>;
      historyFrom: string | null;
      /** Optional streams that the granted scopes do not feed. */
      notGranted: string[];
      /** Another login has taken the place of the one before: what became of that one at the source. */
      formerLogin?: RevokeOutcome["kind"];
      intentVersion: number;
    }
  /** The login works and reaches several accounts; none is chosen yet. */
  | { kind: "chooseAccount"; intentVersion: number }
  /** The login works but shows another account than this datasource stands on. */
  | { kind: "otherAccount"; saw: string; unfit?: UnfitCandidate; intentVersion: number }
  | { kind: "failed"; failure: FailureSummary; unfit?: UnfitCandidate; intentVersion: number }
  | { kind: "providerDown"; said: string; retryAt: string | null; intentVersion: number }
  | { kind: "throttled"; until: string; because: string; intentVersion: number }
  | { kind: "fenced"; by: FencedBy; intentVersion: number };

/**
 * A new credential that was judged and is of no use. It goes in the transaction that writes the verdict: gone before, it would
 * read as taken where a worker dies in between.
 */
export interface UnfitCandidate {
  /** False where a newer consent has overtaken it, which is to be judged itself. */
  drop(tx: TransactionSql): Promise<boolean>;
  /** Its own login, at the source, once that is committed; null where it is the one that stands, or nothing can be ended. */
  endLogin: ((options: WorkOptions) => Promise<RevokeOutcome>) | null;
}

export type RevokeOutcome =
  | { kind: "revoked" }
  /** Another datasource stands on that login: only ours is erased, the person is told how to end it at the source. */
  | { kind: "kept"; because: "othersStandOnIt" | "notRevocable" }
  | { kind: "failed"; failure: FailureSummary };

/** What came of asking a source to tell us of its end. */
export type RegisterOutcome =
  | { kind: "registered" }
  | { kind: "notNeeded" }
  | { kind: "failed"; code: string; said: string };

export type ProbeOutcome = "answers" | "down" | "cannotAsk";

export interface SpotCheckFigure {
  metric: string;
  day: string;
  currency: string;
  ours: string;
  theirs: string;
}

export type SpotCheckOutcome = WorkOutcome & { figures: SpotCheckFigure[] };

export interface LoadPath {
  /** Writes run, slices and progress rows of a run with given windows; planned again it answers what is there. */
  planRun(deps: LoadDeps, run: RunRef, windows: PlannedWindow[]): Promise<PlannedSlice[]>;
  /** Works on one slice within the budget, from its committed cursor. */
  workOnSlice(deps: LoadDeps, slice: SliceRef, options: WorkOptions): Promise<WorkOutcome>;
  /** Adds up the slices' ledgers into the run row and closes it. */
  closeRun(deps: LoadDeps, run: RunRef, state: "succeeded" | "failed" | "cancelled"): Promise<Ledger>;
  /** Every granted stream from its checkpoint; `streams` narrows it (streams whose newest window is in). */
  syncOnce(
    deps: LoadDeps,
    run: RunRef,
    options: WorkOptions & {
      streams?: string[];
      askedBy?: readonly string[];
      nextRunAt?: () => Date;
      lateFrom?: string;
    },
  ): Promise<SyncOutcome>;
  /** Account and scopes probe with the newest credential; promotes a candidate when it shows the same outside account. */
  verifyGrant(deps: LoadDeps, ref: DatasourceRef, options: WorkOptions): Promise<VerifyOutcome>;
  /** Writes candidate rows; returns how many accounts the login reaches. */
  listAccounts(
    deps: LoadDeps,
    ref: DatasourceRef,
    options: WorkOptions,
  ): Promise<{ kind: "listed"; count: number } | { kind: "failed"; failure: FailureSummary; unfit?: UnfitCandidate }>;
  revokeGrant(deps: LoadDeps, ref: DatasourceRef, options: WorkOptions): Promise<RevokeOutcome>;
  /** A grant on which no datasource stands (a late callback's): revoked if nobody else stands on its login, erased, ended. `failed`: try again. */
  endGrant(
    deps: LoadDeps,
    grant: { organisationId: OrganisationId; grantId: GrantId },
    options: WorkOptions,
  ): Promise<RevokeOutcome>;
  /** Unreadable afterwards: sealed bytes and wrapped key are overwritten. Idempotent. Kept while another datasource stands on the grant. */
  eraseCredential(deps: LoadDeps, ref: DatasourceRef): Promise<{ kind: "erased" | "kept" }>;
  /** Puts days of a history that is being read before the others, in the transaction it is given. Gives how many windows. */
  bringForward(
    deps: LoadDeps,
    tx: TransactionSql,
    ref: Pick<DatasourceRef, "organisationId" | "datasourceId">,
    wanted: { from: string; to: string; stream?: string },
  ): Promise<number>;
  /** Asks the source to tell us of its end. Idempotent, at the source and here. */
  registerWebhooks(deps: LoadDeps, ref: DatasourceRef, options: WorkOptions): Promise<RegisterOutcome>;
  /** One cheap call: does the platform answer? */
  probeSource(deps: LoadDeps, ref: DatasourceRef, options: WorkOptions): Promise<ProbeOutcome>;
  /** The long restatement window of every stream that declares one, read aside and swapped in. */
  refreshStreams(deps: LoadDeps, run: RunRef, options: WorkOptions): Promise<WorkOutcome>;
  rereadWeek(deps: LoadDeps, run: RunRef, options: WorkOptions): Promise<WorkOutcome>;
  sweepDeletes(deps: LoadDeps, run: RunRef, options: WorkOptions): Promise<WorkOutcome & { tombstoned: number }>;
  spotCheck(deps: LoadDeps, run: RunRef, options: WorkOptions): Promise<SpotCheckOutcome>;
  /** What the account says of itself; with another zone or currency its days are asked to be read again. Goes before the spot check. */
  lookAtAccount(deps: LoadDeps, run: RunRef, options: WorkOptions): Promise<WorkOutcome>;
  /** A privacy request: documents and customer ids of these go, what was sold stays in the numbers. */
  eraseCustomer(
    deps: LoadDeps,
    ref: DatasourceRef,
    erasure: { customerId: string | null; orderIds: string[] },
  ): Promise<{ rows: number }>;
  /** Whatever was asked of an upload, as far as the budget goes; called again it goes on. */
  workOnUpload(
    deps: LoadDeps,
    ref: DatasourceRef & { uploadId: UploadId },
    options: WorkOptions,
  ): Promise<UploadOutcome>;
  /** Deletes at most 5,000 rows of the account that no datasource reads any more; call till `done`. `early`: it may be undone yet. */
  purgeBatch(deps: LoadDeps, ref: DatasourceRef): Promise<{ kind: "done" | "more" | "early"; rows: number }>;
}

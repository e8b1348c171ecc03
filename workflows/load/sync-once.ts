/**
 * One recurring sync: every readable stream from its checkpoint, with overlap, up to the source's own now. A checkpoint
 * moves only when its window is complete; a window that was left half way is taken up where it stood, and read on from.
 */
import type { SliceSpec, Stream } from "@headwater/connectors/contract.ts";
import { isSourceFailure } from "@headwater/connectors/failure.ts";
import { ODD_SHAPE } from "@headwater/connectors/read-fields.ts";
import { pullFeeds } from "../imports/pull-feeds.ts";
import { recountAfter } from "../imports/recount.ts";
import type { Checkpoint, HalfRead } from "../source/standing.ts";
import { type Carried, carryPages, DEFAULT_BUDGET } from "./carry-pages.ts";
import type { LoadDeps, RunRef, WorkOptions } from "./contract.ts";
import {
  lacksItsRight,
  outcomeOf,
  type Piece,
  sourceOutcome,
  stopsOnlyItsStream,
  summary,
  troublesOf,
  type Worked,
} from "./failures.ts";
import { endSync, type SyncEnd } from "./finish-sync.ts";
import { batchContext, mustStand, openOn, type OpenRun, readableStreams } from "./open-run.ts";
import {
  addLedgers,
  emptyLedger,
  type FailedStream,
  type Ledger,
  type SyncOutcome,
  type Trouble,
  type WorkOutcome,
} from "./outcome.ts";
import { StreamPlace } from "./places.ts";
import { tellingWaits } from "./tell-waits.ts";
import { changesNotices, type Heard, keepDespite, keepReadNotices } from "./read-notices.ts";

export interface SyncOptions extends WorkOptions {
  streams?: string[];
  /** Commands that this sync answers: what was asked reaches up to the asking, whatever was left half read before. */
  askedBy?: readonly string[];
  /**
   * Written beside the success, so that an hour in which nothing came needs no statement of its own for it. Asked as it
   * ends: by then the point that was next as it began may be over.
   */
  nextRunAt?: () => Date;
  /** Points were missed where the last success lies before; two of the cadence where nothing else is said. */
  lateFrom?: string;
}

interface Synced {
  ledger: Ledger;
  worked: Worked;
  quiet: SyncEnd["quiet"];
  throughByStream: Map<string, Date>;
  failedStreams: FailedStream[];
  /** What ended the sync before its last stream. */
  stopped: WorkOutcome | null;
  troubles: Trouble[];
  heard: Heard[];
}

/** One sync, under way. */
interface Syncing {
  readonly deps: LoadDeps;
  readonly run: RunRef;
  readonly open: OpenRun;
  readonly synced: Synced;
  readonly options: SyncOptions;
  readonly startedAt: Date;
}

export async function syncOnce(deps: LoadDeps, run: RunRef, options: SyncOptions): Promise<SyncOutcome> {
  const startedAt = new Date();
  const synced: Synced = {
    ledger: emptyLedger(),
    worked: { pages: 0, rows: 0, intentVersion: 0 },
    quiet: [],
    throughByStream: new Map(),
    failedStreams: [],
    stopped: null,
    troubles: [],
    heard: [],
  };
  try {
    const standing = await mustStand(deps, run);
    // Files have no pages: what is due of them is pulled, and the importer takes it from there.
    if (deps.connectorOf(standing.platform)?.authorization.kind === "upload")
      return await pullFeeds(deps, run, options, startedAt);
    const { signal } = options;
    const open = openOn(
      deps,
      run,
      standing,
      isAsked(options) ? { signal, waits: tellingWaits(deps, run) } : { signal },
    );
    synced.worked.intentVersion = open.standing.intent_version;
    const syncing: Syncing = { deps, run, open, synced, options, startedAt };
    await syncStreams(syncing);
    await recount(syncing);
    return await end(syncing);
  } catch (error) {
    await keepDespite(deps.sql, run, synced.heard, error);
    const { ledger, failedStreams } = synced;
    const outcome = outcomeOf(error, synced.worked, { began: startedAt.toISOString(), read: synced.worked.rows });
    const troubles = [...synced.troubles, ...(outcome.troubles ?? [])];
    return { ...outcome, ledger, failedStreams, completeThrough: null, troubles };
  }
}

/** Somebody looks at what becomes of it; an hour's own sync has no words to spare for each wait. */
const isAsked = ({ askedBy = [] }: SyncOptions): boolean => askedBy.length > 0;

/** Only a shop's records change what costs come to on its days. */
async function recount({ deps, run, open, synced, options }: Syncing): Promise<void> {
  const { account_id: accountId } = open.standing;
  const isShop = readableStreams(open.source).some(({ kinds }) => kinds.includes("order"));
  if (accountId === null || !isShop || synced.ledger.merged === 0) return;
  await recountAfter(deps, { run, accountId }, synced.worked, options);
}

async function syncStreams(syncing: Syncing): Promise<void> {
  const { open, synced, options, startedAt } = syncing;
  const wanted = options.streams === undefined ? null : new Set(options.streams);
  for (const stream of readableStreams(open.source)) {
    if (wanted !== null && !wanted.has(stream.name)) continue;
    options.signal.throwIfAborted();
    const piece: Piece = { stream: stream.name, began: new Date().toISOString(), read: 0 };
    const heard = hearing(options, piece);
    try {
      const carried = await syncStream(syncing, stream, () => remaining(heard, synced, startedAt));
      if (carried.kind !== "done") {
        synced.stopped = notDone(carried, synced.worked);
        return;
      }
    } catch (error) {
      if (!isSourceFailure(error)) throw error;
      synced.troubles.push(...troublesOf(error.failure, piece));
      // Odd answers to the same question each time are no source that is down: the others have nothing to wait for.
      if (!stopsOnlyItsStream(error.failure, stream) && error.failure.code !== ODD_SHAPE) {
        synced.stopped = sourceOutcome(error.failure, synced.worked);
        return;
      }
      const failed = { stream: stream.name, failure: summary(error.failure) };
      synced.failedStreams.push(lacksItsRight(error.failure, stream) ? { ...failed, lacksItsRight: true } : failed);
    }
  }
}

/** What a stream had read until it failed, of this call. */
const hearing = (options: SyncOptions, piece: Piece): SyncOptions => ({
  ...options,
  heartbeat: (details) => {
    piece.read = details.rows;
    options.heartbeat(details);
  },
});

const notDone = (carried: Carried, worked: Worked): WorkOutcome =>
  carried.kind === "throttled" && carried.until !== null
    ? {
        kind: "throttled",
        until: carried.until.toISOString(),
        because: carried.because ?? "waitingForReport",
        ...worked,
      }
    : { kind: "more", ...worked };

function remaining(options: SyncOptions, synced: Synced, startedAt: Date): SyncOptions {
  const { ms, pages } = options.budget ?? DEFAULT_BUDGET;
  const spentMs = Date.now() - startedAt.getTime();
  return { ...options, budget: { ms: ms - spentMs, pages: pages - synced.worked.pages } };
}

/**
 * A window that was left half read is finished first. Where it was opened before this sync began, or before somebody
 * asked for it, its end is older than what is wanted: then the time since is read too, once.
 */
async function syncStream(syncing: Syncing, stream: Stream, left: () => SyncOptions): Promise<Carried> {
  const checkpoint = syncing.open.standing.checkpoints[stream.name];
  const half = checkpoint?.cursor ?? null;
  const carried = await readWindow({ ...syncing, options: left() }, stream, checkpoint);
  if (half === null || carried.kind !== "done" || isOpenedFor(half, syncing.run, left().askedBy)) return carried;
  const finished = { cursor: null, through: carried.through?.toISOString() ?? null };
  return readWindow({ ...syncing, options: left() }, stream, finished);
}

const isOpenedFor = (half: HalfRead, { runId }: RunRef, askedBy: readonly string[] = []): boolean =>
  half.run === runId && askedBy.every((id) => half.askedBy?.includes(id) === true);

async function readWindow(
  { deps, run, open, synced, options }: Syncing,
  stream: Stream,
  checkpoint: Checkpoint | undefined,
): Promise<Carried> {
  const { session } = open.source;
  const half = checkpoint?.cursor ?? null;
  const window = windowOf(stream, checkpoint, session.clock.now());
  const slice: SliceSpec = { ...window, mode: "changes", urgent: true };
  const opened: Omit<HalfRead, "cursor"> = half ?? {
    from: slice.from?.toISOString() ?? null,
    to: slice.to.toISOString(),
    run: run.runId,
    askedBy: options.askedBy ?? [],
  };
  const context = batchContext(deps, run, open, stream);
  const carried = await carryPages(
    {
      context,
      place: new StreamPlace(run, stream.name, opened, half),
      stream,
      session,
      slice,
      cursor: half?.cursor ?? null,
      before: { rows: 0, announced: null },
      shortfalls: null,
      // Whatever our clock says: nothing after the source's own time at the first answer has been seen for certain.
      through: (page, firstAnswerAt) => earliest(slice.to, page.through, firstAnswerAt),
      options,
      pace: deps.pace ?? 1,
      hear: (heard) => synced.heard.push(heard),
    },
    // What is held of a window has to be let go of in any case.
    half === null ? "leaveWhenNothingCame" : "write",
  );
  synced.ledger = addLedgers(synced.ledger, carried.ledger);
  synced.worked.pages += carried.pages;
  synced.worked.rows += carried.records;
  synced.worked.intentVersion = Math.max(synced.worked.intentVersion, carried.intentVersion);
  if (carried.kind === "done" && carried.through !== null) {
    synced.throughByStream.set(stream.name, carried.through);
    if (!carried.isWritten) synced.quiet.push({ stream: stream.name, through: carried.through.toISOString() });
  }
  return carried;
}

function windowOf(stream: Stream, checkpoint: Checkpoint | undefined, now: Date): { from: Date | null; to: Date } {
  const half = checkpoint?.cursor ?? null;
  if (half !== null) return { from: half.from === null ? null : new Date(half.from), to: new Date(half.to) };
  const through = checkpoint?.through ?? null;
  if (through === null) return { from: null, to: now };
  const { overlapMs, restatedDays } = stream.window;
  const overlapped = Date.parse(through) - overlapMs;
  const restated = restatedDays === 0 ? overlapped : now.getTime() - restatedDays * 86_400_000;
  return { from: new Date(Math.min(overlapped, restated)), to: now };
}

const earliest = (to: Date, ...others: (Date | null | undefined)[]): Date =>
  new Date(Math.min(to.getTime(), ...others.flatMap((other) => (other == null ? [] : [other.getTime()]))));

async function end(syncing: Syncing): Promise<SyncOutcome> {
  const { deps, run, open, synced, options } = syncing;
  const { ledger, failedStreams, quiet, stopped, throughByStream } = synced;
  const isWell = stopped === null && failedStreams.every((failed) => failed.lacksItsRight);
  const isComplete = isWell && throughByStream.size > 0;
  const completeThrough = isComplete ? earliest(new Date(8.64e15), ...throughByStream.values()).toISOString() : null;
  const goesOn = stopped !== null && (stopped.kind === "more" || stopped.kind === "throttled");
  const state = goesOn ? "running" : isWell ? "succeeded" : "failed";
  const why =
    stopped === null ? {} : { stopped: stopped.kind, ...("failure" in stopped ? { failure: stopped.failure } : {}) };
  const ended = await endSync(
    deps,
    { run, calls: open.source.calls, startedAt: open.standing.database_now },
    {
      state,
      quiet,
      completeThrough,
      without: failedStreams.map(({ stream }) => stream),
      nextRunAt: options.nextRunAt?.().toISOString() ?? null,
      cadenceMs: open.standing.cadence_ms,
      ...(options.lateFrom === undefined ? {} : { lateFrom: options.lateFrom }),
      outcome: { ...why, failedStreams },
      attempt: options.attempt ?? 1,
    },
    keepingNotices(syncing, isComplete ? options : withoutRider(options)),
  );
  const worked = { ...synced.worked, intentVersion: ended.intent_version };
  const outcome: WorkOutcome =
    stopped === null ? { kind: "done", ...worked } : { ...stopped, intentVersion: ended.intent_version };
  return { ...outcome, ledger, failedStreams, completeThrough, troubles: synced.troubles };
}

/** The phase moves only with a sync that ended well. */
const withoutRider = ({ signal, heartbeat }: SyncOptions): WorkOptions => ({ signal, heartbeat });

/** In the transaction of the end, and only where it changes what a person is shown. */
function keepingNotices({ run, open, synced }: Syncing, options: WorkOptions): WorkOptions {
  if (!changesNotices(open.standing, synced.heard)) return options;
  return {
    ...options,
    alsoInTransaction: async (tx) => {
      await options.alsoInTransaction?.(tx);
      await keepReadNotices(tx, run, synced.heard);
    },
  };
}

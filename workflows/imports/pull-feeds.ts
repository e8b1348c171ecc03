/** The sync of a datasource of costs: every feed that is due is pulled, and what is new in it put in line for the importer. */
import { hostOf, readFeedAddress } from "@headwater/connectors/custom-costs/feed-address.ts";
import type { FeedAddress, HttpsAddress } from "@headwater/connectors/custom-costs/feed-address.ts";
import { pullFile } from "@headwater/connectors/custom-costs/pull.ts";
import { isSourceFailure, SourceFailure } from "@headwater/connectors/failure.ts";
import { LIMITS, limitsOf } from "../costs/limits.ts";
import type { LoadDeps, RunRef, WorkOptions } from "../load/contract.ts";
import { summary } from "../load/failures.ts";
import { inOrganisation } from "../load/fence.ts";
import { endSync } from "../load/finish-sync.ts";
import type { Ending } from "../load/finish-sync.ts";
import { emptyLedger } from "../load/outcome.ts";
import type { FailureSummary, SyncOutcome } from "../load/outcome.ts";
import { CallsLedger } from "../source/calls-ledger.ts";
import { feedAnswered, feedFailed } from "./feed-ends.ts";
import type { FeedFailure } from "./feed-ends.ts";
import { lookAtFeeds, readDueFeeds } from "./feed-rows.ts";
import type { Feed } from "./feed-rows.ts";
import { secretOf } from "./feed-secret.ts";
import { OneWrong, OtherKey, pullFolder } from "./pull-folder.ts";
import { PullHistory } from "./pull-history.ts";
import type { EarlierRun } from "./pull-history.ts";
import { isLastOfFeed, noted, takeIn } from "./take-in.ts";
import type { Pull } from "./take-in.ts";

export interface PullOptions extends WorkOptions {
  nextRunAt?: () => Date;
}

interface Failed {
  stream: string;
  failure: FailureSummary;
}

export async function pullFeeds(
  deps: LoadDeps,
  run: RunRef,
  options: PullOptions,
  startedAt: Date,
): Promise<SyncOutcome> {
  const calls = new CallsLedger();
  const due = await inOrganisation(deps.sql, run, (tx) => readDueFeeds(tx, run));
  const history = new PullHistory(run);
  const failed: Failed[] = [];
  const missed: FailureSummary[] = [];
  let files = 0;
  for (const feed of due) {
    options.signal.throwIfAborted();
    const came = await pullOne({ deps, run, feed, calls, options, history, began: new Date() });
    if (typeof came === "number") files += came;
    else if (came !== null) {
      missed.push(came.failure);
      if (came.isTrouble) failed.push({ stream: feed.name, failure: came.failure });
    }
    options.heartbeat({ pages: files, rows: 0 });
  }
  const look = await inOrganisation(deps.sql, run, (tx) => lookAtFeeds(tx, run));
  const nextRunAt = options.nextRunAt?.().toISOString() ?? null;
  // One that lets us in is enough for the datasource to stay connected; the refused one says so itself.
  const refused = look.all_refused ? refusal(failed) : null;
  // A wake at which nothing was due is none to speak of: only the next one is written down.
  const intentVersion =
    due.length === 0 && run.askedBy === undefined && !look.has_pulls
      ? await noteWake(deps, run, nextRunAt)
      : await closeSync(
          deps,
          { run, calls, startedAt },
          { failed, isWell: look.all_well, hasFailed: look.has_failed, refused, earlier: history.earlier, nextRunAt },
          options,
        );
  const worked = { pages: files, rows: 0, intentVersion };
  const again = isBefore(look.retry_at, nextRunAt) ? { againAt: look.retry_at } : {};
  const ends = [
    ...missed.map((failure) => failure.class),
    ...(due.length > missed.length ? ["well"] : []),
    ...look.ends,
  ];
  const answer = answerTo(new Set(ends), look.asked_waits);
  const rest = { ledger: emptyLedger(), completeThrough: null, ...again, ...(answer === null ? {} : { answer }) };
  if (refused !== null) return { kind: "failed", failure: refused, ...worked, failedStreams: [], ...rest };
  return { kind: "done", ...worked, failedStreams: failed, ...rest };
}

/** Of the sync as it went before it was cut off, too. Null: everything asked for was looked at, and whatever was there is here. */
function answerTo(ends: ReadonlySet<string>, waits: boolean): string | null {
  const [first] = [...ends].filter((end) => end !== "well");
  if (first === undefined && !waits) return null;
  if (ends.has("well")) return "streamsFailed";
  if (first === undefined) return "rate_limit";
  // Nobody of ours looks into an address that somebody gave: what is wrong there is said beside its feed.
  return first === "gone" ? "noFile" : first === "invalid_request" ? "failed" : first;
}

/** The last one that worked may have been removed since: then nothing of this wake says why. */
const refusal = (failed: readonly Failed[]): FailureSummary =>
  failed.find(({ failure }) => failure.class === "reauthorize")?.failure ??
  summary({ class: "reauthorize", why: "revoked", code: "custom-costs.refused", said: "" });

const isBefore = (retryAt: string | null, nextRunAt: string | null): retryAt is string =>
  retryAt !== null && (nextRunAt === null || Date.parse(retryAt) < Date.parse(nextRunAt));

/** Without a feed there is no next time, also where the last was removed meanwhile: one in the past would have it rung for ever. */
const noteWake = (deps: LoadDeps, run: RunRef, nextRunAt: string | null): Promise<number> =>
  inOrganisation(deps.sql, run, async (tx) => {
    const [row] = await tx.unsafe<[{ intent_version: number }?]>(
      `update datasources d set next_run_at = case when ${hasFeeds} then $3::timestamptz end
       where organisation_id = $1 and id = $2 returning intent_version`,
      [run.organisationId, run.datasourceId, nextRunAt],
    );
    return row?.intent_version ?? 0;
  });

const hasFeeds = `exists (select 1 from cost_feeds f where f.organisation_id = d.organisation_id and f.datasource_id = d.id
  and f.removed_at is null)`;

/** A person may have removed the last feed while it was pulled. */
const forgetWake = (deps: LoadDeps, run: RunRef): Promise<unknown> =>
  inOrganisation(deps.sql, run, (tx) =>
    tx.unsafe(
      `update datasources d set next_run_at = null
       where organisation_id = $1 and id = $2 and next_run_at is not null and not ${hasFeeds}`,
      [run.organisationId, run.datasourceId],
    ),
  );

interface Ended {
  readonly failed: readonly Failed[];
  readonly isWell: boolean;
  readonly hasFailed: boolean;
  readonly refused: FailureSummary | null;
  readonly earlier: EarlierRun | null;
  readonly nextRunAt: string | null;
}

async function closeSync(
  deps: LoadDeps,
  ending: Ending,
  { failed, isWell, hasFailed, refused, earlier, nextRunAt }: Ended,
  options: PullOptions,
): Promise<number> {
  const end = {
    quiet: [],
    completeThrough: isWell ? new Date().toISOString() : null,
    without: [],
    nextRunAt: refused === null ? nextRunAt : null,
  };
  const state = hasFailed ? "failed" : "succeeded";
  // Told with the time before, whose row stays as it is.
  const ended =
    earlier === null
      ? await endSync(deps, ending, { ...end, state, outcome: { failedStreams: failed } }, options)
      : await endSync(
          deps,
          { ...ending, run: { ...ending.run, runId: earlier.id, n: earlier.n }, startedAt: earlier.started_at },
          { ...end, state: earlier.state, outcome: earlier.outcome },
          options,
        );
  await forgetWake(deps, ending.run);
  return ended.intent_version;
}

/** How many new files came. Null: a person has changed it meanwhile. */
async function pullOne(pull: Pull): Promise<number | FeedFailure | null> {
  const { deps, feed } = pull;
  try {
    const address = addressOf(feed);
    const totalMs = PULL_MS * Math.max(1, limitsOf(deps).rawBytes / LIMITS.rawBytes);
    return address.kind === "sftp"
      ? await pullFolder(pull, address, totalMs)
      : await pullAddress(pull, address, totalMs);
  } catch (error) {
    const source = error instanceof OtherKey || error instanceof OneWrong ? error.failure : error;
    if (!isSourceFailure(source)) throw error;
    const failure = summary(source.failure);
    deps.log.warn("feed not pulled", { feed: feed.id, code: failure.code, said: failure.said });
    const beside = {
      met: error instanceof OtherKey ? error.met : null,
      lookAt: error instanceof OneWrong ? error.lookAt : null,
    };
    return noted(pull, (tx) => feedFailed(tx, pull, failure, beside));
  }
}

const PULL_MS = 60_000;

function addressOf(feed: Feed): FeedAddress {
  const read = readFeedAddress(feed.address);
  if (read.ok && read.address.kind === feed.kind) return read.address;
  throw new SourceFailure({ class: "invalid_request", code: "custom-costs.address", said: "" });
}

async function pullAddress(pull: Pull, address: HttpsAddress, totalMs: number): Promise<number> {
  const { deps, run, feed, calls, options } = pull;
  const pulled = await pullFile({
    outbound: deps.outbound,
    address,
    secret: address.auth === "none" ? null : await secretOf(pull, hostOf(address)),
    marks: feed.marks,
    bytesMax: limitsOf(deps).rawBytes,
    totalMs,
    now: new Date(),
    signal: options.signal,
    heard: (answer) => calls.record("GET", "feed", answer),
  });
  if (pulled.kind === "unchanged") {
    await noted(pull, (tx) => feedAnswered(tx, pull, { marks: feed.marks, isNew: false }));
    return 0;
  }
  const { filename, bytes, marks } = pulled;
  const isNew = await takeIn(pull, {
    filename,
    bytes,
    isKnown: (tx, came) => isLastOfFeed(tx, run, feed, came),
    replaces: "any",
    also: (tx, _came, isWritten) => feedAnswered(tx, pull, { marks, isNew: isWritten }),
  });
  return isNew ? 1 : 0;
}

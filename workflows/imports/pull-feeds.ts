/**
 * The sync of a datasource of costs: every feed that is due is pulled, sealed as it comes, and put in line as an upload,
 * where the importer finds it. May be killed anywhere: a file without its row is half a file and swept away.
 */
import { createHash, randomUUID } from "node:crypto";
import { mkdir, open as openFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { hostOf, readFeedAddress } from "@headwater/connectors/custom-costs/feed-address.ts";
import type { FeedSecret, HttpsAddress } from "@headwater/connectors/custom-costs/feed-address.ts";
import { pullFile } from "@headwater/connectors/custom-costs/pull.ts";
import type { Pulled } from "@headwater/connectors/custom-costs/pull.ts";
import { isSourceFailure, SourceFailure } from "@headwater/connectors/failure.ts";
import { open, publicKeyOf, sealFrames, uploadId } from "@headwater/db";
import type { SealedFile } from "@headwater/db";
import type { TransactionSql } from "postgres";
import { safeFileName } from "../costs/hygiene.ts";
import { LIMITS } from "../costs/limits.ts";
import type { LoadDeps, RunRef, WorkOptions } from "../load/contract.ts";
import { summary } from "../load/failures.ts";
import { inOrganisation } from "../load/fence.ts";
import { endSync } from "../load/finish-sync.ts";
import { emptyLedger } from "../load/outcome.ts";
import type { FailureSummary, SyncOutcome } from "../load/outcome.ts";
import { CallsLedger } from "../source/calls-ledger.ts";
import { feedAnswered, feedFailed, lockFeed, lookAtFeeds, readDueFeeds } from "./feed-rows.ts";
import type { Feed } from "./feed-rows.ts";
import { uploadPath } from "./upload-file.ts";
import { passImportFence, say } from "./upload-row.ts";

export interface PullOptions extends WorkOptions {
  nextRunAt?: string;
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
  const failed: Failed[] = [];
  let files = 0;
  for (const feed of due) {
    options.signal.throwIfAborted();
    const trouble = await pullOne(deps, run, feed, calls, options);
    if (trouble === "file") files += 1;
    else if (trouble !== null) failed.push({ stream: feed.name, failure: trouble });
    options.heartbeat({ pages: files, rows: 0 });
  }
  const look = await inOrganisation(deps.sql, run, (tx) => lookAtFeeds(tx, run));
  // A wake at which nothing was due is none to speak of: only the next one is written down.
  const intentVersion =
    due.length === 0 && run.askedBy === undefined
      ? await noteWake(deps, run, look.has_feeds ? (options.nextRunAt ?? null) : null)
      : await closeSync(deps, run, calls, startedAt, { failed, isWell: look.all_well }, options);
  const worked = { pages: files, rows: 0, intentVersion };
  const refused = failed.find(({ failure }) => failure.class === "reauthorize");
  const again = isBefore(look.retry_at, options.nextRunAt) ? { againAt: look.retry_at } : {};
  const rest = { ledger: emptyLedger(), completeThrough: null, ...again };
  if (refused !== undefined) return { kind: "failed", failure: refused.failure, ...worked, failedStreams: [], ...rest };
  return { kind: "done", ...worked, failedStreams: failed, ...rest };
}

const isBefore = (retryAt: string | null, nextRunAt: string | undefined): retryAt is string =>
  retryAt !== null && (nextRunAt === undefined || Date.parse(retryAt) < Date.parse(nextRunAt));

/** The last feed was removed meanwhile: a next time in the past would have it rung for ever. */
const noteWake = (deps: LoadDeps, run: RunRef, nextRunAt: string | null): Promise<number> =>
  inOrganisation(deps.sql, run, async (tx) => {
    const [row] = await tx.unsafe<[{ intent_version: number }?]>(
      `update datasources set next_run_at = $3::timestamptz where organisation_id = $1 and id = $2
       returning intent_version`,
      [run.organisationId, run.datasourceId, nextRunAt],
    );
    return row?.intent_version ?? 0;
  });

async function closeSync(
  deps: LoadDeps,
  run: RunRef,
  calls: CallsLedger,
  startedAt: Date,
  { failed, isWell }: { failed: readonly Failed[]; isWell: boolean },
  options: PullOptions,
): Promise<number> {
  const isRefused = failed.some(({ failure }) => failure.class === "reauthorize");
  const ended = await endSync(
    deps,
    run,
    calls,
    startedAt,
    {
      state: failed.length === 0 ? "succeeded" : "failed",
      quiet: [],
      completeThrough: isWell ? new Date().toISOString() : null,
      nextRunAt: isRefused ? null : (options.nextRunAt ?? null),
      outcome: { failedStreams: failed },
    },
    options,
  );
  return ended.intent_version;
}

/** `file`: something new came. Null: nothing to speak of. */
async function pullOne(
  deps: LoadDeps,
  run: RunRef,
  feed: Feed,
  calls: CallsLedger,
  options: PullOptions,
): Promise<"file" | FailureSummary | null> {
  try {
    const pulled = await askFor(deps, run, feed, calls, options);
    if (pulled.kind === "file") return (await takeIn(deps, run, feed, pulled, options)) ? "file" : null;
    await noted(deps, run, feed, (tx) => feedAnswered(tx, run, feed, { marks: feed.marks, isNew: false }));
    return null;
  } catch (error) {
    if (!isSourceFailure(error)) throw error;
    const failure = summary(error.failure);
    deps.log.warn("feed not pulled", { feed: feed.id, code: failure.code, said: failure.said });
    return noted(deps, run, feed, (tx) => feedFailed(tx, run, feed, failure));
  }
}

async function askFor(
  deps: LoadDeps,
  run: RunRef,
  feed: Feed,
  calls: CallsLedger,
  { signal }: PullOptions,
): Promise<Pulled> {
  const address = httpsAddress(feed);
  const limits = deps.costLimits ?? LIMITS;
  return pullFile({
    outbound: deps.outbound,
    address,
    secret: address.auth === "none" ? null : await secretOf(deps, run, feed, hostOf(address)),
    marks: feed.marks,
    bytesMax: limits.rawBytes,
    totalMs: PULL_MS * Math.max(1, limits.rawBytes / LIMITS.rawBytes),
    now: new Date(),
    signal,
    heard: (answer) => calls.record("GET", "feed", answer),
  });
}

const PULL_MS = 60_000;

function httpsAddress(feed: Feed): HttpsAddress {
  const read = readFeedAddress(feed.address);
  if (read.ok && read.address.kind === "https") return read.address;
  throw new SourceFailure({ class: "invalid_request", code: "custom-costs.address", said: "" });
}

const noSecret = () =>
  new SourceFailure({ class: "reauthorize", why: "revoked", code: "custom-costs.refused", said: "" });

/** Only for the host that it was given for, whatever the row says by now. */
async function secretOf(
  deps: LoadDeps,
  run: RunRef,
  { grant_id: grantId, credential }: Feed,
  host: string,
): Promise<FeedSecret> {
  if (grantId === null || credential === null) throw noSecret();
  const binding = { organisationId: run.organisationId, grantId };
  await deps.vaultWatch?.opening(binding, credential.id);
  const fields = open(
    deps.vaultPrivateKey,
    { ...binding, credentialId: credential.id },
    {
      sealed: Buffer.from(credential.sealed, "base64"),
      wrappedKey: Buffer.from(credential.wrapped_key, "base64"),
      keyId: credential.key_id,
    },
  );
  if (fields["host"]?.reveal() !== host) throw noSecret();
  return { secret: fields["secret"]?.reveal() ?? "" };
}

/** In one transaction behind the fence; nothing is written of a feed that a person changed meanwhile. */
const noted = <T>(
  deps: LoadDeps,
  run: RunRef,
  feed: Feed,
  work: (tx: TransactionSql) => Promise<T>,
): Promise<T | null> =>
  inOrganisation(deps.sql, run, async (tx) => {
    await passImportFence(tx, run);
    return (await lockFeed(tx, run, feed)) ? work(tx) : null;
  });

/** True when it is new. The sealed file takes its place within the transaction of its row. */
async function takeIn(
  deps: LoadDeps,
  run: RunRef,
  feed: Feed,
  pulled: Pulled & { kind: "file" },
  options: PullOptions,
): Promise<boolean> {
  const id = uploadId(randomUUID());
  const path = uploadPath(deps.uploadsFolder ?? "", id);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const part = join(dirname(path), `${id}.${randomUUID()}.part`);
  const { key, sealed } = sealFrames(publicKeyOf(deps.vaultPrivateKey), {
    organisationId: run.organisationId,
    uploadId: id,
  });
  const file = await openFile(part, "wx", 0o600);
  try {
    const came = counted(pulled.bytes, options);
    await pipeline(came.bytes, sealed, file.createWriteStream({ flush: true }));
    const isNew = await noted(deps, run, feed, async (tx) => {
      const given = { id, key, filename: safeFileName(pulled.filename), ...came.sums() };
      const isWritten = await putInLine(tx, run, feed, given);
      if (isWritten) await rename(part, path);
      await feedAnswered(tx, run, feed, { marks: pulled.marks, isNew: isWritten });
      return isWritten;
    });
    return isNew === true;
  } finally {
    await rm(part, { force: true });
  }
}

function counted(bytes: AsyncIterable<Uint8Array>, { heartbeat }: PullOptions) {
  const digest = createHash("sha256");
  let size = 0;
  async function* through(): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      digest.update(chunk);
      size += chunk.length;
      heartbeat({ pages: 0, rows: 0 });
      yield chunk;
    }
  }
  return { bytes: through(), sums: () => ({ size, sha256: digest.digest("hex") }) };
}

interface Came {
  readonly id: string;
  readonly key: SealedFile;
  readonly filename: string;
  readonly size: number;
  readonly sha256: string;
}

/**
 * The same bytes as last time are nothing new, whatever became of them: undone, they are not to come back by themselves.
 * A person looks at a feed's first file; from the first that was committed on, nobody does.
 */
async function putInLine(tx: TransactionSql, run: RunRef, feed: Feed, came: Came): Promise<boolean> {
  const [before] = await tx.unsafe<[{ last: string | null; is_known: boolean }]>(
    `select (select sha256 from uploads where organisation_id = $1 and feed_id = $2 order by created_at desc, id desc limit 1) as last,
       exists (select 1 from uploads where organisation_id = $1 and feed_id = $2 and state = 'committed') as is_known`,
    [run.organisationId, feed.id],
  );
  if (before.last === came.sha256) return false;
  // The newer one stands for what still waits in line, unless a person has said what is to become of that.
  await tx.unsafe(
    `update uploads set state = 'discarded', reason = '{"code":"superseded"}', asked = null, place = null, settled_at = now()
     where organisation_id = $1 and feed_id = $2 and state in ('received', 'needs_confirmation') and asked_by is null`,
    [run.organisationId, feed.id],
  );
  await tx.unsafe(
    `insert into uploads (organisation_id, id, datasource_id, feed_id, how, filename, by, mode, state, size, sha256, wrapped_key, key_id,
       mapping, asked, asked_at, confirm, received_at)
     values ($1, $2, $3, $4, 'https', $5, '{"kind":"system","name":"engine"}', $6, 'received', $7, $8, $9, $10, $11::text::jsonb, $12, now(),
       $13::text::jsonb, now())`,
    [
      run.organisationId,
      came.id,
      run.datasourceId,
      feed.id,
      came.filename,
      feed.mode,
      came.size,
      came.sha256,
      came.key.wrappedKey,
      came.key.keyId,
      JSON.stringify(feed.mapping),
      before.is_known ? "commit" : "prepare",
      JSON.stringify(before.is_known ? { unattended: true } : {}),
    ],
  );
  // The workflow reads again, and finds the file in line.
  await tx.unsafe("update datasources set intent_version = intent_version + 1 where organisation_id = $1 and id = $2", [
    run.organisationId,
    run.datasourceId,
  ]);
  const ref = { ...run, uploadId: uploadId(came.id) };
  await say(tx, ref, "upload.received", {
    feed: feed.id,
    filename: came.filename,
    size: came.size,
    sha256: came.sha256,
  });
  await tx.unsafe("select announce_change($1::uuid)", [run.datasourceId]);
  return true;
}

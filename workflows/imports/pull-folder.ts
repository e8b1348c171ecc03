/**
 * One pull over SFTP: the server's key is met first, and nothing else is asked of it until a person has agreed to that key.
 * Then every file that stands still and was not taken as it is comes in, oldest first. Nothing is changed over there.
 */
import { hostOf } from "@headwater/connectors/custom-costs/feed-address.ts";
import type { SftpAddress } from "@headwater/connectors/custom-costs/feed-address.ts";
import { failed } from "@headwater/connectors/custom-costs/failures.ts";
import { FileMoved, openFolder } from "@headwater/connectors/custom-costs/sftp-folder.ts";
import type { RemoteFolder } from "@headwater/connectors/custom-costs/sftp-folder.ts";
import { KeyMet } from "@headwater/connectors/custom-costs/sftp-line.ts";
import { isSourceFailure } from "@headwater/connectors/failure.ts";
import type { SourceFailure } from "@headwater/connectors/failure.ts";
import { makeDial } from "@headwater/connectors/outbound/dial.ts";
import { limitsOf } from "../costs/limits.ts";
import { feedAnswered, feedMet } from "./feed-ends.ts";
import { readComing, wasTaken } from "./feed-files.ts";
import type { ComingFile } from "./feed-files.ts";
import { secretOf } from "./feed-secret.ts";
import { isLastOfFeed, noted, takeIn } from "./take-in.ts";
import type { Pull } from "./take-in.ts";

/** The rest comes with the next wake. */
const FILES_AT_ONCE = 20;
/** Those that cannot be taken do not keep the others out. */
const TRIED_AT_ONCE = 200;
const guarded = makeDial();

/** How many files came that are new. Throws a `SourceFailure` for what is wrong with the feed. */
export async function pullFolder(pull: Pull, address: SftpAddress, totalMs: number): Promise<number> {
  const { deps, feed, calls, options } = pull;
  const ask = {
    dial: deps.dial ?? guarded,
    address,
    hostKey: feed.host_key,
    secret: () => secretOf(pull, hostOf(address)),
    totalMs,
    signal: options.signal,
  };
  let folder: RemoteFolder;
  try {
    folder = await openFolder(ask);
  } catch (error) {
    calls.record("SFTP", "feed", null);
    if (!(error instanceof KeyMet)) throw error;
    if (feed.host_key !== null) throw new OtherKey(feed.host_key, error.hostKey);
    await noted(pull, (tx) => feedMet(tx, pull, error.hostKey));
    return 0;
  }
  try {
    return await pullFrom(pull, folder);
  } finally {
    folder.close();
  }
}

/** Another key than the one that was agreed to: somebody has to say which is right. */
export class OtherKey extends Error {
  override readonly name = "OtherKey";
  readonly failure: SourceFailure;
  readonly met: string;
  constructor(agreed: string, met: string) {
    super(met);
    this.met = met;
    this.failure = failed(
      { class: "reauthorize", why: "revoked", code: "custom-costs.hostKeyChanged" },
      `${agreed} is now ${met}`,
    );
  }
}

/** One file is wrong, and the others are looked at again as soon as if it were not there. */
export class OneWrong extends Error {
  override readonly name = "OneWrong";
  readonly failure: SourceFailure;
  readonly lookAt: Date;
  constructor(failure: SourceFailure, lookAt: Date) {
    super(failure.message);
    this.failure = failure;
    this.lookAt = lookAt;
  }
}

async function pullFrom(pull: Pull, folder: RemoteFolder): Promise<number> {
  const { run, feed, options } = pull;
  const files = await folder.list();
  if (files.length === 0)
    throw failed({ class: "gone", what: "object", code: "custom-costs.missing" }, "No file has such a name");
  const look = await noted(pull, (tx) => readComing(tx, run, feed, files));
  if (look === null) return 0;
  const ready = look.coming.filter(({ isStill }) => isStill).slice(0, TRIED_AT_ONCE);
  const most = look.isProven ? FILES_AT_ONCE : 1;
  let [taken, read] = [0, 0];
  let wrong: SourceFailure | null = null;
  for (const file of look.isWaiting ? [] : ready) {
    if (read === most) break;
    options.signal.throwIfAborted();
    try {
      if (await takeOne(pull, folder, file)) taken += 1;
      read += 1;
    } catch (error) {
      // Of this one file: the others come in all the same, and it is said at the end.
      if (!isOfOneFile(error)) throw error;
      if (isSourceFailure(error) && error.failure.class !== "gone") wrong = error;
    }
    options.heartbeat({ pages: taken, rows: 0 });
  }
  const dueAt = read === FILES_AT_ONCE ? new Date() : look.stillAt;
  if (wrong !== null) {
    const told = read > 0 || look.coming.length < files.length ? ofOneFile(wrong) : wrong;
    throw dueAt === null ? told : new OneWrong(told, dueAt);
  }
  const left = look.coming.length > 1 || look.isWaiting;
  await noted(pull, (tx) =>
    feedAnswered(tx, pull, {
      marks: {},
      isNew: taken > 0,
      ...(!look.isProven && left ? { waits: "firstFile" as const } : {}),
      ...(look.stillAt === null ? {} : { waits: "settling" as const }),
      ...(dueAt === null ? {} : { dueAt }),
    }),
  );
  return taken;
}

/** Where others can be read, one that cannot is wrong by itself: the feed is not refused, and goes on with them. */
const ofOneFile = (error: SourceFailure): SourceFailure =>
  error.failure.class === "reauthorize"
    ? failed({ class: "invalid_request", code: error.failure.code }, error.failure.said, error)
    : error;

const isOfOneFile = (error: unknown): boolean =>
  error instanceof FileMoved ||
  (isSourceFailure(error) && error.failure.class !== "transient" && error.failure.class !== "rate_limit");

function takeOne(pull: Pull, folder: RemoteFolder, file: ComingFile): Promise<boolean> {
  const { deps, run, feed, calls } = pull;
  return takeIn(pull, {
    filename: file.name,
    bytes: folder.read(file, limitsOf(deps).rawBytes),
    // Under its own name it is known by what came under that name last; under another, by what came last of all.
    isKnown: async (tx, came) => file.sha256 === came.sha256 || isLastOfFeed(tx, run, feed, came),
    replaces: "sameName",
    also: async (tx, came) => {
      calls.brought("SFTP", "feed", came.size);
      await wasTaken(tx, { ref: run, feed }, file, came.sha256);
    },
  });
}

/**
 * What happens next with one datasource, from what is known of it. Pure: the workflow only carries it out.
 * A pause is looked at before anything is run, so that "pause all, deploy, resume" replays in every release.
 */
import type { RunKind } from "@headwater/db/schema/values.ts";
import { dueRuns } from "./due.ts";
import type { DailyKind, DailyRhythm } from "./due.ts";
import { authNow, holdsNow, pauseNow } from "./facts.ts";
import type { Facts, Hold, Millis, PhaseReasonCode } from "./facts.ts";
import { afterQuiet, historyRests, quietAt, restsIn } from "./quiet.ts";
import type { Quiet, QuietStanding } from "./quiet.ts";
import { catchUpDelay, hash, nextPhasePoint, phasePoint } from "./spread.ts";

/** A command that has to be answered by work; all others are answered by being read. */
export interface OpenCommand {
  readonly id: string;
  readonly kind: "syncNow" | "resync" | "extendHistory" | "checkNow";
}

/** A child that the rows say is not finished. */
export interface OpenChild {
  readonly runId: string;
  readonly kind: "backfill" | "resync";
  readonly n: number;
}

/** What the rows say, as one reading. */
export interface Intent {
  readonly facts: Facts;
  readonly platform: string;
  /** One login of this platform may reach several accounts. */
  readonly manyAccounts: boolean;
  readonly daily: DailyRhythm;
  readonly lastDaily: Partial<Record<DailyKind, Millis>>;
  readonly open: readonly OpenCommand[];
  readonly child: OpenChild | null;
  /** The file that somebody asked something of, first of those that wait. */
  readonly upload?: { readonly id: string } | null;
  /** The next point as last written, for a workflow that has to be rebuilt. */
  readonly nextRunAt: Millis | null;
  /** False: files alone come in, and there is nothing to go and fetch. */
  readonly hasStreams?: boolean;
  /** A feed is to be pulled now, and its server has not asked us to wait: whatever else failed is no reason to. */
  readonly feedAsked?: boolean;
  /** The source has not been asked yet to tell us of its end, or it is time to ask again. */
  readonly webhooksDue?: boolean;
  /** Only where it has quiet hours. */
  readonly quiet?: QuietStanding;
  /** The number of the last run of each kind. */
  readonly lastN: Partial<Record<RunKind, number>>;
}

/** What the workflow knows beside the rows. */
export interface Knowledge {
  readonly id: string;
  readonly intent: Intent;
  /** The first spot check comes when the history is in, not with the next sync. */
  readonly checksAtOnce?: boolean;
  /** A check that somebody asks for comes at once. */
  readonly checksWhenAsked?: boolean;
  /** The child of these rows was started or found running since they were read. */
  readonly childAdopted: boolean;
  /** The same of the child that works on the upload. */
  readonly uploadAdopted?: boolean;
  /** A sync was begun, and its last call ended before its work did. */
  readonly syncUnfinished?: boolean;
  /** Its deletion was started, or found running. */
  readonly deletionBegun?: boolean;
  /** Of what another took the place of: the last reading has come to its end, whatever came of it. */
  readonly lastReadingOver?: boolean;
  readonly nextAt: Millis | null;
  /** Not before then: a limit, an outage, the wait after a failure. Verifying and syncing alike. */
  readonly notBefore: Millis | null;
  readonly intervalMs: Millis;
  readonly dayMs: Millis;
}

export type Step =
  | { readonly kind: "end" }
  | { readonly kind: "wait"; readonly until: Millis | null }
  | { readonly kind: "release" }
  | { readonly kind: "listAccounts" }
  | { readonly kind: "verify" }
  | { readonly kind: "park"; readonly phase: "PAUSED" | "REAUTHORIZE"; readonly reason: PhaseReasonCode }
  | { readonly kind: "beginBackfill" }
  | { readonly kind: "beginResync"; readonly command: string }
  | { readonly kind: "adopt"; readonly child: OpenChild }
  | { readonly kind: "import"; readonly upload: string }
  | { readonly kind: "goLive" }
  /** Everybody woke late together: each waits a little of its own. */
  | { readonly kind: "postpone"; readonly until: Millis }
  /** `askedBy`: whose commands the first of them answers. */
  | { readonly kind: "run"; readonly runs: readonly ("sync" | DailyKind)[]; readonly askedBy: readonly string[] }
  | { readonly kind: "registerWebhooks" }
  /** Another has taken its place: once more, up to then. */
  | { readonly kind: "readToSwitch"; readonly until: Millis }
  | { readonly kind: "endReplaced" }
  | { readonly kind: "compensate" }
  | { readonly kind: "finish" };

export function nextStep(known: Knowledge, now: Millis): Step {
  const { facts } = known.intent;
  if (facts.phase === "END") return { kind: isDeletionDue(known) ? "finish" : "end" };
  if (facts.disconnectedAt !== null) return disconnecting(facts, now);
  if (facts.phase === "AUTHORIZING") return authorizing(known, now);
  if (facts.replacedAt != null) return replaced(known, facts.replacedAt, now);
  return stopped(known, now) ?? importing(known) ?? unproven(known, now) ?? filling(known, now) ?? live(known, now);
}

/** What forbids every call to the source: a running one is cancelled too. */
export function forbidsRunning(facts: Facts, now: Millis): boolean {
  const auth = authNow(facts, now);
  return (
    facts.disconnectedAt !== null ||
    pauseNow(facts, now) !== null ||
    holdsNow(facts, now).length > 0 ||
    (auth !== "ok" && auth !== "expiringSoon")
  );
}

/** Where a datasource goes once its credential is proven. */
export function phaseWhenProven(facts: Facts, now: Millis): "PAUSED" | "VERIFYING" | "BACKFILLING" | "LIVE" {
  if (pauseNow(facts, now) !== null || holdsNow(facts, now).length > 0) return "PAUSED";
  if (facts.backfill === "none" || facts.backfill === "queued") return "VERIFYING";
  return facts.backfill === "running" && !facts.newestIn ? "BACKFILLING" : "LIVE";
}

/** How long after the switch the last reading may go on. */
export const LAST_READING_MS = 10 * 60_000;

/** Whether the source would answer now: with the newest days not in yet, there is nothing that a last reading could bring up to the switch. */
export const mayBeReadToSwitch = (facts: Facts, now: Millis): boolean =>
  (facts.phase === "LIVE" || facts.phase === "SYNCING") && !forbidsRunning(facts, now);

/** No history of an earlier release holds this fact, so none of them takes these steps. */
function replaced(known: Knowledge, at: Millis, now: Millis): Step {
  const until = at + LAST_READING_MS;
  const isOver = known.lastReadingOver === true || now >= until || !mayBeReadToSwitch(known.intent.facts, now);
  if (isOver) return { kind: "endReplaced" };
  const wait = later(known, now);
  if (wait?.kind !== "wait") return { kind: "readToSwitch", until };
  return { kind: "wait", until: Math.min(wait.until ?? until, until) };
}

/** It was chosen after the end, or lost: it ends once more, with it. No history of an earlier release holds this fact. */
const isDeletionDue = ({ intent: { facts }, deletionBegun }: Knowledge): boolean =>
  facts.deleteData && facts.dataDeletedAt === null && deletionBegun !== true;

function disconnecting(facts: Facts, now: Millis): Step {
  if (facts.phase !== "DISCONNECTING" || !isCompensated(facts)) return { kind: "compensate" };
  return facts.undoUntil !== null && facts.undoUntil > now
    ? { kind: "wait", until: facts.undoUntil }
    : { kind: "finish" };
}

/** Of this disconnect, and not of one that was undone since: what another left to this one, this one has to end. */
const isCompensated = ({ phaseReason, disconnectedAt }: Facts): boolean =>
  phaseReason?.code === "compensated" && (phaseReason.disconnectedAt ?? disconnectedAt) === disconnectedAt;

function authorizing(known: Knowledge, now: Millis): Step {
  const { facts, manyAccounts } = known.intent;
  const isLate = facts.authorizingUntil !== null && facts.authorizingUntil <= now;
  const waiting: Step = isLate
    ? (later(known, now) ?? { kind: "release" })
    : { kind: "wait", until: facts.authorizingUntil };
  if (!facts.candidate && !facts.credential) return waiting;
  if (!manyAccounts || facts.accountChosen) return later(known, now) ?? { kind: "verify" };
  if (facts.accountsListed) return waiting;
  return later(known, now) ?? { kind: "listAccounts" };
}

/** A new credential is proven beside a person's pause: a pause never touches the connection. */
function stopped(known: Knowledge, now: Millis): Step | null {
  const { facts } = known.intent;
  const pause = pauseNow(facts, now);
  const holds = holdsNow(facts, now);
  if (pause === null && holds.length === 0) return null;
  const ours = holds.some((hold) => hold.scope !== "source");
  if (!ours && isUnproven(facts) && isNews(facts, holds)) return later(known, now) ?? { kind: "verify" };
  if (facts.phase !== "PAUSED")
    return { kind: "park", phase: "PAUSED", reason: pause === null ? "held" : "pausedByPerson" };
  return { kind: "wait", until: clearedAt(known, now) };
}

/** A frozen shop is looked at when its hold ends, or when somebody has consented since it was last looked at. */
function isNews(facts: Facts, holds: readonly Hold[]): boolean {
  if (!holds.some((hold) => hold.reason === "frozenAtSource")) return true;
  const consentedAt = facts.candidate ? (facts.candidateSince ?? Number.POSITIVE_INFINITY) : 0;
  return Math.max(consentedAt, facts.grantVerifiedAt ?? 0) > (facts.lastAttemptAt ?? 0);
}

const LONGEST_SPREAD_MS = 15 * 60_000;

/** When the last of what stops it ends by itself. What stopped many lets them go one by one. */
function clearedAt({ id, intent, intervalMs }: Knowledge, now: Millis): Millis | null {
  const holds = holdsNow(intent.facts, now);
  const ends = [pauseNow(intent.facts, now), ...holds].flatMap((one) => (one === null ? [] : [one.until]));
  const known = ends.filter((end) => end !== null);
  if (known.length < ends.length) return null;
  const isShared = holds.some((hold) => hold.scope !== "source");
  const spread = isShared ? hash(`freed:${id}`) % Math.min(LONGEST_SPREAD_MS, Math.max(1, intervalMs)) : 0;
  return Math.max(...known) + spread;
}

/** A file is here whatever its source says: only a pause or a hold keeps it waiting. */
function importing({ intent, uploadAdopted }: Knowledge): Step | null {
  const { upload } = intent;
  if (upload == null || uploadAdopted === true || intent.facts.auth === "none") return null;
  return { kind: "import", upload: upload.id };
}

/** A candidate, or a credential whose proof was cut short, or that another datasource on the same grant has renewed. */
export const isUnproven = (facts: Facts): boolean =>
  facts.candidate ||
  (facts.auth !== "ok" && (facts.phase === "VERIFYING" || (facts.auth === "none" && facts.credential))) ||
  wasRenewedBeside(facts);

const wasRenewedBeside = ({ auth, credential, grantVerifiedAt, lastAttemptAt }: Facts): boolean =>
  auth !== "ok" && auth !== "none" && credential && (grantVerifiedAt ?? 0) > (lastAttemptAt ?? 0);

function unproven(known: Knowledge, now: Millis): Step | null {
  const { facts } = known.intent;
  if (isUnproven(facts)) return later(known, now) ?? { kind: "verify" };
  const auth = authNow(facts, now);
  if (auth !== "ok" && auth !== "expiringSoon") {
    if (facts.phase === "REAUTHORIZE" && facts.auth === auth) return { kind: "wait", until: null };
    return { kind: "park", phase: "REAUTHORIZE", reason: "credentialFailed" };
  }
  const isBack = facts.phase === "PAUSED" || facts.phase === "REAUTHORIZE" || isUndoneOnItsLogin(facts);
  return isBack ? (later(known, now) ?? { kind: "verify" }) : null;
}

/** Others stood on the login, so it was not ended. Files have none: there is nothing to look at. */
const isUndoneOnItsLogin = ({ phase, credential }: Facts): boolean => phase === "DISCONNECTING" && credential;

const later = ({ notBefore }: Knowledge, now: Millis): Step | null =>
  notBefore !== null && notBefore > now ? { kind: "wait", until: notBefore } : null;

function filling(known: Knowledge, now: Millis): Step | null {
  const { facts, child } = known.intent;
  if (facts.backfill === "none" || facts.backfill === "queued") return { kind: "beginBackfill" };
  const rests = childRests(known, now);
  if (child !== null && !known.childAdopted && rests === null) return { kind: "adopt", child };
  if (facts.phase === "LIVE") return null;
  const isFirstIn = facts.newestIn || facts.backfill !== "running";
  return isFirstIn ? { kind: "goLive" } : { kind: "wait", until: rests };
}

/** Whoever works on the history decides by a clock of its own. */
const CLOCKS_DIFFER_MS = 2_000;

/** Nobody has asked for any of its work, and it has ended for the quiet hours; until when. */
function childRests({ intent: { quiet, child }, childAdopted }: Knowledge, now: Millis): Millis | null {
  const until = child === null || childAdopted || quiet?.childAsked === "some" ? null : historyRests(quiet, now);
  return until === null ? null : until + CLOCKS_DIFFER_MS;
}

function live(known: Knowledge, now: Millis): Step {
  const { id, intent, intervalMs, dayMs } = known;
  if (intent.hasStreams === false) return { kind: "wait", until: null };
  const checks = known.checksWhenAsked === true ? askedFor(intent, "checkNow") : [];
  if (checks.length > 0) return later(known, now) ?? { kind: "run", runs: ["spotCheck"], askedBy: checks };
  const resync = intent.open.find(({ kind }) => kind === "resync" || kind === "extendHistory");
  if (resync !== undefined && intent.child === null) return { kind: "beginResync", command: resync.id };
  const askedBy = askedFor(intent, "syncNow");
  const asked = askedBy.length > 0;
  const nextAt = syncRests(known, now) ?? known.nextAt ?? now;
  const { facts, daily, lastDaily } = intent;
  const since = facts.backfill === "running" ? null : facts.firstNumbersAt;
  const checksAtOnce = known.checksAtOnce === true && syncRests(known, now) === null;
  const runs = dueRuns({ now, nextAt, dayMs, daily, lastDaily, since, asked, checksAtOnce });
  const until = Math.min(nextAt, childRests(known, now) ?? nextAt);
  if (runs.length === 0) return isTold(intent) ? { kind: "wait", until } : { kind: "registerWebhooks" };
  const postponed = asked && intent.feedAsked === true ? null : later(known, now);
  if (postponed !== null) return postponed;
  if (!asked && now - nextAt > intervalMs) return { kind: "postpone", until: now + catchUpDelay(id, intervalMs) };
  return { kind: "run", runs, askedBy };
}

const askedFor = ({ open }: Intent, asked: OpenCommand["kind"]): string[] =>
  open.flatMap(({ id, kind }) => (kind === asked ? [id] : []));

/** When a sync that is due, and that nobody asked for, begins after quiet hours; null: they do not hold it. */
function syncRests(
  { id, intent: { quiet }, nextAt, syncUnfinished, intervalMs }: Knowledge,
  now: Millis,
): Millis | null {
  if (quiet === undefined || syncUnfinished === true) return null;
  const rests = nextAt === null ? restsIn(quiet, now) : quietAt(quiet.windows, now);
  return rests === null || (nextAt !== null && nextAt >= rests.to) ? null : rests.to + catchUpDelay(id, intervalMs);
}

/** After the first sync, never before it: the first numbers come first. */
const isTold = ({ webhooksDue, facts }: Intent): boolean => webhooksDue !== true || facts.lastSuccessAt === null;

/** The wake after this one. */
export const wakeAfter = (id: string, now: Millis, intervalMs: Millis, quiet: readonly Quiet[] = []): Millis =>
  outOfQuiet(id, nextPhasePoint(now, intervalMs, phasePoint(id, intervalMs)), intervalMs, quiet);

export const outOfQuiet = (id: string, dueAt: Millis, intervalMs: Millis, quiet: readonly Quiet[]): Millis =>
  afterQuiet(quiet, dueAt, catchUpDelay(id, intervalMs));

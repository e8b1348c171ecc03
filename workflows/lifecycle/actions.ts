/** Which commands may be given now, and why not. The API refuses with it, the page greys out with it, the model test walks with it. */
import type { CommandKind as StoredKind, Role } from "@headwater/db/schema/values.ts";
import { authNow, hasLanded, holdsNow, pauseNow } from "./facts.ts";
import type { Facts, HoldReason, Millis } from "./facts.ts";

/** A name is given in its own transaction; no fact stands in its way. */
export type CommandKind = Exclude<StoredKind, "rename">;

const MANAGERS: readonly Role[] = ["owner", "admin"];
const READERS_OF_NUMBERS: readonly Role[] = ["owner", "admin", "analyst"];
/** What brings numbers sooner and changes nothing of what is brought. */
const OF_READERS: readonly CommandKind[] = ["syncNow", "bringForward", "upload"];

/** Who may give which command; the API's permission table reads this one. */
export const rolesThatMay = (kind: CommandKind): readonly Role[] =>
  OF_READERS.includes(kind) ? READERS_OF_NUMBERS : MANAGERS;

export type RefusalCode =
  | "role"
  | "stillConnecting"
  | "notConnecting"
  | "alreadyPaused"
  | "notPaused"
  | "paused"
  /** By us, for what no resume ends: the plan, an outage, maintenance. */
  | "held"
  | "credentialsDoNotWork"
  | "nothingLandedYet"
  | "backfillRunning"
  | "nothingQueued"
  /** There is nothing at a source to sign in to, to read again or to read more of. */
  | "comesInFiles"
  /** It comes in files, and none of them lies where it could be fetched. */
  | "nothingToFetch"
  /** The login is a key that a member pastes: there is no sign-in that somebody else could do. */
  | "keyIsPasted"
  /** Another one is on its way to take its place. */
  | "replacing"
  /** Another one has; it is read once more, and then it ends. */
  | "replaced"
  | "replacesNothing"
  | "noAccountsListed"
  | "disconnected"
  | "notDisconnected"
  | "undoLapsed"
  /** Its disconnect can still be undone, with its data. */
  | "undoOpen"
  | "deletionChosen"
  | "dataDeleted"
  /** Its account is connected again, or that can still be undone: what is here is that datasource's now. */
  | "accountReadOn"
  /** Its source has no totals of its own that our numbers could be held against. */
  | "noAggregate"
  | "checkUnderWay"
  /** Ours are still the old numbers, the source's the new ones. */
  | "daysReadAnew";

export type Allowance =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      readonly because: RefusalCode;
      readonly rolesThatMay?: readonly Role[];
      readonly hold?: HoldReason;
    };

const yes: Allowance = { allowed: true };
const no = (because: RefusalCode): Allowance => ({ allowed: false, because });

/** How a datasource's data come: fetched from a source, fetched as files from where somebody lays them, or given by hand. */
export type ComesBy = "fetching" | "feeds" | "files";

export interface Asker {
  readonly role: Role;
  readonly now: Millis;
  readonly comesBy?: ComesBy;
  readonly hasAggregate?: boolean;
}

export function actionFor(kind: CommandKind, facts: Facts, asker: Asker): Allowance {
  const { role, now, comesBy = "fetching", hasAggregate = true } = asker;
  const roles = rolesThatMay(kind);
  if (!roles.includes(role)) return { allowed: false, because: "role", rolesThatMay: roles };
  const answer = allowedByFacts(kind, facts, now);
  const isStanding = facts.disconnectedAt === null && facts.auth !== "none";
  if (isStanding && kind === "checkNow" && !(hasAggregate && comesBy === "fetching")) return no("noAggregate");
  return (isStanding ? ofFiles(kind, comesBy) : null) ?? answer;
}

const ONLY_OF_SOURCES: readonly CommandKind[] = [
  "resync",
  "bringForward",
  "extendHistory",
  "reauthorized",
  "replace",
  "setCadence",
  "setQuotaCeiling",
];

/** Files are given again, or undone; each feed has a rhythm and a secret of its own. */
function ofFiles(kind: CommandKind, comesBy: ComesBy): Allowance | null {
  if (comesBy === "fetching") return null;
  if ((kind === "syncNow" || kind === "setQuietHours") && comesBy === "files") return no("nothingToFetch");
  return ONLY_OF_SOURCES.includes(kind) ? no("comesInFiles") : null;
}

function allowedByFacts(kind: CommandKind, facts: Facts, now: Millis): Allowance {
  if (kind === "undoDisconnect") return undoAllowed(facts, now);
  if (kind === "deleteData") return deletionAllowed(facts, now);
  if (facts.disconnectedAt !== null) return no("disconnected");
  if (facts.replacedAt != null) return no("replaced");
  const connecting = facts.phase === "AUTHORIZING";
  if (kind === "cancelConnect") return connecting ? yes : no("notConnecting");
  if (kind === "chooseAccount") return chooseAllowed(facts);
  if (kind === "disconnect") return connecting ? no("stillConnecting") : yes;
  if (facts.auth === "none") return no("stillConnecting");
  // A file needs no credential: only a pause or a hold keeps it out.
  if (kind === "upload") return stoppedBy(facts, now) ?? yes;
  return runningAllowed(kind, facts, now);
}

function undoAllowed(facts: Facts, now: Millis): Allowance {
  if (facts.disconnectedAt === null) return no("notDisconnected");
  const isOpen = facts.phase !== "END" && facts.undoUntil !== null && facts.undoUntil > now;
  return isOpen ? yes : no("undoLapsed");
}

function deletionAllowed(facts: Facts, now: Millis): Allowance {
  if (facts.disconnectedAt === null) return no("notDisconnected");
  if (facts.dataDeletedAt != null) return no("dataDeleted");
  if (facts.deleteData) return no("deletionChosen");
  return undoAllowed(facts, now).allowed ? no("undoOpen") : yes;
}

function chooseAllowed(facts: Facts): Allowance {
  if (facts.phase !== "AUTHORIZING") return no("notConnecting");
  return facts.accountsListed && !facts.accountChosen ? yes : no("noAccountsListed");
}

/** A pause beside dead credentials is allowed: the two statuses are independent. */
function runningAllowed(kind: CommandKind, facts: Facts, now: Millis): Allowance {
  const paused = pauseNow(facts, now) !== null;
  if (kind === "pause") return paused ? no("alreadyPaused") : yes;
  if (kind === "resume") return resumeAllowed(facts, now);
  if (kind === "bringForward") return facts.backfill === "running" ? yes : no("nothingQueued");
  const isFetch = kind === "syncNow" || kind === "resync" || kind === "extendHistory" || kind === "checkNow";
  return isFetch ? fetchAllowed(kind, facts, now) : yes;
}

/**
 * A resume ends a person's pause and the one after failures, and has a store that was frozen looked at at once: that is held
 * again if it still is. Nothing else.
 */
export const RELEASED_BY_RESUME: readonly HoldReason[] = ["repeatedFailures", "frozenAtSource"];

function resumeAllowed(facts: Facts, now: Millis): Allowance {
  const stopped = stoppedBy(facts, now);
  if (stopped === null) return no("notPaused");
  const stays = holdsNow(facts, now).find(({ reason }) => !RELEASED_BY_RESUME.includes(reason));
  if (stopped.because === "paused" || stays === undefined) return yes;
  return { allowed: false, because: "held", hold: stays.reason };
}

function stoppedBy(facts: Facts, now: Millis): Extract<Allowance, { allowed: false }> | null {
  const holds = holdsNow(facts, now);
  if (pauseNow(facts, now) !== null || holds.some(({ reason }) => reason === "repeatedFailures"))
    return { allowed: false, because: "paused" };
  const [first] = holds;
  return first === undefined ? null : { allowed: false, because: "held", hold: first.reason };
}

type Fetch = "syncNow" | "resync" | "extendHistory" | "checkNow";

function fetchAllowed(kind: Fetch, facts: Facts, now: Millis): Allowance {
  const stopped = stoppedBy(facts, now);
  if (stopped !== null) return stopped;
  const auth = authNow(facts, now);
  if (auth !== "ok" && auth !== "expiringSoon") return no("credentialsDoNotWork");
  if (!hasLanded(facts)) return no("nothingLandedYet");
  return kind !== "syncNow" && facts.backfill === "running" ? no("backfillRunning") : yes;
}

/** Which commands may be given now, and why not. The API refuses with it, the page greys out with it, the model test walks with it. */
import { authNow, hasLanded, pauseNow } from "./facts.ts";
import type { Facts, Millis } from "./facts.ts";

export const COMMAND_KINDS = [
  "chooseAccount",
  "cancelConnect",
  "pause",
  "resume",
  "syncNow",
  "resync",
  "bringForward",
  "extendHistory",
  "reauthorized",
  "setCadence",
  "upload",
  "replace",
  "disconnect",
  "undoDisconnect",
] as const;
export type CommandKind = (typeof COMMAND_KINDS)[number];

/** Not built yet: refused with `notYet`, so that the page can say so. */
export const NOT_YET: readonly CommandKind[] = [];

export const ROLES = ["owner", "admin", "analyst", "viewer"] as const;
export type Role = (typeof ROLES)[number];

const MANAGERS: readonly Role[] = ["owner", "admin"];
const READERS_OF_NUMBERS: readonly Role[] = ["owner", "admin", "analyst"];

/** Who may give which command; the API's permission table reads this one. */
export const rolesThatMay = (kind: CommandKind): readonly Role[] =>
  kind === "syncNow" || kind === "upload" ? READERS_OF_NUMBERS : MANAGERS;

export type RefusalCode =
  | "role"
  | "notYet"
  | "stillConnecting"
  | "notConnecting"
  | "alreadyPaused"
  | "notPaused"
  | "paused"
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
  | "replacesNothing"
  | "noAccountsListed"
  | "disconnected"
  | "notDisconnected"
  | "undoLapsed";

export type Allowance =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly because: RefusalCode; readonly rolesThatMay?: readonly Role[] };
export type Actions = Readonly<Record<CommandKind, Allowance>>;

const yes: Allowance = { allowed: true };
const no = (because: RefusalCode): Allowance => ({ allowed: false, because });

export function actionsFor(facts: Facts, role: Role, now: Millis): Actions {
  const answer = (kind: CommandKind) => actionFor(kind, facts, role, now);
  return {
    chooseAccount: answer("chooseAccount"),
    cancelConnect: answer("cancelConnect"),
    pause: answer("pause"),
    resume: answer("resume"),
    syncNow: answer("syncNow"),
    resync: answer("resync"),
    bringForward: answer("bringForward"),
    extendHistory: answer("extendHistory"),
    reauthorized: answer("reauthorized"),
    setCadence: answer("setCadence"),
    upload: answer("upload"),
    replace: answer("replace"),
    disconnect: answer("disconnect"),
    undoDisconnect: answer("undoDisconnect"),
  };
}

/** How a datasource's data come: fetched from a source, fetched as files from where somebody lays them, or given by hand. */
export type ComesBy = "fetching" | "feeds" | "files";

export function actionFor(
  kind: CommandKind,
  facts: Facts,
  role: Role,
  now: Millis,
  comesBy: ComesBy = "fetching",
): Allowance {
  const roles = rolesThatMay(kind);
  if (!roles.includes(role)) return { allowed: false, because: "role", rolesThatMay: roles };
  if (NOT_YET.includes(kind)) return no("notYet");
  const answer = allowedByFacts(kind, facts, now);
  const isStanding = facts.disconnectedAt === null && facts.auth !== "none";
  return (isStanding ? ofFiles(kind, comesBy) : null) ?? answer;
}

const ONLY_OF_SOURCES: readonly CommandKind[] = [
  "resync",
  "bringForward",
  "extendHistory",
  "reauthorized",
  "replace",
  "setCadence",
];

/** Files are given again, or undone; each feed has a rhythm and a secret of its own. */
function ofFiles(kind: CommandKind, comesBy: ComesBy): Allowance | null {
  if (comesBy === "fetching") return null;
  if (kind === "syncNow" && comesBy === "files") return no("nothingToFetch");
  return ONLY_OF_SOURCES.includes(kind) ? no("comesInFiles") : null;
}

function allowedByFacts(kind: CommandKind, facts: Facts, now: Millis): Allowance {
  if (kind === "undoDisconnect") return undoAllowed(facts, now);
  if (facts.disconnectedAt !== null) return no("disconnected");
  const connecting = facts.phase === "AUTHORIZING";
  if (kind === "cancelConnect") return connecting ? yes : no("notConnecting");
  if (kind === "chooseAccount") return chooseAllowed(facts);
  if (kind === "disconnect") return connecting ? no("stillConnecting") : yes;
  if (facts.auth === "none") return no("stillConnecting");
  // A file needs no credential: only a pause or a hold keeps it out.
  if (kind === "upload") return pauseNow(facts, now) !== null || facts.holds.length > 0 ? no("paused") : yes;
  return runningAllowed(kind, facts, now);
}

function undoAllowed(facts: Facts, now: Millis): Allowance {
  if (facts.disconnectedAt === null) return no("notDisconnected");
  return facts.undoUntil !== null && facts.undoUntil > now ? yes : no("undoLapsed");
}

function chooseAllowed(facts: Facts): Allowance {
  if (facts.phase !== "AUTHORIZING") return no("notConnecting");
  return facts.accountsListed && !facts.accountChosen ? yes : no("noAccountsListed");
}

/** A pause beside dead credentials is allowed: the two statuses are independent. */
function runningAllowed(kind: CommandKind, facts: Facts, now: Millis): Allowance {
  const paused = pauseNow(facts, now) !== null;
  if (kind === "pause") return paused ? no("alreadyPaused") : yes;
  if (kind === "resume")
    return paused || facts.holds.some((hold) => hold.reason === "repeatedFailures") ? yes : no("notPaused");
  if (kind === "bringForward") return facts.backfill === "running" ? yes : no("nothingQueued");
  const isFetch = kind === "syncNow" || kind === "resync" || kind === "extendHistory";
  return isFetch ? fetchAllowed(kind, facts, paused, now) : yes;
}

function fetchAllowed(
  kind: "syncNow" | "resync" | "extendHistory",
  facts: Facts,
  paused: boolean,
  now: Millis,
): Allowance {
  if (paused || facts.holds.length > 0) return no("paused");
  const auth = authNow(facts, now);
  if (auth !== "ok" && auth !== "expiringSoon") return no("credentialsDoNotWork");
  if (!hasLanded(facts)) return no("nothingLandedYet");
  return kind !== "syncNow" && facts.backfill === "running" ? no("backfillRunning") : yes;
}

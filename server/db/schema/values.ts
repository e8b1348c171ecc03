// The closed lists of values that rows hold. Each is a check constraint in the database, and a test keeps the two equal.

export const roles = ["owner", "admin", "analyst", "viewer"] as const;
export type Role = (typeof roles)[number];

export const tokenScopes = ["read", "manage", "costs:upload"] as const;
export type TokenScope = (typeof tokenScopes)[number];

export const phases = [
  "AUTHORIZING",
  "VERIFYING",
  "BACKFILLING",
  "LIVE",
  "SYNCING",
  "REAUTHORIZE",
  "PAUSED",
  "DISCONNECTING",
  "END",
] as const;
export type Phase = (typeof phases)[number];

/** As stored. `expiringSoon` depends on the time and is derived when read. */
export const authStates = ["none", "ok", "expired", "revoked", "notPermitted"] as const;
export type AuthState = (typeof authStates)[number];

export const backfillStates = ["none", "queued", "running", "done", "failed"] as const;
export type BackfillState = (typeof backfillStates)[number];

export const commandKinds = [
  "chooseAccount",
  "cancelConnect",
  "pause",
  "resume",
  "syncNow",
  "resync",
  "checkNow",
  "bringForward",
  "extendHistory",
  "reauthorized",
  "setCadence",
  "setQuietHours",
  "setQuotaCeiling",
  "upload",
  "replace",
  "disconnect",
  "undoDisconnect",
  "deleteData",
  "rename",
] as const;
export type CommandKind = (typeof commandKinds)[number];

export const commandStates = ["accepted", "done", "refused", "failed"] as const;
export type CommandState = (typeof commandStates)[number];

export const runKinds = ["sync", "backfill", "resync", "refresh", "reread", "sweep", "spotCheck", "import"] as const;
export type RunKind = (typeof runKinds)[number];

export const runStates = ["running", "succeeded", "failed", "cancelled"] as const;
export type RunState = (typeof runStates)[number];

export const sliceStates = ["queued", "running", "done", "failed"] as const;
export type SliceState = (typeof sliceStates)[number];

/** A source's, as connectors tell them, and our own. */
export const failureClasses = [
  "reauthorize",
  "permission",
  "rate_limit",
  "transient",
  "invalid_request",
  "gone",
  "bug",
] as const;

/** How an attempt ended: well, or as the class of its failure says. */
export const attemptEndings = ["well", ...failureClasses] as const;
export type AttemptEnding = (typeof attemptEndings)[number];

/**
 * What came after it: it waits as the source asked; is tried again by itself; is read with the next sync; was counted;
 * was one too many, so that we paused; a person is asked; it is held; the account is looked at twice; its days are left.
 */
export const attemptNexts = [
  "waits",
  "again",
  "nextSync",
  "counted",
  "paused",
  "asks",
  "held",
  "looksAgain",
  "setAside",
] as const;
export type AttemptNext = (typeof attemptNexts)[number];

/** Which rule counted it, where the count then stood, and how many there are. Of feeds: tries of ours, and usual times without a file. */
export type AttemptBudget = { rule: "inARow" | "withProgress" | "retries" | "misses"; count: number; most: number };

/** The source does not answer; some streams cannot be read; a grant ends; access is lost; we paused it; its source has frozen it; its history has holes; a link was followed; its records have changed; files do not add up; its interface moved on; somebody asks; what was to be deleted is; a platform opened; a review is due. */
export const noticeKinds = [
  "sourceDown",
  "streamsFailed",
  "grantEnding",
  "accessLost",
  "pausedByPlatform",
  "frozenAtSource",
  "historyIncomplete",
  "linkFollowed",
  "shapeChanged",
  "costsDiffer",
  "versionRetired",
  "requested",
  "dataDeleted",
  "platformOpened",
  "reviewDue",
] as const;
export type NoticeKind = (typeof noticeKinds)[number];

/** What can reach an organisation's data: a grant or key, a person, an API token. */
export const accessKinds = ["grant", "person", "apiToken"] as const;
export type AccessKind = (typeof accessKinds)[number];

export const accessChoices = ["keep", "reduce", "rotate", "revoke"] as const;
export type AccessChoice = (typeof accessChoices)[number];

export const holdScopes = ["source", "organisation", "platform", "all"] as const;
export type HoldScope = (typeof holdScopes)[number];

export const connectPurposes = ["connect", "reauthorize", "replace"] as const;
export type ConnectPurpose = (typeof connectPurposes)[number];

export const uploadHows = ["browser", "api", "https", "sftp"] as const;
export type UploadHow = (typeof uploadHows)[number];

export const uploadModes = ["upsert", "replace_range", "replace_all"] as const;
export type UploadMode = (typeof uploadModes)[number];

export const uploadStates = [
  "announced",
  "received",
  "validating",
  "needs_confirmation",
  "held",
  "committed",
  "rejected",
  "unchanged",
  "undone",
  "discarded",
] as const;
export type UploadState = (typeof uploadStates)[number];

/** What somebody wants of an upload; the worker answers and clears it. */
export const uploadAskeds = ["prepare", "commit", "discard", "undo", "check"] as const;
export type UploadAsked = (typeof uploadAskeds)[number];

export const severities = ["error", "warning"] as const;
export type Severity = (typeof severities)[number];

export const feedKinds = ["https", "sftp"] as const;
export type FeedKind = (typeof feedKinds)[number];
export const feedModes = ["upsert", "replace_range"] as const;

/** `refused`: its credential. `missing`: no file three times over. `failing`: trouble that passes. `invalid`: what no retry cures. */
export const feedStates = ["unproven", "ok", "refused", "missing", "failing", "invalid"] as const;
export type FeedState = (typeof feedStates)[number];

/** Why a row of a file cannot be counted. */
export const leftOutReasons = [
  "country",
  "campaign",
  "channel",
  "gateway",
  "product",
  "goods",
  "order",
  "oneOrder",
] as const;
export type LeftOutReason = (typeof leftOutReasons)[number];

export const recordKinds = [
  "orders",
  "order_lines",
  "refunds",
  "transactions",
  "fulfilments",
  "customers",
  "products",
  "variants",
  "fees",
  "campaigns",
  "ad_days",
  "message_days",
] as const;
/** Named as its table is. */
export type RecordKind = (typeof recordKinds)[number];

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** Who did it, in every row that says so. Never a name or an address: those are looked up when shown. */
export type Actor =
  | { kind: "person"; userId: string }
  | { kind: "token"; tokenId: string }
  | { kind: "operator"; userId: string }
  | { kind: "system"; name: string };

/** Which of several things of a source counts. `before` and `command` stand while its days wait to be read anew. */
export type SettledChoice = {
  value: string;
  options: { value: string; label: string }[];
  before?: string;
  command?: string;
};

export type SecondsRange = { minSeconds: number; maxSeconds: number };
/** A code and its values; the words are found where it is shown. */
export type Reason = { code: string; values?: JsonObject };

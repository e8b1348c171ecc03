/** What is known about one datasource. Every fact is a row; times are milliseconds since 1970, so that a fact can travel anywhere. */

import type { Actor, AuthState, BackfillState, HoldScope, Phase } from "@headwater/db/schema/values.ts";

export type Millis = number;

/** `expiringSoon` depends on the time, so it is derived: see `authNow`. */
export type AuthNow = AuthState | "expiringSoon";

/** Why the credential does not work, as codes and values; the edge words them. */
export interface AuthReason {
  readonly code: AuthReasonCode;
  /** The scopes or roles that are missing, by the source's own names. */
  readonly lacks?: readonly string[];
  /** The account that came instead of ours. */
  readonly found?: string;
  /** The source's own words, shortened; shown second. */
  readonly said?: string;
  /** When it had ended already, where that was before it was written down. */
  readonly endedAt?: Millis;
}
export type AuthReasonCode =
  | "tokenExpired"
  | "grantEnded"
  | "revokedAtSource"
  /** By whoever runs this installation: every access of the platform was ended. */
  | "revokedByOperator"
  | "keyRotated"
  | "tokenReused"
  | "scopeMissing"
  | "roleMissing"
  | "otherAccount"
  | "alreadyConnected"
  | "disconnectUndone";

export interface Pause {
  readonly since: Millis;
  readonly until: Millis | null;
  readonly by: Actor | null;
  readonly note: string | null;
}

export type HoldReason =
  | "repeatedFailures"
  | "providerOutage"
  | "frozenAtSource"
  | "plan"
  | "abuse"
  | "maintenance"
  | "killSwitch";

export interface Hold {
  readonly id: string;
  readonly scope: HoldScope;
  readonly reason: HoldReason;
  readonly since: Millis;
  /** Null: until somebody releases it. */
  readonly until: Millis | null;
  /** Where a person chose it; else by us. */
  readonly by?: Actor;
  /** The source's own words, shortened. */
  readonly said?: string;
  /** Of a pause after repeated failures: which of its rules fired, and what had been counted by then. */
  readonly rule?: FailureRule;
  readonly counters?: Readonly<Record<FailureRule, number>>;
}

export const FAILURE_RULES = ["inARow", "inAll", "withProgress"] as const;
export type FailureRule = (typeof FAILURE_RULES)[number];

/** Streams that the last sync could not read while the others went on. */
export interface FailedStreams {
  readonly names: readonly string[];
  readonly since: Millis;
  readonly said: string;
}

/** Records that came and could not be stored, of one kind and for one cause. */
export interface Rejected {
  /** The stream that was asked. */
  readonly stream: string;
  readonly kind: string | null;
  readonly reason: string;
  /** Of the source's own names. */
  readonly field: string;
  readonly count: number;
  /** Its stream has more than were counted, of this kind or of another. */
  readonly isMore: boolean;
  readonly since: Millis;
}

export type ThrottleReason = "rateLimit" | "ceiling" | "providerDown" | "waitingForReport";

export interface Facts {
  readonly phase: Phase;
  readonly phaseSince: Millis;
  readonly phaseReason: PhaseReason | null;
  readonly seq: number;
  readonly generation: number;
  readonly intentVersion: number;

  readonly auth: AuthState;
  readonly authReason: AuthReason | null;
  readonly authSince: Millis | null;
  /** When the grant ends with no way to renew it; null while it can be renewed or never ends. */
  readonly grantEndsAt: Millis | null;
  /** When the grant was last proven, by whichever datasource stands on it. */
  readonly grantVerifiedAt?: Millis | null;
  readonly authorizingUntil: Millis | null;
  /** A credential that was proven once stands in the vault. */
  readonly credential: boolean;
  /** A credential came in that no VERIFYING has judged yet, and no disconnect has overtaken. */
  readonly candidate: boolean;
  /** When it came in. */
  readonly candidateSince?: Millis | null;
  /** The accounts behind a login of several are written down and wait for a choice. */
  readonly accountsListed: boolean;
  readonly accountChosen: boolean;

  readonly userPaused: Pause | null;
  readonly holds: readonly Hold[];

  readonly backfill: BackfillState;
  readonly backfillN: number;
  /** The newest window of every stream is in: the recurring sync may begin. */
  readonly newestIn: boolean;
  readonly firstNumbersAt: Millis | null;
  readonly lastSuccessAt: Millis | null;
  readonly lastAttemptAt: Millis | null;
  readonly failedStreams: FailedStreams | null;
  /** Most first. For whoever shows them: what runs next does not hang on it. */
  readonly rejected?: readonly Rejected[];
  readonly throttledUntil: Millis | null;
  readonly throttleReason: ThrottleReason | null;
  readonly cadenceMs: Millis;

  /** Another took its place then. Not disconnected yet, it is being read once more. */
  readonly replacedAt?: Millis | null;
  readonly disconnectedAt: Millis | null;
  readonly undoUntil: Millis | null;
  readonly deleteData: boolean;
  readonly dataDeletedAt?: Millis | null;
}

/** Why the phase is what it is; kept with the phase for the timeline. */
export interface PhaseReason {
  readonly code: PhaseReasonCode;
  readonly until?: Millis;
  readonly said?: string;
  /** Of the disconnect that was compensated. */
  readonly disconnectedAt?: Millis;
}
export type PhaseReasonCode =
  | "connectClicked"
  | "choosingAccount"
  | "alreadyConnected"
  | "credentialArrived"
  | "verified"
  | "newestWindowsIn"
  | "historyComplete"
  | "historyIncomplete"
  | "pausedByPerson"
  | "held"
  | "cleared"
  | "credentialFailed"
  | "disconnectAsked"
  | "accountGone"
  | "disconnectUndone"
  | "compensated"
  | "rebuilt";

/** Platforms may announce the end of a grant earlier or later than this. */
export const EXPIRING_THRESHOLD_MS = 14 * 24 * 60 * 60 * 1000;

export function authNow(facts: Facts, now: Millis, thresholdMs: Millis = EXPIRING_THRESHOLD_MS): AuthNow {
  if (facts.auth !== "ok" || facts.grantEndsAt === null) return facts.auth;
  if (facts.grantEndsAt <= now) return "expired";
  return facts.grantEndsAt - now <= thresholdMs ? "expiringSoon" : "ok";
}

export const pauseNow = (facts: Facts, now: Millis): Pause | null =>
  facts.userPaused === null || (facts.userPaused.until !== null && facts.userPaused.until <= now)
    ? null
    : facts.userPaused;

export const holdsNow = (facts: Facts, now: Millis): readonly Hold[] =>
  facts.holds.filter((hold) => hold.until === null || hold.until > now);

/** Something of this datasource can be seen in the brand's numbers. */
export const hasLanded = (facts: Facts): boolean => facts.lastSuccessAt !== null || facts.firstNumbersAt !== null;

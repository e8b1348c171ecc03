/** From rows to facts: the one place that knows how a fact is stored. Shapes only, so that no database code comes along. */
import type { Actor, AuthState, BackfillState, HoldScope, Phase } from "@headwater/db/schema/values.ts";
import { DAILY_KINDS } from "./due.ts";
import type { DailyKind } from "./due.ts";
import { FAILURE_RULES } from "./facts.ts";
import type {
  AuthReason,
  AuthReasonCode,
  Facts,
  FailedStreams,
  FailureRule,
  Hold,
  HoldReason,
  Millis,
  PhaseReason,
  PhaseReasonCode,
  Rejected,
  ThrottleReason,
} from "./facts.ts";

type Stored = { readonly code: string; readonly values?: Readonly<Record<string, unknown>> } | null;

export interface DatasourceRow {
  readonly phase: Phase;
  readonly phaseSince: Date;
  readonly phaseReason: Stored;
  readonly seq: number;
  readonly generation: number;
  readonly intentVersion: number;
  readonly auth: AuthState;
  readonly authReason: Stored;
  readonly authSince: Date | null;
  readonly authorizingUntil: Date | null;
  readonly accountId: string | null;
  readonly userPausedAt: Date | null;
  readonly userPausedBy: Actor | null;
  readonly userPausedUntil: Date | null;
  readonly userPausedNote: string | null;
  readonly backfill: BackfillState;
  readonly backfillN: number;
  readonly firstNumbersAt: Date | null;
  readonly lastSuccessAt: Date | null;
  readonly lastAttemptAt: Date | null;
  /** Counters towards the next hold, and the streams that fail. */
  readonly failures: Readonly<Record<string, unknown>>;
  readonly throttledUntil: Date | null;
  readonly throttleReason: Stored;
  readonly cadenceMs: number;
  readonly replacedAt: Date | null;
  readonly disconnectedAt: Date | null;
  readonly undoUntil: Date | null;
  readonly deleteData: boolean;
  readonly dataDeletedAt: Date | null;
}

export interface GrantRow {
  readonly credentialId: string | null;
  readonly candidateCredentialId: string | null;
  readonly endsAt: Date | null;
  readonly verifiedAt?: Date | null;
  readonly candidateSince?: Date | null;
}

export interface HoldRow {
  readonly id: string;
  readonly scope: HoldScope;
  readonly reason: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  readonly until: Date | null;
  readonly by?: Actor;
}

export interface BesideTheRow {
  readonly grant: GrantRow | null;
  /** Those not released that reach this datasource: its own, its organisation's, its platform's, everybody's. */
  readonly holds: readonly HoldRow[];
  /** A login of several accounts came back; its accounts are written down. */
  readonly accountsListed?: boolean;
  readonly accountChosen?: boolean;
  /** Not needed for statuses: whether the syncs may begin. */
  readonly newestIn?: boolean;
  readonly rejected?: readonly Rejected[] | null;
}

/** One that came before a disconnect went with it, undone or not. */
function waitsToBeJudged({ authReason: stored, authSince }: DatasourceRow, grant: GrantRow | null): boolean {
  if (grant === null || grant.candidateCredentialId === null) return false;
  const { candidateSince } = grant;
  if (stored?.code !== "disconnectUndone" || authSince === null || candidateSince == null) return true;
  return candidateSince >= authSince;
}

export function factsOf(row: DatasourceRow, beside: BesideTheRow): Facts {
  return {
    phase: row.phase,
    phaseSince: row.phaseSince.getTime(),
    phaseReason: phaseReason(row.phaseReason),
    seq: row.seq,
    generation: row.generation,
    intentVersion: row.intentVersion,
    auth: row.auth,
    authReason: authReason(row.authReason),
    authSince: at(row.authSince),
    grantEndsAt: at(beside.grant?.endsAt ?? null),
    grantVerifiedAt: at(beside.grant?.verifiedAt ?? null),
    authorizingUntil: at(row.authorizingUntil),
    credential: beside.grant !== null && beside.grant.credentialId !== null,
    candidate: waitsToBeJudged(row, beside.grant),
    ...(beside.grant?.candidateSince === undefined ? {} : { candidateSince: at(beside.grant.candidateSince) }),
    accountsListed: beside.accountsListed ?? false,
    accountChosen: beside.accountChosen ?? row.accountId !== null,
    userPaused: pause(row),
    holds: beside.holds.map(hold),
    backfill: row.backfill,
    backfillN: row.backfillN,
    newestIn: beside.newestIn ?? false,
    firstNumbersAt: at(row.firstNumbersAt),
    lastSuccessAt: at(row.lastSuccessAt),
    lastAttemptAt: at(row.lastAttemptAt),
    failedStreams: failedStreams(row.failures["streams"]),
    ...(beside.rejected == null ? {} : { rejected: beside.rejected }),
    throttledUntil: at(row.throttledUntil),
    throttleReason: throttleReason(row.throttleReason),
    cadenceMs: row.cadenceMs,
    replacedAt: at(row.replacedAt),
    disconnectedAt: at(row.disconnectedAt),
    undoUntil: at(row.undoUntil),
    deleteData: row.deleteData,
    dataDeletedAt: at(row.dataDeletedAt),
  };
}

const at = (date: Date | null): Millis | null => date?.getTime() ?? null;
const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

function failedStreams(stored: unknown): FailedStreams | null {
  if (typeof stored !== "object" || stored === null) return null;
  const { names, since, said } = stored as { names?: unknown; since?: unknown; said?: unknown }; // each is looked at below
  if (!Array.isArray(names) || typeof since !== "number") return null;
  return { names: names.filter((name) => typeof name === "string"), since, said: text(said) ?? "" };
}

const pause = (row: DatasourceRow): Facts["userPaused"] =>
  row.userPausedAt === null
    ? null
    : {
        since: row.userPausedAt.getTime(),
        until: at(row.userPausedUntil),
        by: row.userPausedBy,
        note: row.userPausedNote,
      };

function hold(row: HoldRow): Hold {
  const said = text(row.detail["said"]);
  const rule = FAILURE_RULES.find((one) => one === row.detail["rule"]);
  return {
    id: row.id,
    scope: row.scope,
    reason: isHoldReason(row.reason) ? row.reason : "maintenance",
    since: row.createdAt.getTime(),
    until: at(row.until),
    ...(row.by?.kind === "person" ? { by: row.by } : {}),
    ...(said === undefined ? {} : { said }),
    ...(rule === undefined ? {} : { rule, counters: counted(row.detail["counters"]) }),
  };
}

function counted(stored: unknown): Readonly<Record<FailureRule, number>> {
  const given: object = typeof stored === "object" && stored !== null ? stored : {};
  const entries = new Map(Object.entries(given));
  const of = (rule: FailureRule): number => Number(entries.get(rule) ?? 0) || 0;
  return { inARow: of("inARow"), inAll: of("inAll"), withProgress: of("withProgress") };
}

const HOLD_REASONS: Readonly<Record<HoldReason, true>> = {
  repeatedFailures: true,
  providerOutage: true,
  frozenAtSource: true,
  plan: true,
  abuse: true,
  maintenance: true,
  killSwitch: true,
};
const isHoldReason = (reason: string): reason is HoldReason => reason in HOLD_REASONS;

const AUTH_CODES: Readonly<Record<AuthReasonCode, true>> = {
  tokenExpired: true,
  grantEnded: true,
  revokedAtSource: true,
  revokedByOperator: true,
  keyRotated: true,
  tokenReused: true,
  scopeMissing: true,
  roleMissing: true,
  otherAccount: true,
  alreadyConnected: true,
  disconnectUndone: true,
};
const isAuthCode = (code: string): code is AuthReasonCode => code in AUTH_CODES;

export function authReason(stored: Stored): AuthReason | null {
  if (stored === null || !isAuthCode(stored.code)) return null;
  const lacks = stored.values?.["lacks"];
  const found = text(stored.values?.["found"]);
  const said = text(stored.values?.["said"]);
  const endedAt = Date.parse(text(stored.values?.["endedAt"]) ?? "");
  return {
    code: stored.code,
    ...(Number.isNaN(endedAt) ? {} : { endedAt }),
    ...(Array.isArray(lacks) ? { lacks: lacks.filter((one) => typeof one === "string") } : {}),
    ...(found === undefined ? {} : { found }),
    ...(said === undefined ? {} : { said }),
  };
}

const PHASE_CODES: Readonly<Record<PhaseReasonCode, true>> = {
  connectClicked: true,
  choosingAccount: true,
  alreadyConnected: true,
  credentialArrived: true,
  verified: true,
  newestWindowsIn: true,
  historyComplete: true,
  historyIncomplete: true,
  pausedByPerson: true,
  held: true,
  cleared: true,
  credentialFailed: true,
  disconnectAsked: true,
  accountGone: true,
  disconnectUndone: true,
  compensated: true,
  rebuilt: true,
};
const isPhaseCode = (code: string): code is PhaseReasonCode => code in PHASE_CODES;

function phaseReason(stored: Stored): PhaseReason | null {
  if (stored === null || !isPhaseCode(stored.code)) return null;
  const { disconnectedAt } = stored.values ?? {};
  return { code: stored.code, ...(typeof disconnectedAt === "number" ? { disconnectedAt } : {}) };
}

const THROTTLES: Readonly<Record<ThrottleReason, true>> = {
  rateLimit: true,
  ceiling: true,
  providerDown: true,
  waitingForReport: true,
};
const isThrottle = (code: string): code is ThrottleReason => code in THROTTLES;
const throttleReason = (stored: Stored): ThrottleReason | null =>
  stored === null || !isThrottle(stored.code) ? null : stored.code;

/** Of the newest run of each daily kind. */
export const isDailyKind = (kind: string): kind is DailyKind => DAILY_KINDS.some((one) => one === kind);

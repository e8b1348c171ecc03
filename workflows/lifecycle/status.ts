/** The two statuses, from facts and the time; nobody stores them. Codes and values only: whoever shows them words them. */
import type { Actor, HoldScope } from "@headwater/db/schema/values.ts";
import { authNow, hasLanded, holdsNow, pauseNow } from "./facts.ts";
import type { AuthNow, AuthReasonCode, Facts, HoldReason, Millis, Rejected, ThrottleReason } from "./facts.ts";

export type ConnectionStatus = "CONNECTED" | "REAUTHORIZE";
export type DataSyncStatus = "NOT_SYNCED" | "FETCHING_HISTORICAL_DATA" | "ACTIVE" | "INACTIVE";

export type ConnectionReason =
  | { readonly code: "expiringSoon"; readonly endsAt: Millis }
  | {
      readonly code: "expired" | "revoked" | "notPermitted";
      readonly since: Millis | null;
      readonly cause: AuthReasonCode | null;
      readonly lacks: readonly string[];
      readonly found: string | null;
      readonly said: string | null;
    };

export type DataSyncReason =
  | {
      readonly code: "pausedByPerson";
      readonly by: Actor | null;
      readonly since: Millis;
      readonly until: Millis | null;
      readonly note: string | null;
    }
  | {
      readonly code: "held";
      readonly hold: HoldReason;
      readonly scope: HoldScope;
      readonly since: Millis;
      readonly until: Millis | null;
      readonly by: Actor | null;
      readonly said: string | null;
    }
  | { readonly code: "credentialsDoNotWork"; readonly since: Millis | null; readonly cause: AuthReasonCode | null }
  | { readonly code: "firstBackfill" }
  | { readonly code: "historyIncomplete" }
  | {
      readonly code: "streamsFailed";
      readonly streams: readonly string[];
      readonly since: Millis;
      readonly said: string;
    }
  | { readonly code: "recordsRejected"; readonly rejected: readonly Rejected[] }
  | { readonly code: "waiting"; readonly because: ThrottleReason; readonly until: Millis }
  | { readonly code: "nothingLandedYet" };

export type DatasourceStatus =
  | {
      readonly standing: "datasource";
      readonly connection: ConnectionStatus;
      readonly connectionReason: ConnectionReason | null;
      readonly dataSync: DataSyncStatus;
      readonly dataSyncReason: DataSyncReason | null;
    }
  | {
      readonly standing: "attempt" | "disconnected";
      readonly connection: null;
      readonly connectionReason: null;
      readonly dataSync: null;
      readonly dataSyncReason: null;
    };

const nothing = { connection: null, connectionReason: null, dataSync: null, dataSyncReason: null } as const;

/** The table of the eight pairs, read from the top: the first row that holds. */
export function deriveStatus(facts: Facts, now: Millis): DatasourceStatus {
  if (facts.disconnectedAt !== null) return { standing: "disconnected", ...nothing };
  const auth = authNow(facts, now);
  if (auth === "none") return { standing: "attempt", ...nothing };
  return {
    standing: "datasource",
    connection: auth === "ok" ? "CONNECTED" : "REAUTHORIZE",
    connectionReason: connectionReason(facts, auth),
    ...dataSync(facts, auth, now),
  };
}

/** A person must act; what heals by itself, and what a person stopped on purpose, does not ask for anyone. */
export function needsAttention({ connection, dataSyncReason: reason }: DatasourceStatus): boolean {
  if (connection === "REAUTHORIZE") return true;
  if (reason === null) return false;
  return (
    reason.code === "historyIncomplete" ||
    reason.code === "streamsFailed" ||
    (reason.code === "held" && reason.hold !== "providerOutage" && reason.hold !== "maintenance")
  );
}

function connectionReason(facts: Facts, auth: Exclude<AuthNow, "none">): ConnectionReason | null {
  if (auth === "ok") return null;
  if (auth === "expiringSoon") return facts.grantEndsAt === null ? null : { code: auth, endsAt: facts.grantEndsAt };
  const reason = facts.auth === "ok" ? null : facts.authReason;
  return {
    code: auth,
    ...deadSince(facts),
    lacks: reason?.lacks ?? [],
    found: reason?.found ?? null,
    said: reason?.said ?? null,
  };
}

const deadSince = ({ auth, authReason, authSince, grantEndsAt }: Facts) =>
  auth === "ok"
    ? { since: grantEndsAt, cause: "grantEnded" as const }
    : { since: authReason?.endedAt ?? authSince, cause: authReason?.code ?? null };

interface DataSync {
  readonly dataSync: DataSyncStatus;
  readonly dataSyncReason: DataSyncReason | null;
}

function dataSync(facts: Facts, auth: AuthNow, now: Millis): DataSync {
  const stopped = stoppedReason(facts, now);
  if (stopped !== null) return { dataSync: "INACTIVE", dataSyncReason: stopped };
  if (auth !== "ok" && auth !== "expiringSoon") {
    return {
      dataSync: hasLanded(facts) ? "INACTIVE" : "NOT_SYNCED",
      dataSyncReason: { code: "credentialsDoNotWork", ...deadSince(facts) },
    };
  }
  const waiting = waitingReason(facts, now);
  if (facts.backfill === "running")
    return { dataSync: "FETCHING_HISTORICAL_DATA", dataSyncReason: waiting ?? { code: "firstBackfill" } };
  if (hasLanded(facts)) return { dataSync: "ACTIVE", dataSyncReason: waiting ?? flaw(facts) };
  return { dataSync: "NOT_SYNCED", dataSyncReason: waiting ?? { code: "nothingLandedYet" } };
}

/** It runs, and still something is missing. */
function flaw({ failedStreams, backfill, rejected = [] }: Facts): DataSyncReason | null {
  if (failedStreams !== null) {
    const { names: streams, since, said } = failedStreams;
    return { code: "streamsFailed", streams, since, said };
  }
  if (backfill === "failed") return { code: "historyIncomplete" };
  return rejected.length > 0 ? { code: "recordsRejected", rejected } : null;
}

function stoppedReason(facts: Facts, now: Millis): DataSyncReason | null {
  const pause = pauseNow(facts, now);
  if (pause !== null) return { code: "pausedByPerson", ...pause };
  const [hold] = holdsNow(facts, now);
  if (hold === undefined) return null;
  const { reason, scope, since, until, by, said } = hold;
  return { code: "held", hold: reason, scope, since, until, by: by ?? null, said: said ?? null };
}

const waitingReason = (facts: Facts, now: Millis): DataSyncReason | null =>
  facts.throttledUntil !== null && facts.throttledUntil > now
    ? { code: "waiting", because: facts.throttleReason ?? "rateLimit", until: facts.throttledUntil }
    : null;

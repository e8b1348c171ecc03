import type { LiveDatasource, Reason } from "../../live/live.documents.ts";
import type { Given } from "./detail.documents.ts";

export interface Since {
  readonly at: string | null;
  /** What happened, in the words of its reason. */
  readonly why: string | null;
  /** A name to show; null where nobody in particular brought it about, or the reason names them. */
  readonly by: string | null;
  /** Another consent or key has taken the place of the one that it was connected with. */
  readonly isAnew: boolean;
}

type Standing = Pick<LiveDatasource, "connection" | "dataSync" | "connectedAt" | "connectedBy" | "backfill">;

/**
 * Since when each status is what it is, what happened then and who brought it about; null for what has none yet or no more.
 * `worksSince`: since when the access has worked without a break.
 */
export function standsSince(
  datasource: Standing,
  given: Given | null,
  worksSince: string | null = null,
): { connection: Since; dataSync: Since } | null {
  const { connection, dataSync, connectedAt, connectedBy, backfill } = datasource;
  if (!connection || !dataSync) return null;
  const begun: Since = { at: connectedAt, by: connectedBy?.name ?? null, why: null, isAnew: false };
  const why = dataSync.reason;
  const readSince = dataSync.status === "FETCHING_HISTORICAL_DATA" ? backfill.startedAt : null;
  return {
    connection:
      connection.status === "REAUTHORIZE" && connection.reason
        ? { ...told(connection.reason), isAnew: false }
        : againOf(anewOf(given, connectedAt) ?? begun, worksSince),
    dataSync: why?.since
      ? { ...told(why), isAnew: false }
      : { ...begun, at: readSince ?? connectedAt, why: why?.message ?? null },
  };
}

const told = ({ since, message, by }: Reason) => ({
  at: since,
  why: message,
  by: by && !message.includes(by.name) ? by.name : null,
});

/** So long a new consent may take until it is proven: what works only later worked again by itself. */
const provenWithinMs = 15 * 60_000;

function againOf(since: Since, worksSince: string | null): Since {
  if (since.at === null || worksSince === null) return since;
  if (Date.parse(worksSince) - Date.parse(since.at) < provenWithinMs) return since;
  return { at: worksSince, by: null, why: null, isAnew: false };
}

function anewOf(given: Given | null, connectedAt: string | null): Since | null {
  if (given === null || connectedAt === null || Date.parse(given.createdAt) <= Date.parse(connectedAt)) return null;
  return { at: given.createdAt, by: given.givenBy?.name ?? null, why: null, isAnew: true };
}

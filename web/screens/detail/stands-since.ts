import type { LiveDatasource } from "../../live/live.documents.ts";
import type { Given } from "./detail.documents.ts";

interface Since {
  readonly at: string | null;
  /** A name to show; null where nobody in particular brought it about. */
  readonly by: string | null;
}

type Standing = Pick<LiveDatasource, "connection" | "dataSync" | "connectedAt" | "connectedBy" | "backfill">;

/** Since when each status is what it is, and who brought it about; null for what has none yet or no more. */
export function standsSince(datasource: Standing, given: Given | null): { connection: Since; dataSync: Since } | null {
  const { connection, dataSync, connectedAt, connectedBy, backfill } = datasource;
  if (!connection || !dataSync) return null;
  const begun: Since = { at: connectedAt, by: connectedBy?.name ?? null };
  const told = connection.status === "REAUTHORIZE" ? connection.reason : null;
  const why = dataSync.reason;
  const because: Since = { at: why?.since ?? null, by: why?.by?.name ?? null };
  return {
    connection: told ? { at: told.since, by: told.by?.name ?? null } : (anewOf(given, connectedAt) ?? begun),
    dataSync:
      because.at !== null
        ? because
        : dataSync.status === "FETCHING_HISTORICAL_DATA"
          ? { at: backfill.startedAt ?? connectedAt, by: begun.by }
          : begun,
  };
}

/** Another consent or key has taken the place of the one that it was connected with. */
function anewOf(given: Given | null, connectedAt: string | null): Since | null {
  if (given === null || connectedAt === null || Date.parse(given.createdAt) <= Date.parse(connectedAt)) return null;
  return { at: given.createdAt, by: given.givenBy?.name ?? null };
}

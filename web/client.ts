import { cacheExchange } from "@urql/exchange-graphcache";
import { persistedExchange } from "@urql/exchange-persisted";
import { Client, type CombinedError, fetchExchange, mapExchange } from "urql";
import { preferences } from "./preferences.ts";

/** Types without an id live inside the object that holds them. */
export const embeddedTypes = [
  "Account",
  "AccountCandidate",
  "ActionState",
  "Actor",
  "ApiTokenConnection",
  "ApiTokenEdge",
  "Backfill",
  "BackfillMonth",
  "CallCount",
  "Changes",
  "ConnectField",
  "ConnectionState",
  "CredentialFacts",
  "DataSyncState",
  "DatasourceConnection",
  "DatasourceEdge",
  "DayRange",
  "DaySpan",
  "Eta",
  "Failure",
  "FieldError",
  "Grant",
  "GrantedScope",
  "Member",
  "Membership",
  "MetricDefinition",
  "MetricValue",
  "Overview",
  "OverviewSource",
  "PageInfo",
  "Plan",
  "PlatformStream",
  "Reason",
  "Rehearsal",
  "RejectedRecordConnection",
  "RejectedRecordEdge",
  "Remedy",
  "RunConnection",
  "RunCounts",
  "RunEdge",
  "Scope",
  "SeriesPoint",
  "SliceConnection",
  "SliceEdge",
  "Slots",
  "Snapshot",
  "SystemHealth",
  "Tile",
  "TimelineEntryConnection",
  "TimelineEntryEdge",
] as const;

export interface ClientOptions {
  organisation: string | null;
  onSignedOut: () => void;
  /** The server no longer knows this build's operations. */
  onOutdated: () => void;
}

export function makeClient({ organisation, onSignedOut, onOutdated }: ClientOptions): Client {
  return new Client({
    url: "/graphql",
    preferGetMethod: false,
    requestPolicy: "cache-and-network",
    fetchOptions: () => ({
      credentials: "same-origin",
      headers: { "x-locale": preferences().language, ...(organisation && { "x-organisation": organisation }) },
    }),
    exchanges: [
      mapExchange({
        onError: (error) => {
          if (hasCode(error, "UNAUTHENTICATED")) onSignedOut();
          if (hasCode(error, "PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound", "PersistedQueryNotInList"))
            onOutdated();
        },
      }),
      cacheExchange({ keys: Object.fromEntries(embeddedTypes.map((name) => [name, () => null])) }),
      persistedExchange({
        enforcePersistedQueries: !import.meta.env.DEV,
        enableForMutation: true,
        enableForSubscriptions: true,
        preferGetForPersistedQueries: false,
      }),
      fetchExchange,
    ],
  });
}

function hasCode(error: CombinedError, ...codes: string[]): boolean {
  return error.graphQLErrors.some(
    ({ message, extensions }) => codes.includes(message) || codes.includes(String(extensions["code"])),
  );
}

/** What support needs to find the failure in our logs. */
export function errorReference(error: CombinedError): string | null {
  for (const { extensions } of error.graphQLErrors)
    if (typeof extensions["errorId"] === "string") return extensions["errorId"];
  return null;
}

/** One per command a person gives: pressing twice, or a retry after a lost answer, does it once. */
export function newIdempotencyKey(): string {
  return crypto.randomUUID();
}

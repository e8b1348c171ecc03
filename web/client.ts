import { cacheExchange } from "@urql/exchange-graphcache";
import { persistedExchange } from "@urql/exchange-persisted";
import { retryExchange } from "@urql/exchange-retry";
import { Client, type CombinedError, fetchExchange, mapExchange, type Operation } from "urql";
import shape from "./cache-shape.json";
import { failedNulls } from "./failed-nulls.ts";
import { newestAnswer, whenEnded } from "./newest-answer.ts";
import { preferences } from "./preferences.ts";

export interface ClientOptions {
  organisation: string | null;
  onSignedOut: () => void;
  /** The server no longer knows this build's operations. */
  onOutdated: () => void;
}

export function makeClient({ organisation, onSignedOut, onOutdated }: ClientOptions): Client {
  const active = new Map<number, Operation>();
  const client = new Client({
    url: "/graphql",
    preferGetMethod: false,
    requestPolicy: "cache-and-network",
    fetchOptions: () => ({
      credentials: "same-origin",
      headers: { "x-locale": preferences().language, ...(organisation && { "x-organisation": organisation }) },
    }),
    exchanges: [
      whenEnded((key) => active.delete(key)),
      mapExchange({
        // What failed whole the cache hands on as null; whoever reads a query knows "nothing came" as undefined alone.
        onResult: (result) => (result.data === null ? { ...result, data: undefined } : result),
        onOperation: (operation) => {
          if (operation.kind === "query") active.set(operation.key, operation);
        },
        onError: (error) => {
          if (hasCode(error, "UNAUTHENTICATED")) onSignedOut();
          if (hasCode(error, "PERSISTED_DOCUMENT_UNKNOWN")) onOutdated();
        },
      }),
      cacheExchange({
        // A type without an id lives inside the object that holds it.
        keys: Object.fromEntries(shape.embedded.map((name) => [name, () => null])),
        possibleTypes: shape.possible,
      }),
      failedNulls(),
      persistedExchange({
        enforcePersistedQueries: !import.meta.env.DEV,
        enableForMutation: true,
        enableForSubscriptions: true,
        preferGetForPersistedQueries: false,
      }),
      // One lost answer is asked for again before anybody is told. What changes something is the person's own to give again.
      retryExchange({
        initialDelayMs: 300,
        maxNumberAttempts: 3,
        retryIf: ({ networkError }, { kind }) => kind === "query" && networkError !== undefined,
      }),
      newestAnswer(),
      fetchExchange,
    ],
  });
  shownBy.set(client, active);
  return client;
}

const shownBy = new WeakMap<Client, ReadonlyMap<number, Operation>>();

/** Asks again for everything on screen: the server words its messages in the language of the request. */
export function askAgain(client: Client): void {
  for (const operation of shownBy.get(client)?.values() ?? []) {
    client.reexecuteOperation(client.createRequestOperation("query", operation, { requestPolicy: "network-only" }));
  }
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

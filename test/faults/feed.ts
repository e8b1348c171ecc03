// The list as a page holds it open, over one socket after another: what it is told, and whether that can have been.
import { createClient } from "graphql-ws";
import { WebSocket } from "ws";
import { at, type Fields } from "./caller.ts";
import { demoOrganisation, type Product } from "./product.ts";
import { fieldsIn } from "./shops.ts";

export interface Message {
  /** When it came. */
  readonly at: number;
  readonly type: "Snapshot" | "Changes";
  readonly revision: number;
  /** Whole in a snapshot, else what changed. */
  readonly datasources: readonly Fields[];
}

export interface Feed {
  readonly messages: readonly Message[];
  readonly close: () => Promise<void>;
}

const fields =
  "id connection { status reason { code } } dataSync { status reason { code } } firstNumbersAt lastSuccessAt";
const query = `subscription { feed: datasources { type: __typename
  ... on Snapshot { revision datasources { ${fields} } } ... on Changes { revision changed { ${fields} } } } }`;

export function openFeed(product: Product): Feed {
  const messages: Message[] = [];
  const { origin } = new URL(product.stack.appUrl);
  class Browser extends WebSocket {
    constructor(url: string, protocols: string | string[]) {
      super(url, protocols, { headers: { origin, cookie: product.caller.cookie() } });
    }
  }
  const client = createClient({
    url: `${product.stack.appUrl.replace("http", "ws")}/graphql`,
    webSocketImpl: Browser,
    connectionParams: { organisation: demoOrganisation, locale: "en" },
    retryAttempts: 1_000,
    retryWait: () => new Promise((resolve) => void setTimeout(resolve, 200)),
    shouldRetry: () => true,
  });
  client.subscribe(
    { query },
    {
      next(result) {
        const feed = at(result, "data", "feed");
        const isWhole = at(feed, "type") === "Snapshot";
        messages.push({
          at: Date.now(),
          type: isWhole ? "Snapshot" : "Changes",
          revision: Number(at(feed, "revision")),
          datasources: fieldsIn(at(feed, isWhole ? "datasources" : "changed")),
        });
      },
      error: () => undefined,
      complete: () => undefined,
    },
  );
  return { messages, close: async () => client.dispose() };
}

const pairOf = (told: Fields): string =>
  `${String(at(told, "connection", "status"))} ${String(at(told, "dataSync", "status"))}`;

/** What is told of one, and cannot be: a pair without its cause, or a success that is older than the one before or gone. */
function cannotBe(before: Fields | undefined, now: Fields): string[] {
  const [connection, dataSync] = [at(now, "connection", "status"), at(now, "dataSync", "status")];
  const isThere = (one: Fields): boolean => one["firstNumbersAt"] !== null || one["lastSuccessAt"] !== null;
  const [hadData, hasData] = [before !== undefined && isThere(before), isThere(now)];
  const timeIn = (one: Fields | undefined, name: string): number => Date.parse(String(at(one, name)));
  return [
    ...(dataSync === "NOT_SYNCED" && hasData ? ["not synced, with data"] : []),
    ...(dataSync === "ACTIVE" && !hasData ? ["active, without data"] : []),
    ...(connection === "REAUTHORIZE" && at(now, "connection", "reason") === null ? ["access lost for no reason"] : []),
    ...(dataSync === "INACTIVE" && at(now, "dataSync", "reason") === null ? ["stopped for no reason"] : []),
    ...(timeIn(now, "lastSuccessAt") < timeIn(before, "lastSuccessAt") ? ["an older success than before"] : []),
    ...(hadData && !hasData ? ["its numbers are gone"] : []),
  ].map((what) => `${what}: ${JSON.stringify(now)}`);
}

/** All that cannot have been, of a feed from its beginning; a page that comes back begins with a snapshot. */
export function untrueIn(messages: readonly Message[]): string[] {
  const wrong: string[] = [];
  const last = new Map<string, Fields>();
  for (const [n, { type, revision, datasources }] of messages.entries()) {
    const before = messages[n - 1];
    if (type === "Changes" && revision !== (before?.revision ?? NaN) + 1)
      wrong.push(`revision ${revision} after ${before?.revision}`);
    for (const now of datasources) {
      wrong.push(...cannotBe(last.get(String(now["id"])), now));
      last.set(String(now["id"]), now);
    }
  }
  return wrong;
}

/** The pairs of statuses that were told of one, each once until the next. */
export function pairsOf(messages: readonly Message[], id: string): string[] {
  const told = messages.flatMap(({ datasources }) => datasources).filter((each) => each["id"] === id);
  return told.map(pairOf).filter((pair, n, all) => pair !== all[n - 1]);
}

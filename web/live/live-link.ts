import { formatDocument, stringifyDocument } from "@urql/core";
import type { Client, ClientOptions } from "graphql-ws";
import { arrivalOf, NotLoaded } from "../parts/arrival.ts";
import { DatasourcesFeed, type Feed } from "./live.documents.ts";
import type { LiveStore } from "./live-store.ts";

export type LinkState =
  | { readonly kind: "connecting" }
  | { readonly kind: "live" }
  /** For 4 s and longer: of a hiccup nobody is told. */
  | { readonly kind: "lost" }
  /** The server will not have us: the session ended or the role was taken away. */
  | { readonly kind: "ended" };

/** The session is about to end; `canStay`: whatever is asked for extends it. */
export interface SessionEnd {
  readonly at: string;
  readonly canStay: boolean;
}

export interface LiveLink {
  readonly read: () => LinkState;
  /** Null while it goes on for longer than two minutes, and while nobody can tell. */
  readonly readEnd: () => SessionEnd | null;
  readonly subscribe: (listener: () => void) => () => void;
  close(): void;
}

export interface LinkOptions {
  url: string;
  organisation: string;
  language: () => string;
  store: LiveStore;
}

const quietForMs = 4_000;
const pingEveryMs = 5_000;
const answerWithinMs = 4_000;
const againMs = 2_000;
/** Who we are is looked up first: giving up on a busy server sooner would only have it begin again, for ever. */
const admittedWithinMs = 30_000;

/** Comes beside the page, which is painted without it. */
const sockets = arrivalOf(() => import("graphql-ws/client"));
sockets.prefetch();

/** Each try waits about twice as long as the one before, at random, so that clients do not come back together. */
const waitLonger = async (retries: number): Promise<void> => {
  const ms = Math.min(8_000, 300 * 2 ** retries) * (0.5 + Math.random() / 2);
  await new Promise((resolve) => setTimeout(resolve, ms));
};

const patient = {
  lazy: true,
  lazyCloseTimeout: 0,
  keepAlive: pingEveryMs,
  connectionAckWaitTimeout: admittedWithinMs,
  retryAttempts: Number.POSITIVE_INFINITY,
  retryWait: waitLonger,
};

/** Null where what makes one did not come; whoever needs one next asks for it anew. */
async function socketWith(options: ClientOptions): Promise<Client | null> {
  try {
    const { createClient } = await sockets.promise();
    return createClient(options);
  } catch (error) {
    if (error instanceof NotLoaded) error.forget();
    return null;
  }
}

/** Holds the one subscription: reconnects for ever, subscribes again after a gap, and says how it stands. */
export function openLiveLink({ url, organisation, language, store }: LinkOptions): LiveLink {
  const { read, readEnd, become, lose, told, subscribe, forget } = standing();
  let closed = false;
  let unsubscribe: (() => void) | null = null;
  let unanswered: ReturnType<typeof setTimeout> | undefined;
  let socket: Client | null = null;
  const options: ClientOptions = {
    url,
    ...patient,
    shouldRetry: () => !closed,
    connectionParams: () => ({ organisation, locale: language() }),
    on: {
      closed: (event) => {
        clearTimeout(unanswered);
        if (closed) return;
        if (closeCode(event) === 4401) become({ kind: "ended" });
        else lose();
      },
      error: () => {
        if (!closed) lose();
      },
      ping: (received, payload) => {
        if (received) told(sessionEndIn(payload));
        // A socket whose other end is gone without a word looks open for minutes: an unanswered ping ends it.
        if (!received) unanswered = setTimeout(() => socket?.terminate(), answerWithinMs);
      },
      pong: (received) => {
        if (received) clearTimeout(unanswered);
      },
    },
  };
  const start = async (): Promise<void> => {
    const payload = await feedRequest();
    socket ??= await socketWith(options);
    if (closed) return;
    if (!socket) {
      lose();
      return void setTimeout(restart, againMs);
    }
    unsubscribe = listen(socket, payload, {
      next: (feed) => {
        become({ kind: "live" });
        if (store.apply(feed) === "gap") restart();
      },
      ended: () => {
        if (read().kind !== "ended") setTimeout(restart, againMs);
      },
    });
  };
  const restart = (): void => {
    unsubscribe?.();
    unsubscribe = null;
    if (!closed) void start();
  };
  void start();
  return {
    read,
    readEnd,
    subscribe,
    close: () => {
      closed = true;
      clearTimeout(unanswered);
      forget();
      unsubscribe?.();
      void socket?.dispose();
    },
  };
}

/** How the link stands, for those who watch it. What ended is not lost. */
function standing() {
  let state: LinkState = { kind: "connecting" };
  let end: SessionEnd | null = null;
  let losing: ReturnType<typeof setTimeout> | undefined;
  const listeners = new Set<() => void>();
  const forget = (): void => {
    clearTimeout(losing);
    losing = undefined;
  };
  const tell = (): void => listeners.forEach((listener) => listener());
  const become = (next: LinkState): void => {
    forget();
    state = next;
    // Once it is back it is told anew, if it still ends.
    if (next.kind === "lost") end = null;
    tell();
  };
  return {
    read: (): LinkState => state,
    readEnd: (): SessionEnd | null => end,
    told: (next: SessionEnd | null): void => {
      end = next;
      tell();
    },
    become,
    /** Each try that fails loses it once more: the time runs from the first. */
    lose: (): void => {
      if (state.kind !== "lost" && state.kind !== "ended") losing ??= setTimeout(become, quietForMs, { kind: "lost" });
    },
    forget,
    subscribe: (listener: () => void): (() => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function listen(socket: Client, payload: Payload, on: { next: (feed: Feed) => void; ended: () => void }): () => void {
  let stopped = false;
  const stop = socket.subscribe<{ datasources: Feed }>(payload, {
    next: ({ data }) => {
      if (data && !stopped) on.next(data.datasources);
    },
    error: () => {
      if (!stopped) on.ended();
    },
    complete: () => {
      if (!stopped) on.ended();
    },
  });
  return () => {
    stopped = true;
    stop();
  };
}

function sessionEndIn(payload: Readonly<Record<string, unknown>> | undefined): SessionEnd | null {
  const end = payload?.["sessionEnd"];
  if (typeof end !== "object" || end === null || !("at" in end) || typeof end.at !== "string") return null;
  return { at: end.at, canStay: "canStay" in end && end.canStay === true };
}

function closeCode(event: unknown): number | null {
  return event instanceof CloseEvent ? event.code : null;
}

interface Payload {
  query: string;
  extensions: { persistedQuery: { version: 1; sha256Hash: string } };
}

/** The same text and hash as urql's persisted exchange makes, so that one manifest serves both. */
async function feedRequest(): Promise<Payload> {
  const text = stringifyDocument(formatDocument(DatasourcesFeed));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  const sha256Hash = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { query: import.meta.env.DEV ? text : "", extensions: { persistedQuery: { version: 1, sha256Hash } } };
}

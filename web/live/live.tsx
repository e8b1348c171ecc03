import { createContext, type ReactNode, use, useEffect, useMemo, useSyncExternalStore } from "react";
import type { LiveDatasource } from "./live.documents.ts";
import { type LinkState, type LiveLink, openLiveLink, type SessionEnd } from "./live-link.ts";
import { type LiveState, LiveStore } from "./live-store.ts";

interface LiveParts {
  readonly store: LiveStore;
  readonly link: Pick<LiveLink, "read" | "readEnd" | "subscribe">;
}

const LiveContext = createContext<LiveParts | null>(null);

/** Opens the one subscription of an organisation for everything under it. */
export function LiveProvider({
  organisation,
  words,
  children,
}: {
  organisation: string;
  /** Others ask for everything anew. */
  words: { readonly language: string };
  children: ReactNode;
}) {
  const held = useMemo(() => ({ organisation, store: new LiveStore() }), [organisation]);
  // In other words the same stands until its snapshot comes: what is shown, and what is typed in it, stays.
  const parts = useMemo(() => {
    const { store } = held;
    const url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/graphql`;
    return { store, link: lazyLink(() => openLiveLink({ url, ...held, language: () => words.language })) };
  }, [held, words]);
  useEffect(() => {
    const close = parts.link.open();
    const wake = (): void => {
      if (document.visibilityState === "visible") parts.store.wake();
    };
    document.addEventListener("visibilitychange", wake);
    return () => {
      document.removeEventListener("visibilitychange", wake);
      close();
    };
  }, [parts]);
  return <LiveContext value={parts}>{children}</LiveContext>;
}

interface FixedProps {
  store: LiveStore;
  state: LinkState;
  end?: SessionEnd | null | undefined;
  children: ReactNode;
}

/** For the gallery and tests: a store that someone else fills. */
export function FixedLive({ store, state, end = null, children }: FixedProps) {
  const parts = useMemo(
    () => ({ store, link: { read: () => state, readEnd: () => end, subscribe: () => () => undefined } }),
    [store, state, end],
  );
  return <LiveContext value={parts}>{children}</LiveContext>;
}

/** A link that opens in an effect, so that React's double mount in development never leaves a socket behind. */
function lazyLink(open: () => LiveLink) {
  let link: LiveLink | null = null;
  const waiting: LinkState = { kind: "connecting" };
  const listeners = new Set<() => void>();
  const tell = (): void => listeners.forEach((listener) => listener());
  return {
    read: (): LinkState => link?.read() ?? waiting,
    readEnd: (): SessionEnd | null => link?.readEnd() ?? null,
    subscribe: (listener: () => void): (() => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    open: (): (() => void) => {
      const opened = open();
      link = opened;
      const stop = opened.subscribe(tell);
      return () => {
        stop();
        opened.close();
        link = null;
      };
    },
  };
}

function useParts(): LiveParts {
  const parts = use(LiveContext);
  if (!parts) throw new Error("Live values are read outside LiveProvider.");
  return parts;
}

/** Reads one cell: what it returns must be a part of the state, not a new object each time. */
export function useLive<T>(select: (state: LiveState) => T): T {
  const { store } = useParts();
  return useSyncExternalStore(store.subscribe, () => select(store.painted));
}

export function useLiveDatasource(id: string): LiveDatasource | null {
  return useLive((state) => state.byId.get(id) ?? null);
}

export function useLinkState(): LinkState {
  const { link } = useParts();
  return useSyncExternalStore(link.subscribe, link.read);
}

export function useSessionEnd(): SessionEnd | null {
  const { link } = useParts();
  return useSyncExternalStore(link.subscribe, link.readEnd);
}

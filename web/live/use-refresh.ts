import { useEffect, useRef } from "react";
import type { LiveDatasource } from "./live.documents.ts";

const atMostEveryMs = 2_000;

/**
 * Asks again when the live state says that something it depends on has moved; never more than once in two seconds. With the
 * datasource itself as key, with every word of it: what is told of it may be nothing that it holds.
 */
export function useRefresh(key: string | LiveDatasource, refresh: () => void): void {
  const lastAt = useRef(0);
  const first = useRef(key);
  const latest = useRef(refresh);
  useEffect(() => {
    latest.current = refresh;
  });
  useEffect(() => {
    if (first.current === key) return;
    first.current = key;
    const timer = setTimeout(
      () => {
        lastAt.current = Date.now();
        latest.current();
      },
      Math.max(0, lastAt.current + atMostEveryMs - Date.now()),
    );
    return () => clearTimeout(timer);
  }, [key]);
}

const longestMs = 60_000;

/** Asks again while something is still being worked out of which no word comes: ever more seldom. */
export function useAskingWhile(isWaiting: boolean, refresh: () => void): void {
  const latest = useRef(refresh);
  useEffect(() => {
    latest.current = refresh;
  });
  useEffect(() => {
    if (!isWaiting) return;
    let timer: ReturnType<typeof setTimeout>;
    const askIn = (ms: number): void => {
      timer = setTimeout(() => {
        latest.current();
        askIn(Math.min(2 * ms, longestMs));
      }, ms);
    };
    askIn(atMostEveryMs);
    return () => clearTimeout(timer);
  }, [isWaiting]);
}

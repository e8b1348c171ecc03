import { useEffect, useRef } from "react";

const atMostEveryMs = 2_000;

/** Asks again when the live state says that something it depends on has moved; never more than once in two seconds. */
export function useRefresh(key: string, refresh: () => void): void {
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

import { type ReactNode, useEffect, useRef } from "react";
import { useLocation } from "wouter";
import { useLive } from "../live/live.tsx";
import { usePlace } from "./organisation.tsx";
import { beginAt, leave } from "./way-back.ts";

/** Names the page: "(2) Datasources · Monsoon & Moss · Headwater"; the number counts what needs someone. */
export function usePageTitle(screen: string): void {
  const { organisation } = usePlace();
  const needing = useLive(countNeeding);
  useEffect(() => {
    document.title = `${needing > 0 ? `(${needing}) ` : ""}${screen} · ${organisation.name} · Headwater`;
  }, [needing, screen, organisation.name]);
}

export function countNeeding(state: { byId: ReadonlyMap<string, { needsAttention: boolean }> }): number {
  let count = 0;
  for (const datasource of state.byId.values()) if (datasource.needsAttention) count++;
  return count;
}

/**
 * The page's one heading; it takes focus when the page opens, so that a screen reader starts there. Back on a page, one goes on from
 * the link that led away.
 */
export function PageHeading({ children }: { children: ReactNode }) {
  const ref = useRef<HTMLHeadingElement>(null);
  const [path] = useLocation();
  useEffect(() => {
    // The first page of a visit keeps the browser's own start, so that the skip link comes first.
    if (document.documentElement.dataset["visited"]) return beginAt(ref.current);
    document.documentElement.dataset["visited"] = "yes";
    return undefined;
  }, []);
  useEffect(() => () => leave(path), [path]);
  return (
    <h1 ref={ref} tabIndex={-1}>
      {children}
    </h1>
  );
}

import { type ReactNode, useEffect, useRef } from "react";
import { useLive } from "../live/live.tsx";
import { usePlace } from "./organisation.tsx";

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

/** The page's one heading; it takes focus when the page opens, so that a screen reader starts there. */
export function PageHeading({ children }: { children: ReactNode }) {
  const ref = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // The first page of a visit keeps the browser's own start, so that the skip link comes first.
    if (!document.documentElement.dataset["visited"]) document.documentElement.dataset["visited"] = "yes";
    else ref.current?.focus({ preventScroll: true });
  }, []);
  return (
    <h1 ref={ref} tabIndex={-1}>
      {children}
    </h1>
  );
}

import { useLingui } from "@lingui/react/macro";
import { useEffect, useRef } from "react";
import { type Announcement, announcements } from "../live/announcements.ts";
import type { LiveDatasource } from "../live/live.documents.ts";
import { useLive } from "../live/live.tsx";
import { announce } from "../parts/announcer.tsx";

/** Tells screen readers what a sighted person sees move. */
export function useProgressAnnouncements(): void {
  const { t } = useLingui();
  const byId = useLive((state) => state.byId);
  const before = useRef<ReadonlyMap<string, LiveDatasource>>(new Map());
  useEffect(() => {
    const say = (announcement: Announcement): string => {
      const { name } = announcement;
      switch (announcement.kind) {
        case "percent":
          return t`${name} ${announcement.percent}%.`;
        case "historyComplete":
          return t`${name}: history complete.`;
        case "streamComplete":
          return t`${name}: ${announcement.stream} complete.`;
        case "stopped":
          return t`${name}: data sync is stopped.`;
        case "needsSomeone":
          return t`${name} needs someone.`;
        case "works":
          return t`${name} works again.`;
      }
    };
    for (const [id, datasource] of byId) {
      const earlier = before.current.get(id);
      if (earlier && earlier !== datasource)
        for (const announcement of announcements(earlier, datasource)) announce(say(announcement));
    }
    before.current = byId;
  }, [byId, t]);
}

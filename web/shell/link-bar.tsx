import { Trans } from "@lingui/react/macro";
import { useEffect, useState } from "react";
import { useFormat, withLateWords } from "../language.tsx";
import { useLinkState, useLive, useSessionEnd } from "../live/live.tsx";
import { Icon } from "../parts/icon.tsx";
import { latePart } from "../parts/late.tsx";

const SessionBar = latePart(
  withLateWords(() => import("../screens/session/session-bar.tsx")),
  (part) => part.SessionBar,
);

const againForMs = 2_000;

/** Ink bar under the top bar: what is shown, since when. */
export function LinkBar() {
  const link = useLinkState();
  const receivedAt = useLive((state) => state.receivedAt);
  const format = useFormat();
  const [shown, setShown] = useState<"no" | "lost" | "again">("no");
  const isLost = link.kind === "lost";
  // What follows from the link at once is set while rendering; only what takes time is an effect.
  if (isLost && shown !== "lost") setShown("lost");
  if (!isLost && shown === "lost") setShown("again");
  useEffect(() => {
    if (shown !== "again") return;
    const timer = setTimeout(() => setShown("no"), againForMs);
    return () => clearTimeout(timer);
  }, [shown]);
  if (shown === "no") return null;
  return (
    <div className="inkbar" role="status">
      <Icon name={shown === "lost" ? "broken" : "tick"} />
      {shown === "again" ? (
        <Trans>Live again</Trans>
      ) : receivedAt === null ? (
        <Trans>Reconnecting.</Trans>
      ) : (
        <Trans>Reconnecting. Showing {format.time(new Date(receivedAt))}.</Trans>
      )}
    </div>
  );
}

/** With no worker for 60 s nothing is fetched, and the page says since when. */
export function HealthBar() {
  const health = useLive((state) => state.health);
  const format = useFormat();
  if (!health || health.isFetching) return null;
  return (
    <div className="inkbar amber" role="status">
      <Icon name="warning" />
      <span>
        <b>
          {health.notFetchingSince ? (
            <Trans>Nothing is fetched since {format.whenWithin(health.notFetchingSince)}.</Trans>
          ) : (
            <Trans>Nothing is fetched now.</Trans>
          )}
        </b>{" "}
        {health.message ?? (
          <Trans>No worker is running. What is here stays as it is; fetching goes on by itself when one is back.</Trans>
        )}
      </span>
    </div>
  );
}

export function EndBar() {
  const end = useSessionEnd();
  return end && <SessionBar end={end} />;
}

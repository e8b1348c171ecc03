import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect, useRef, useState } from "react";
import { useQuery } from "urql";
import { withLateWords } from "../language.tsx";
import { useLive } from "../live/live.tsx";
import type { LiveState } from "../live/live-store.ts";
import { announce, unsay } from "../parts/announcer.tsx";
import { Icon } from "../parts/icon.tsx";
import { Panel } from "../parts/panel.tsx";
import { useAskingWhile, useRefresh } from "../live/use-refresh.ts";
import { latePart } from "../parts/late.tsx";
import { UnreadQuery } from "../screens/inbox/inbox.documents.ts";

const Inbox = latePart(
  withLateWords(() => import("../screens/inbox/inbox.tsx")),
  (part) => part.Inbox,
);

/** A notice comes and goes with the state of a datasource, so the states say when to count again. */
function statesOf({ byId }: LiveState): string {
  return [...byId.values()]
    .map(({ id, connection, dataSync, needsAttention }) =>
      [
        id,
        connection?.status,
        connection?.reason?.code,
        dataSync?.status,
        dataSync?.reason?.code,
        needsAttention,
      ].join(),
    )
    .join(" ");
}

/** What its people are told, from any page. */
export function Bell() {
  const { t } = useLingui();
  const panel = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  const [{ data }, refresh] = useQuery({ query: UnreadQuery, requestPolicy: "cache-and-network" });
  const again = (): void => refresh({ requestPolicy: "network-only" });
  useRefresh(useLive(statesOf), again);
  // What somebody asks for, or waited for, changes no state.
  useAskingWhile(true, again);
  const unread = data?.organisation?.unreadNotices ?? 0;
  const label = unread === 0 ? t`Notices` : t`Notices, ${plural(unread, { one: "# not read", other: "# not read" })}`;
  const isCounted = data !== undefined;
  const known = useRef<number | null>(null);
  useEffect(() => {
    if (!isCounted) return;
    if (known.current !== null && unread > known.current) announce(label);
    known.current = unread;
    // Another count, or none once they are read, takes its place.
    return () => unsay(label);
  }, [isCounted, unread, label]);
  const close = (): void => panel.current?.hidePopover();
  return (
    <>
      <button
        type="button"
        className="iconb bell"
        popoverTarget="inbox-panel"
        aria-haspopup="dialog"
        aria-label={label}
      >
        <Icon name="bell" />
        {unread > 0 && <span className="n" />}
      </button>
      <Panel
        id="inbox-panel"
        panel={panel}
        label={t`Notices`}
        head={
          <h2>
            <Trans>Notices</Trans>
          </h2>
        }
        onToggle={setOpen}
      >
        {isOpen && <Inbox unread={unread} onOpen={close} onRead={again} />}
      </Panel>
    </>
  );
}

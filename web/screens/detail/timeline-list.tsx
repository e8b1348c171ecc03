import { Trans } from "@lingui/react/macro";
import { useFormat } from "../../language.tsx";
import { Icon, type IconName } from "../../parts/icon.tsx";
import { LongList } from "../../parts/long-rows.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { useNow, When } from "../../parts/time.tsx";
import type { TimelineEntry } from "./detail.documents.ts";
import { openGap } from "./open-gap.ts";

const icons: readonly (readonly [RegExp, IconName])[] = [
  [/undodisconnect/, "undo"],
  [/disconnect|revoke|erased/, "broken"],
  [/connect|authoriz/, "plug"],
  [/pause|stop|hold/, "pause"],
  [/resume/, "play"],
  [/resync|retr/, "sync"],
  [/fail|problem|reject/, "warning"],
  [/first/, "spark"],
  [/wait|throttle/, "clock"],
  [/renamed|setcadence|setquiet|setquota|choice/, "pen"],
];

function iconOf(verb: string): IconName {
  return icons.find(([pattern]) => pattern.test(verb.toLowerCase()))?.[1] ?? "pulse";
}

interface TimelineListProps {
  entries: readonly TimelineEntry[];
  /** Whose gap stands above them while it is open. */
  gapOf?: LiveDatasource | null;
  long?: boolean;
  hasMore?: boolean;
}

/** People, the system and the source in one list, newest first. */
export function TimelineList({ entries, gapOf = null, long = false, hasMore = false }: TimelineListProps) {
  const format = useFormat();
  return (
    <ol className="tl">
      {gapOf && <OpenGap datasource={gapOf} />}
      <LongList
        rows={entries}
        rowHeight={30}
        hasMore={hasMore}
        renderRow={({ id, at, actor, verb, message }, placed) => (
          <li key={id} {...placed}>
            <Icon name={iconOf(verb)} />
            <span>
              {message}
              {actor.kind !== "SYSTEM" && !message.includes(actor.name) && <DoneBy by={actor.name} />}
            </span>
            <time className="tm num" dateTime={at} title={format.exact(at)}>
              {long || format.dayOf(at) !== format.today() ? format.when(at) : format.time(at)}
            </time>
          </li>
        )}
      />
    </ol>
  );
}

function DoneBy({ by }: { by: string }) {
  return (
    <span className="de">
      <Trans comment="who brought it about">by {by}</Trans>
    </span>
  );
}

function OpenGap({ datasource }: { datasource: LiveDatasource }) {
  const gap = openGap(datasource, useNow());
  if (!gap) return null;
  return (
    <li>
      <Icon name="dashed" />
      <span>
        {gap.isFilling ? (
          <Trans>
            Missing since <When at={gap.since} within />; it is filled now, newest first
          </Trans>
        ) : (
          <Trans>
            Missing since <When at={gap.since} within />; it is filled once the sync goes on
          </Trans>
        )}
      </span>
    </li>
  );
}

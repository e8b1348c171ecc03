import { useFormat } from "../../language.tsx";
import { Icon, type IconName } from "../../parts/icon.tsx";
import { LongList } from "../../parts/long-rows.tsx";
import type { TimelineEntry } from "./detail.documents.ts";

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
  [/renamed|setcadence|choice/, "pen"],
];

function iconOf(verb: string): IconName {
  return icons.find(([pattern]) => pattern.test(verb.toLowerCase()))?.[1] ?? "pulse";
}

interface TimelineListProps {
  entries: readonly TimelineEntry[];
  long?: boolean;
  hasMore?: boolean;
}

/** People, the system and the source in one list, newest first. */
export function TimelineList({ entries, long = false, hasMore = false }: TimelineListProps) {
  const format = useFormat();
  return (
    <ol className="tl">
      <LongList
        rows={entries}
        rowHeight={30}
        hasMore={hasMore}
        renderRow={({ id, at, actor, verb, message }, placed) => (
          <li key={id} {...placed}>
            <Icon name={iconOf(verb)} />
            <span>
              {message}
              {actor.kind !== "SYSTEM" && !message.includes(actor.name) && <span className="de">{actor.name}</span>}
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

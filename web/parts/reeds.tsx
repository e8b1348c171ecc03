import { useFormat } from "../language.tsx";
import type { LiveDatasource } from "../live/live.documents.ts";
import type { Show } from "../routes.ts";
import { Icon, type IconName } from "./icon.tsx";
import { share } from "./size.ts";

export type Reed = "full" | "moving" | "warn" | "dead" | "off" | "waiting";

type Standing = Pick<LiveDatasource, "connection" | "dataSync" | "needsAttention">;

const manyFrom = 13;

/** One reed per datasource: full = fine, filling = fetching, broken = needs someone, hollow = paused, or waiting for its first data. */
export function reedOf({ connection, dataSync, needsAttention }: Standing): Reed {
  if (!connection || !dataSync) return "waiting";
  if (needsAttention) return connection.isDead ? "dead" : "warn";
  if (dataSync.status === "FETCHING_HISTORICAL_DATA") return "moving";
  if (dataSync.status === "NOT_SYNCED") return "waiting";
  return dataSync.status === "INACTIVE" ? "off" : "full";
}

const shownAs: Record<Exclude<Show, "all">, readonly Reed[]> = {
  attention: ["warn", "dead"],
  fetching: ["moving"],
  paused: ["off"],
  disconnected: [],
};

/** The filter of the list counts as the reeds do: what needs someone is not also paused. */
export const isShownAs = (datasource: Standing, show: Show): boolean =>
  show === "all" || shownAs[show].includes(reedOf(datasource));

const looks: Record<Reed, string> = { full: "", moving: "mv", warn: "at", dead: "at dead", off: "off", waiting: "off" };

export function Reeds({ datasources }: { datasources: readonly LiveDatasource[] }) {
  if (datasources.length >= manyFrom) return <ReedCounts datasources={datasources} />;
  return (
    <span className="reeds" aria-hidden="true">
      {datasources.map((datasource) => (
        <i key={datasource.id} className={looks[reedOf(datasource)]} style={share(datasource.backfill.percent ?? 4)} />
      ))}
    </span>
  );
}

/** Four: what waits for its first data is on its way. */
const counted = [
  { look: "good", icon: "tick", reeds: ["full"] },
  { look: "flow", icon: "down", reeds: ["moving", "waiting"] },
  { look: "warn", icon: "warning", reeds: ["warn", "dead"] },
  { look: "faint", icon: "pause", reeds: ["off"] },
] as const satisfies readonly { look: string; icon: IconName; reeds: readonly Reed[] }[];

export const countReeds = (datasources: readonly Standing[]) =>
  counted.map(({ look, icon, reeds }) => ({
    look,
    icon,
    count: datasources.filter((datasource) => reeds.some((reed) => reed === reedOf(datasource))).length,
  }));

function ReedCounts({ datasources }: { datasources: readonly LiveDatasource[] }) {
  const format = useFormat();
  return (
    <span className="reedc num" aria-hidden="true">
      {countReeds(datasources).map(({ look, icon, count }) => (
        <span key={look} className={count === 0 ? `${look} hide-s` : look}>
          <Icon name={icon} />
          {format.count(count)}
        </span>
      ))}
    </span>
  );
}

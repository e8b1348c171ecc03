import { useFormat } from "../language.tsx";
import type { LiveDatasource } from "../live/live.documents.ts";
import { Icon, type IconName } from "./icon.tsx";
import { share } from "./size.ts";

export type Reed = "full" | "moving" | "warn" | "dead" | "off" | "waiting";

const manyFrom = 13;

/** One reed per datasource: full = fine, filling = fetching, broken = needs someone, hollow = paused, or waiting for its first data. */
export function reedOf({ connection, dataSync }: Pick<LiveDatasource, "connection" | "dataSync">): Reed {
  if (!connection || !dataSync) return "waiting";
  if (connection.status === "REAUTHORIZE") return connection.isDead ? "dead" : "warn";
  if (dataSync.status === "FETCHING_HISTORICAL_DATA") return "moving";
  if (dataSync.status === "NOT_SYNCED") return "waiting";
  return dataSync.status === "INACTIVE" ? "off" : "full";
}

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

function ReedCounts({ datasources }: { datasources: readonly LiveDatasource[] }) {
  const format = useFormat();
  const counts = [
    { look: "good", icon: "tick", reeds: ["full"] },
    { look: "flow", icon: "down", reeds: ["moving"] },
    { look: "warn", icon: "warning", reeds: ["warn", "dead"] },
    { look: "faint", icon: "pause", reeds: ["off"] },
    { look: "faint hide-s", icon: "dashed", reeds: ["waiting"] },
  ] as const satisfies readonly { look: string; icon: IconName; reeds: readonly Reed[] }[];
  return (
    <span className="reedc num" aria-hidden="true">
      {counts.map(({ look, icon, reeds }) => {
        const count = datasources.filter((datasource) => reeds.some((reed) => reed === reedOf(datasource))).length;
        return (
          <span key={look} className={count === 0 ? `${look} hide-s` : look}>
            <Icon name={icon} />
            {format.count(count)}
          </span>
        );
      })}
    </span>
  );
}

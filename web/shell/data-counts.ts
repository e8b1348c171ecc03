import type { LiveDatasource } from "../live/live.documents.ts";
import { reedOf } from "../parts/reeds.tsx";

export interface DataCounts {
  readonly active: number;
  readonly fetching: number;
  readonly needing: number;
  readonly paused: number;
  /** Connected and nothing read yet: nobody has paused it. */
  readonly waiting: number;
  /** Still in consent: no datasource yet. */
  readonly connecting: number;
}

type Counted = Pick<LiveDatasource, "connection" | "dataSync" | "needsAttention">;

export function dataCounts(datasources: readonly Counted[]): DataCounts {
  const counts = { active: 0, fetching: 0, needing: 0, paused: 0, waiting: 0, connecting: 0 };
  for (const datasource of datasources) counts[kindOf(datasource)]++;
  return counts;
}

function kindOf(datasource: Counted): keyof DataCounts {
  switch (reedOf(datasource)) {
    case "full":
      return "active";
    case "moving":
      return "fetching";
    case "warn":
    case "dead":
      return "needing";
    case "off":
      return "paused";
    case "waiting":
      return datasource.connection ? "waiting" : "connecting";
  }
}

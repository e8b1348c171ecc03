import type { LiveDatasource } from "../../live/live.documents.ts";
import type { OverviewData } from "./overview.documents.ts";

type Source = Pick<OverviewData["sources"][number], "mark">;

/** What somebody has to see to comes before what comes by itself, and that before what is whole. */
export function stripWeight({ mark }: Source, live: Pick<LiveDatasource, "needsAttention"> | undefined): number {
  if (mark === "COMPLETE") return 0;
  return live?.needsAttention ? 2 : 1;
}

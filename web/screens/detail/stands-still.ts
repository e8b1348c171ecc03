import type { LiveDatasource } from "../../live/live.documents.ts";

/** Nothing of it is read until somebody acts, whatever was under way. */
export const standsStill = ({
  connection,
  dataSync,
  disconnectedAt,
}: Pick<LiveDatasource, "connection" | "dataSync" | "disconnectedAt">): boolean =>
  disconnectedAt !== null || connection?.isDead === true || dataSync?.status === "INACTIVE";

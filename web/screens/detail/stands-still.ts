import type { LiveDatasource } from "../../live/live.documents.ts";

type Standing = Pick<LiveDatasource, "connection" | "dataSync" | "disconnectedAt">;

/** Nothing of it is read until somebody acts, whatever was under way: it goes on then, or has ended with the disconnect. */
export function stillAs({ connection, dataSync, disconnectedAt }: Standing): "paused" | "ended" | null {
  if (disconnectedAt !== null) return "ended";
  return connection?.isDead === true || dataSync?.status === "INACTIVE" ? "paused" : null;
}

export const standsStill = (datasource: Standing): boolean => stillAs(datasource) !== null;

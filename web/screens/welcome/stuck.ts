import type { LiveDatasource } from "../../live/live.documents.ts";

/** After this long without a row something is missing at the source; waiting on would say nothing. */
const patienceMs = 15 * 60_000;

export function isStuck(
  { connectedAt, rowsTotal }: Pick<LiveDatasource, "connectedAt" | "rowsTotal">,
  now: number,
): boolean {
  return connectedAt !== null && rowsTotal === "0" && now - Date.parse(connectedAt) > patienceMs;
}

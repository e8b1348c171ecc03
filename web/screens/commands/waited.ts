import type { LiveDatasource } from "../../live/live.documents.ts";

const ofTheSource = ["providerDown", "rateLimit", "ceiling"];

/** Until when its sync waits for the source, or for the ceiling that was set for it; null where it waits for neither. */
export function waitedUntil(dataSync: LiveDatasource["dataSync"]): string | null {
  const reason = dataSync?.reason;
  return reason && ofTheSource.includes(reason.code) ? reason.until : null;
}

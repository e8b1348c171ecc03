import type { LiveDatasource, Reason } from "../../live/live.documents.ts";
import { pressingReason } from "../datasources/ways-out.ts";

/** After this long without a row something is missing at the source; waiting on would say nothing. */
const patienceMs = 15 * 60_000;

export function isStuck(
  { connectedAt, rowsTotal }: Pick<LiveDatasource, "connectedAt" | "rowsTotal">,
  now: number,
): boolean {
  return connectedAt !== null && rowsTotal === "0" && now - Date.parse(connectedAt) > patienceMs;
}

/** Nobody waits for its numbers: they come when somebody gives a file. */
export const isTakenByFile = ({ platform }: Pick<LiveDatasource, "platform">): boolean =>
  platform.method === "FILE_UPLOAD";

export type WhyNoNumbers =
  | { readonly kind: "reading" }
  /** It should read, and nothing comes. */
  | { readonly kind: "silent" }
  | { readonly kind: "told"; readonly reason: Reason };

type Read = Pick<LiveDatasource, "connectedAt" | "rowsTotal" | "connection" | "dataSync" | "streams">;

/** True of every first sync, so that after a quarter of an hour they explain nothing. */
const saysOnlyThatItReads = ["nothingLandedYet", "firstBackfill"];

export function whyNoNumbers(datasource: Read, now: number): WhyNoNumbers {
  const { connection, dataSync } = datasource;
  const isStopped = (connection?.isDead ?? false) || dataSync?.status === "INACTIVE";
  if (!isStopped && !isStuck(datasource, now)) return { kind: "reading" };
  const reason = connection?.isDead ? pressingReason(datasource) : (dataSync?.reason ?? null);
  if (reason !== null && !saysOnlyThatItReads.includes(reason.code)) return { kind: "told", reason };
  const heldUp = datasource.streams.find(({ state }) => state === "WAITING" || state === "FAILED")?.reason ?? null;
  return heldUp === null ? { kind: "silent" } : { kind: "told", reason: heldUp };
}

import type { LiveBackfill, LiveDatasource, LiveStream } from "../../live/live.documents.ts";
import { standsStill } from "./stands-still.ts";

/** A history that is in is read once more, or a sync brings what came since; null: it is being read for the first time, or nothing is. */
export type Anew = "resync" | "sync" | null;

type Read = Pick<LiveStream, "state" | "windowsDone" | "windowsTotal" | "finishedAt">;

/** Only a resync plans windows of a history that is in: a sync beside it leaves them all done. */
export function readAnew(
  { state, windowsDone, windowsTotal, finishedAt }: Read,
  backfill: Pick<LiveBackfill, "state">,
): Anew {
  if (backfill.state !== "DONE" || (state !== "RUNNING" && state !== "WAITING" && state !== "QUEUED")) return null;
  if (windowsDone < windowsTotal) return "resync";
  return finishedAt === null ? null : "sync";
}

/** A resync that a pause or a disconnect has cut short leaves its streams as they were; nothing of them is read. */
export const isReadAgain = (datasource: LiveDatasource): boolean =>
  !standsStill(datasource) && datasource.streams.some((stream) => readAnew(stream, datasource.backfill) === "resync");

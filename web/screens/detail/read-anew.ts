import type { LiveBackfill, LiveStream } from "../../live/live.documents.ts";

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

import type { LiveDatasource } from "../../live/live.documents.ts";
import { comesInFiles } from "../../routes.ts";
import { standsStill } from "./stands-still.ts";

type Standing = Parameters<typeof standsStill>[0] &
  Pick<
    LiveDatasource,
    "platform" | "completeThrough" | "lastSuccessAt" | "cadenceSeconds" | "currentRun" | "commands" | "isStale"
  >;

export interface OpenGap {
  /** Until then it is complete. */
  readonly since: string;
  readonly seconds: number;
  /** It is being filled; else it is once the sync goes on. */
  readonly isFilling: boolean;
}

/** What is missing while nothing is read, and until the sync that fills it has ended; null within its own rhythm. */
export function openGap(datasource: Standing, now: number): OpenGap | null {
  const { completeThrough, lastSuccessAt, cadenceSeconds, currentRun, disconnectedAt, platform } = datasource;
  if (!completeThrough || !lastSuccessAt || disconnectedAt !== null) return null;
  if (comesInFiles(platform.method)) return null;
  const soonMs = 2 * cadenceSeconds * 1000;
  if (now - Date.parse(lastSuccessAt) < soonMs) return null;
  // What rested in quiet hours is read after them, and nothing was missed.
  if (!standsStill(datasource) && !datasource.isStale) return null;
  // Its sync begins soon after the resume, or not for a reason that the status tells.
  const isResumed = wasResumed(datasource, Math.max(Date.parse(lastSuccessAt), now - soonMs));
  const isFilling = !standsStill(datasource) && (currentRun?.kind === "SYNC" || isResumed);
  if (!isFilling && !standsStill(datasource)) return null;
  return { since: completeThrough, seconds: (now - Date.parse(completeThrough)) / 1000, isFilling };
}

const wasResumed = ({ commands }: Standing, after: number): boolean =>
  commands.some(
    ({ kind, state, settledAt }) =>
      kind === "resume" && state === "DONE" && settledAt !== null && Date.parse(settledAt) > after,
  );

import type { LiveDatasource } from "../../live/live.documents.ts";
import type { Attempt } from "./connect.documents.ts";

export type FirstDataStage = "verifying" | "queued" | "reading" | "ready" | "works" | "stopped" | "failed";

const fromBehind = ["verifying", "queued", "reading", "ready", "works"] as const;

/** Of several together: as far as the one that is furthest behind; what is stopped, or came to nothing, holds no other up. */
export const stageOfAll = (stages: readonly FirstDataStage[]): FirstDataStage =>
  fromBehind.find((stage) => stages.includes(stage)) ?? (stages.includes("stopped") ? "stopped" : "failed");

/** Ended without an access. */
export const cameToNothing = (state: Attempt["state"] | undefined): boolean =>
  state === "REFUSED" || state === "CANCELLED" || state === "EXPIRED" || state === "FAILED";

export function firstDataStage(
  attempt: Pick<Attempt, "state" | "purpose" | "createdAt"> | null,
  datasource: LiveDatasource | null,
): FirstDataStage {
  const state = attempt?.state;
  const firstNumbersAt = datasource?.firstNumbersAt ?? null;
  // Numbers of before the consent are not what it brought: what is new is that they come in again.
  const hadNumbers = attempt && firstNumbersAt && Date.parse(firstNumbersAt) < Date.parse(attempt.createdAt);
  if (attempt?.purpose === "REAUTHORIZE") {
    if (state !== "CONNECTED" || datasource?.connection?.isDead !== false) return "verifying";
    // What somebody has stopped begins nothing now.
    if (hadNumbers || datasource.dataSync?.status === "INACTIVE") return "works";
  }
  if (firstNumbersAt) return "ready";
  if (cameToNothing(state)) return "failed";
  if (state === "VERIFYING" || !datasource?.connection) return "verifying";
  if (datasource.dataSync?.status === "INACTIVE") return "stopped";
  return datasource.currentRun || datasource.backfill.state === "RUNNING" ? "reading" : "queued";
}

import type { LiveDatasource } from "../../live/live.documents.ts";
import type { Attempt } from "./connect.documents.ts";

export type FirstDataStage = "verifying" | "queued" | "reading" | "ready" | "works";

export function firstDataStage(
  attempt: Pick<Attempt, "state" | "purpose"> | null,
  datasource: LiveDatasource | null,
): FirstDataStage {
  const state = attempt?.state;
  // Its numbers were here before: what is new is that they come in again.
  if (attempt?.purpose === "REAUTHORIZE" && datasource?.firstNumbersAt)
    return state === "CONNECTED" && datasource.connection?.isDead === false ? "works" : "verifying";
  if (datasource?.firstNumbersAt) return "ready";
  if (state === "VERIFYING" || !datasource?.connection) return "verifying";
  return datasource.currentRun || datasource.backfill.state === "RUNNING" ? "reading" : "queued";
}

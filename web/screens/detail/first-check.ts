import type { LiveDatasource } from "../../live/live.documents.ts";
import { isTakenByFile } from "../welcome/stuck.ts";

/** A sync brings it along, once the history is in; what comes as files has no source to be compared with. */
export function firstCheck(
  datasource: Pick<LiveDatasource, "platform" | "backfill" | "firstNumbersAt">,
): "afterHistory" | "withNextSync" | null {
  const { backfill, firstNumbersAt } = datasource;
  if (isTakenByFile(datasource)) return null;
  return backfill.state === "RUNNING" || firstNumbersAt === null ? "afterHistory" : "withNextSync";
}

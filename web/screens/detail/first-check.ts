import type { LiveDatasource } from "../../live/live.documents.ts";
import { isTakenByFile } from "../welcome/stuck.ts";

/** The next sync brings a check along, once the history is in; what comes as files has no source to be compared with. */
export const isCheckedNext = (datasource: Pick<LiveDatasource, "platform" | "backfill" | "firstNumbersAt">): boolean =>
  !isTakenByFile(datasource) && datasource.backfill.state !== "RUNNING" && datasource.firstNumbersAt !== null;

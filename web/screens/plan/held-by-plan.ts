import type { LiveDatasource } from "../../live/live.documents.ts";

/** It stands still because the plan has no room for it. */
export const isHeldByPlan = (datasource: LiveDatasource | null | undefined): boolean =>
  datasource?.dataSync?.reason?.code === "plan";

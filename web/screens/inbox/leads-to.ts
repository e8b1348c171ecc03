import { to } from "../../routes.ts";
import type { Notice } from "./inbox.documents.ts";
import type { RequestAbout } from "./requests.documents.ts";

type Leading = Pick<Notice, "kind" | "about" | "datasource" | "platform">;

const pages: Partial<Record<RequestAbout, (org: string) => string>> = {
  CONNECT: to.datasources,
  CHANGE_PLAN: to.plan,
  SEE_PLAN: to.plan,
  SEE_ACCESS_REVIEW: to.accessReview,
  API_TOKEN: to.tokens,
};

/** Where a notice is dealt with; null where nothing is left to do. */
export function leadsTo({ kind, about, datasource, platform }: Leading, org: string): string | null {
  if (datasource) return to.datasource(org, datasource.id);
  if (kind === "REVIEW_DUE") return to.accessReview(org);
  if (kind === "PLATFORM_OPENED") return to.datasources(org);
  if (about === null) return null;
  return about === "CONNECT" && platform ? to.connect(org, platform.name) : (pages[about]?.(org) ?? null);
}

/** Where a link stands, told from its own row and what became of the consent. Pure. */
import type { reauthorizeLinks } from "@headwater/db/schema/tables.ts";
import type { DatasourceView } from "../reading/datasources.ts";

export type LinkRow = typeof reauthorizeLinks.$inferSelect;
export type LinkState = "SENT" | "OPENED" | "CHECKING" | "DONE" | "EXPIRED" | "REVOKED";

/** Used up once the same account has come back; a consent with another account, or with too little, leaves it open. */
export function stateOfLink(link: LinkRow, view: DatasourceView | undefined, now: Date): LinkState {
  if (link.usedAt !== null) {
    const came = judged(link.usedAt, view, now);
    if (came !== "failed") return came === "done" ? "DONE" : "CHECKING";
  }
  if (link.revokedAt !== null) return "REVOKED";
  if (link.expiresAt <= now || view === undefined || view.row.disconnectedAt !== null) return "EXPIRED";
  return link.openedAt === null ? "SENT" : "OPENED";
}

/** Longer than the exchange of a code takes: what has brought no candidate by then was cut off on its way. */
const CUT_OFF_MS = 60_000;

function judged(usedAt: Date, view: DatasourceView | undefined, now: Date): "checking" | "done" | "failed" {
  if (view === undefined) return "failed";
  const { facts, grant, row } = view;
  if (facts.candidate) return "checking";
  if (facts.auth === "ok" && grant?.verifiedAt != null && grant.verifiedAt >= usedAt) return "done";
  const isJudged = row.authSince !== null && row.authSince >= usedAt && facts.auth !== "ok";
  return isJudged || now.getTime() - usedAt.getTime() > CUT_OFF_MS ? "failed" : "checking";
}

export const mayFollow = (state: LinkState): boolean => state === "SENT" || state === "OPENED";

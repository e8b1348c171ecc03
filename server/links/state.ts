/** Where a link stands, told from its own row and what became of the consent. Pure. */
import { commandId } from "@headwater/db/schema/ids.ts";
import type { CommandId, ConnectAttemptId, DatasourceId } from "@headwater/db/schema/ids.ts";
import type { reauthorizeLinks } from "@headwater/db/schema/tables.ts";
import { commandId as commandIdFor } from "@headwater/workflows/client.ts";
import type { CommandRow } from "../reading/commands.ts";
import type { DatasourceView } from "../reading/datasources.ts";

export type LinkRow = typeof reauthorizeLinks.$inferSelect;
export type LinkState = "SENT" | "OPENED" | "CHECKING" | "DONE" | "EXPIRED" | "REVOKED";

/** Used up once the same account has come back; a consent with another account, or with too little, leaves it open. */
export function stateOfLink(
  link: LinkRow,
  view: DatasourceView | undefined,
  { trip, now }: { readonly trip: CommandRow | undefined; readonly now: Date },
): LinkState {
  if (link.usedAt !== null) {
    const came = judged(link.usedAt, view, { trip, now });
    if (came !== "failed") return came === "done" ? "DONE" : "CHECKING";
  }
  if (link.revokedAt !== null) return "REVOKED";
  if (link.expiresAt <= now || view === undefined || view.row.disconnectedAt !== null) return "EXPIRED";
  return link.openedAt === null ? "SENT" : "OPENED";
}

/** Longer than the exchange of a code takes: what has brought no candidate by then was cut off on its way. */
const CUT_OFF_MS = 60_000;

/** By the verdict on its own trip, whatever becomes of the access later. */
function judged(
  usedAt: Date,
  view: DatasourceView | undefined,
  { trip, now }: { readonly trip: CommandRow | undefined; readonly now: Date },
): "checking" | "done" | "failed" {
  if (trip?.state === "done") return "done";
  if (view?.facts.candidate === true || trip?.state === "accepted") return "checking";
  return trip === undefined && now.getTime() - usedAt.getTime() <= CUT_OFF_MS ? "checking" : "failed";
}

export const mayFollow = (state: LinkState): boolean => state === "SENT" || state === "OPENED";

/** The command that a trip to the consent screen leaves with each datasource; no key of a caller can hold a line's end. */
export const reauthorizedKey = (attempt: ConnectAttemptId, datasource: DatasourceId): string =>
  `reauthorized\n${attempt}\n${datasource}`;

export const tripOf = ({ organisationId, attemptId, datasourceId }: LinkRow): CommandId | null =>
  attemptId === null ? null : commandId(commandIdFor(organisationId, reauthorizedKey(attemptId, datasourceId)));

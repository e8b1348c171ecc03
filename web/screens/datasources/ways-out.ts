import type { ActionName, LiveDatasource, Reason } from "../../live/live.documents.ts";

type Remedy = NonNullable<Reason["remedy"]>;

/** What the one button of a datasource does. */
export type WayOut = "link" | "reauthorize" | "resume" | "resync" | "checkAgain" | "giveFile" | "lookAtFile" | "plan";

type Acted = Pick<LiveDatasource, "connection" | "dataSync" | "viewerCan">;

const byConsent: readonly Remedy["kind"][] = ["REAUTHORIZE", "GRANT_SCOPES", "SWITCH_ACCOUNT"];

/** Why nothing of a file counts yet. */
const byFiles: Partial<Record<string, WayOut>> = { noFileYet: "giveFile", "noFileYet.waits": "lookAtFile" };

/** What needs someone first: a connection that is broken or ends, else why no data comes in. */
export function pressingReason({ connection, dataSync }: Pick<Acted, "connection" | "dataSync">): Reason | null {
  return (connection?.status === "REAUTHORIZE" ? connection.reason : null) ?? dataSync?.reason ?? null;
}

/** The one thing to do that this person may do now; null leaves the row its menu. */
export function wayOut(datasource: Acted, remedy: Remedy | null): WayOut | null {
  const may = (action: ActionName): boolean =>
    datasource.viewerCan.some((entry) => entry.action === action && entry.isAllowed);
  if (remedy?.url) return "link";
  const byFile = remedy === null ? byFiles[datasource.dataSync?.reason?.code ?? ""] : undefined;
  if (byFile !== undefined) return may("UPLOAD") ? byFile : null;
  const isDead = datasource.connection?.isDead ?? false;
  const asksConsent = remedy !== null && byConsent.includes(remedy.kind);
  if ((asksConsent || isDead) && may("REAUTHORIZE")) return "reauthorize";
  if (!isDead && remedy?.kind === "UPGRADE") return may("DISCONNECT") ? "plan" : null;
  // What was not read is read anew.
  if (!isDead && remedy?.kind === "RETRY") return may("RESYNC") ? "resync" : null;
  // Resuming cannot help while nothing can be read.
  if (isDead || !may("RESUME")) return null;
  if (remedy === null || remedy.kind === "RESUME") return "resume";
  return remedy.kind === "AT_SOURCE" ? "checkAgain" : null;
}

/** The reason in a row: where a dead grant is why nothing comes in, what ended the grant says more. */
export function rowReason({ connection, dataSync }: Pick<Acted, "connection" | "dataSync">): Reason | null {
  const dead = connection?.isDead ? connection.reason : null;
  const reason = dataSync?.reason ?? null;
  if (reason === null || reason.code === "credentialsDoNotWork") return dead ?? reason ?? connectionReason(connection);
  return reason;
}

function connectionReason(connection: Acted["connection"]): Reason | null {
  return connection?.status === "REAUTHORIZE" ? connection.reason : null;
}

const saysWhen: readonly string[] = ["providerDown", "rateLimit", "ceiling"];

/** When it goes on by itself, where its own sentence does not say so already. */
export const goesOnAt = ({ code, until }: Reason): string | null => (saysWhen.includes(code) ? null : until);

const toldByTheCard = ["firstBackfill"];

/** What stands under the head of a datasource: why it must be authorized, and why no data comes in, each once. */
export function headReasons({ connection, dataSync }: Pick<Acted, "connection" | "dataSync">): Reason[] {
  const first = connectionReason(connection);
  const second = rowReason({ connection, dataSync });
  return [first, second === first ? null : second].filter(
    (reason): reason is Reason => reason !== null && !toldByTheCard.includes(reason.code),
  );
}

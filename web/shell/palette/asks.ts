import type { ActionName, LiveDatasource } from "../../live/live.documents.ts";

/** What may be asked of a datasource from anywhere; all but the first three open what their own button opens. */
const asks = ["syncNow", "checkNow", "resume", "stop", "reauthorize", "resync", "replace", "disconnect"] as const;
export type Ask = (typeof asks)[number];

const actions: Record<Ask, ActionName> = {
  syncNow: "SYNC_NOW",
  checkNow: "CHECK_NOW",
  resume: "RESUME",
  stop: "PAUSE",
  reauthorize: "REAUTHORIZE",
  resync: "RESYNC",
  replace: "REPLACE",
  disconnect: "DISCONNECT",
};

type Asked = Pick<LiveDatasource, "viewerCan" | "connection" | "takesSlot">;

/** As on its page: what this person may ask of it now. */
export function asksOf({ viewerCan, connection, takesSlot }: Asked): Ask[] {
  const mayAsk = (ask: Ask): boolean => viewerCan.some(({ action, isAllowed }) => isAllowed && action === actions[ask]);
  return asks.filter((ask) => {
    if (ask === "resume" && connection?.isDead === true) return false;
    if (ask === "replace" && !takesSlot) return false;
    return mayAsk(ask);
  });
}

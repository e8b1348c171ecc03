import type { Ended } from "./ended.documents.ts";

/** `undoable`: nothing is decided for good yet. */
export type DataState = "undoable" | "kept" | "deleting" | "deleted";

type Told = Pick<Ended, "undoUntil" | "deletesDataAt" | "dataDeletedAt">;

export function dataStateOf({ undoUntil, deletesDataAt, dataDeletedAt }: Told, now: number): DataState {
  if (dataDeletedAt !== null) return "deleted";
  if (undoUntil !== null && Date.parse(undoUntil) > now) return "undoable";
  return deletesDataAt === null ? "kept" : "deleting";
}

/** Its deletion may be chosen; else why not, where a person's role is not the reason: that is said once for the whole page. */
export function mayDelete({ viewerCan }: Pick<Ended, "viewerCan">): { isAllowed: boolean; why: string | null } {
  const asked = viewerCan.find(({ action }) => action === "DELETE_DATA");
  const reason = asked?.reason ?? null;
  return {
    isAllowed: asked?.isAllowed === true,
    why: reason === null || reason.code === "role" ? null : reason.message,
  };
}

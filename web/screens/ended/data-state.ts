import type { Ended } from "./ended.documents.ts";

/** `undoable`: nothing is decided for good yet. */
export type DataState = "undoable" | "kept" | "deleting" | "deleted";

type Told = Pick<Ended, "undoUntil" | "deletesDataAt" | "dataDeletedAt">;

export function dataStateOf({ undoUntil, deletesDataAt, dataDeletedAt }: Told, now: number): DataState {
  if (dataDeletedAt !== null) return "deleted";
  if (undoUntil !== null && Date.parse(undoUntil) > now) return "undoable";
  return deletesDataAt === null ? "kept" : "deleting";
}

/** Its data goes or is gone: nothing that was told of what is in it is true any more. */
export const isDataGone = (told: Told, now: number): boolean =>
  ["deleting", "deleted"].includes(dataStateOf(told, now));

const askedOf = ({ viewerCan }: Pick<Ended, "viewerCan">) => viewerCan.find(({ action }) => action === "DELETE_DATA");

/** Its deletion may be chosen; else why not, where a person's role is not the reason: that is said once for the whole page. */
export function mayDelete(ended: Pick<Ended, "viewerCan">): { isAllowed: boolean; why: string | null } {
  const asked = askedOf(ended);
  const reason = asked?.reason ?? null;
  return {
    isAllowed: asked?.isAllowed === true,
    why: reason === null || reason.code === "role" ? null : reason.message,
  };
}

/** No word comes of what goes on with it: it is deleted, or its undo has lapsed here and is still told as open. */
export function isMoving(ended: Told & Pick<Ended, "viewerCan">, now: number): boolean {
  const state = dataStateOf(ended, now);
  return state === "deleting" || (state === "kept" && askedOf(ended)?.reason?.code === "undoOpen");
}

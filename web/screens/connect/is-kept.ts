import type { Attempt } from "./connect.documents.ts";

/** It waits for somebody, and goes on where it stands until its time is up; what has ended is kept for nobody. */
export const isKept = ({ state }: Pick<Attempt, "state">): boolean =>
  state === "WAITING_FOR_CONSENT" || state === "CHOOSING_ACCOUNT";

import type { LiveDatasource } from "../../live/live.documents.ts";
import type { Attempt } from "./connect.documents.ts";

interface Placed {
  readonly kind: "connect" | "continue" | "reauthorize" | "replace";
  readonly datasource?: string;
  readonly replaces?: string | null | undefined;
}

const ended: readonly Attempt["state"][] = ["REFUSED", "CANCELLED", "EXPIRED", "FAILED"];

/** It connects nothing any more. */
export const hasEnded = ({ state }: Pick<Attempt, "state">): boolean => ended.includes(state);

/** What was to be connected went with it. */
export const isGone = (attempt: Pick<Attempt, "state"> | null): boolean =>
  attempt !== null && (attempt.state === "CANCELLED" || attempt.state === "EXPIRED");

/** From here only a new one can begin: nothing stands that could be gone on with. */
export const beginsAnew = (
  { kind }: Pick<Placed, "kind">,
  { attempt, datasource }: { attempt: Pick<Attempt, "state"> | null; datasource: Pick<LiveDatasource, "id"> | null },
): boolean => isGone(attempt) && (kind === "continue" || (kind === "reauthorize" && datasource === null));

/** Whose place it is to take; an unfinished one as much as one that begins. */
export const replacedBy = ({ kind, datasource, replaces }: Placed): string | null =>
  (kind === "replace" ? datasource : kind === "continue" ? replaces : null) ?? null;

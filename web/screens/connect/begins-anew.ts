import type { LiveDatasource } from "../../live/live.documents.ts";
import type { Attempt } from "./connect.documents.ts";

interface Placed {
  readonly kind: "connect" | "continue" | "reauthorize" | "replace";
  readonly datasource?: string;
  readonly replaces?: string | null | undefined;
}

const afterConsent: readonly Attempt["state"][] = ["RETURNED", "CHOOSING_ACCOUNT", "VERIFYING"];
const ended: readonly Attempt["state"][] = ["REFUSED", "CANCELLED", "EXPIRED", "FAILED"];

/** Where it goes on: at the attempt that is known, or the newest, past its consent, where that has ended or there is none. */
export function standingOf<One extends Pick<Attempt, "id" | "state">>(
  known: One | null,
  newest: One | null,
): One | null {
  const isPast = newest !== null && afterConsent.includes(newest.state);
  const hasEnded = known === null || (newest?.id !== known.id && ended.includes(known.state));
  return isPast && hasEnded ? newest : known;
}

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

import { fold } from "../../parts/fold.ts";
import type { Candidate } from "./connect.documents.ts";

export function matching(candidates: readonly Candidate[], typed: string): Candidate[] {
  const words = fold(typed).split(" ").filter(Boolean);
  return candidates.filter(({ name, externalId, currency, zone, domain, group, state }) => {
    const text = fold([name, externalId, currency, zone, domain, group, state].filter(Boolean).join(" "));
    return words.every((word) => text.includes(word));
  });
}

/** A source that has closed or disabled an account gives nothing more of it: such ones stand folded, all others in one list. */
export function isInactive({
  isSelectable,
  connected,
  reason,
}: Pick<Candidate, "isSelectable" | "connected" | "reason">) {
  return !isSelectable && connected === null && reason?.code !== "unreadable";
}

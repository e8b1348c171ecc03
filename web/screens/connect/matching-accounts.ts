import { fold } from "../datasources/catalog-search.ts";
import type { Candidate } from "./connect.documents.ts";

export function matching(candidates: readonly Candidate[], typed: string): Candidate[] {
  const words = fold(typed).split(" ").filter(Boolean);
  return candidates.filter(({ name, externalId, currency, zone, domain, group, state }) => {
    const text = fold([name, externalId, currency, zone, domain, group, state].filter(Boolean).join(" "));
    return words.every((word) => text.includes(word));
  });
}

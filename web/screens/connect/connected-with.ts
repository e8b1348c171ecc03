/** One choice connects several at once: the address of the first names the others, so that a reload shows them all. */
export const connectedWith = (search: string): readonly string[] =>
  (new URLSearchParams(search).get("with") ?? "").split(",").filter(Boolean);

/** What the address says of them; null where there are none. */
export const withOthers = (others: readonly string[]): { with: string | null } => ({
  with: others.length === 0 ? null : others.join(","),
});

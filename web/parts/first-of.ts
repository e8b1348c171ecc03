/** So many of all, in their order; what matters more is not left out for what matters less. */
export function firstOf<One>(all: readonly One[], count: number, weightOf: (one: One) => number): readonly One[] {
  const chosen = new Set(all.toSorted((a, b) => weightOf(b) - weightOf(a)).slice(0, count));
  return all.filter((one) => chosen.has(one));
}

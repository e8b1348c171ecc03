/** So many of all, in their order; what matters more is not left out for what does not. */
export function firstOf<One>(all: readonly One[], count: number, mattersMore: (one: One) => boolean): readonly One[] {
  const chosen = new Set(all.toSorted((a, b) => Number(mattersMore(b)) - Number(mattersMore(a))).slice(0, count));
  return all.filter((one) => chosen.has(one));
}

/** As many as there is room for, and of the others what must be seen; in their order. */
export const firstOf = <One>(all: readonly One[], count: number, mustBeSeen: (one: One) => boolean): readonly One[] =>
  all.filter((one, n) => n < count || mustBeSeen(one));

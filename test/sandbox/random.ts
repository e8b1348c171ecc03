// A small seeded generator (mulberry32 behind a string hash): the same words give the same numbers on every machine.
export interface Random {
  next(): number;
  whole(from: number, to: number): number;
  isChosen(share: number): boolean;
  pick<T>(list: readonly T[]): T;
}

function hash(text: string): number {
  let h = 2166136261;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 16777619);
  return h >>> 0;
}

export function seededRandom(...words: readonly (string | number)[]): Random {
  let state = hash(words.join("\u0001"));
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const whole = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    whole,
    isChosen: (share) => next() < share,
    pick(list) {
      const found = list[whole(0, list.length - 1)];
      if (found === undefined) throw new Error("Nothing to pick from");
      return found;
    },
  };
}

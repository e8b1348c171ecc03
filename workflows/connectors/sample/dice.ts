// Numbers that look thrown and are the same everywhere and for ever: what the sample sources say is made of nothing else.

/** From 0 up to 1, by the words alone. */
export function thrown(...words: readonly (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const letter of words.join(" ")) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}

/** A whole number of `least` to `most`, both among them. */
export const between = (least: number, most: number, ...words: readonly (string | number)[]): number =>
  least + Math.floor(thrown(...words) * (most - least + 1));

/** Of what is written a little wrongly: the one that was meant, most likely. */

const EDITS_MOST = 2;
/** Of words that are shorter, one edit more would leave too little of them. */
const LETTERS_FOR_AN_EDIT = 3;

/** By as few edits as may be; among equals one of the same letters, as where two stand the wrong way round. */
export function nearestOf(wanted: string, known: readonly string[]): string | null {
  const text = wanted.toLowerCase();
  const letters = sorted(text);
  let most = EDITS_MOST;
  let best: Found | null = null;
  for (const word of known) {
    const edits = editsBetween(text, word.toLowerCase(), Math.min(most, mostFor(Math.min(text.length, word.length))));
    if (edits === null) continue;
    const isSameLetters = sorted(word.toLowerCase()) === letters;
    if (best !== null && edits === most && !isBetter({ word, isSameLetters }, best)) continue;
    [most, best] = [edits, { word, isSameLetters }];
  }
  return best?.word ?? null;
}

const mostFor = (letters: number): number => Math.max(1, Math.floor(letters / LETTERS_FOR_AN_EDIT));

type Found = { readonly word: string; readonly isSameLetters: boolean };
const isBetter = (one: Found, other: Found): boolean =>
  one.isSameLetters === other.isSameLetters ? one.word < other.word : one.isSameLetters;

const sorted = (text: string): string => Array.from(text).toSorted().join("");

/** A letter more, less, another, or two neighbours the other way round is one each; null where it takes more than `most`. */
export function editsBetween(one: string, other: string, most: number): number | null {
  if (Math.abs(one.length - other.length) > most) return null;
  const shorter = Math.min(one.length, other.length);
  let start = 0;
  while (start < shorter && one[start] === other[start]) start += 1;
  let end = 0;
  while (end < shorter - start && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  const edits = distance(one.slice(start, one.length - end), other.slice(start, other.length - end));
  return edits > most ? null : edits;
}

function distance(one: string, other: string): number {
  let before: number[] = [];
  let above = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let row = 1; row <= one.length; row += 1) {
    const here = [row];
    for (let at = 1; at <= other.length; at += 1) {
      const isSame = one[row - 1] === other[at - 1];
      const isTurned = row > 1 && at > 1 && one[row - 1] === other[at - 2] && one[row - 2] === other[at - 1];
      here[at] = Math.min(
        (above[at] ?? 0) + 1,
        (here[at - 1] ?? 0) + 1,
        (above[at - 1] ?? 0) + (isSame ? 0 : 1),
        isTurned ? (before[at - 2] ?? 0) + 1 : Infinity,
      );
    }
    [before, above] = [above, here];
  }
  return above[other.length] ?? 0;
}

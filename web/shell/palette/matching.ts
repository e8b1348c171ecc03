import { fold } from "../../parts/fold.ts";

type Script = "latin" | "devanagari" | "bengali";

/** One word as it is looked for. */
export interface Word {
  readonly folded: string;
  readonly script: Script;
  /** Its consonants as they sound, in Latin: by these शॉपिफ़ाई, শ্বপিফাই and Shopify find each other. */
  readonly bones: string;
}

export interface Searchable {
  /** What it is called, and what else it is found by. */
  readonly called: readonly Word[];
  readonly about: readonly Word[];
}

export function wordsOf(text: string): Word[] {
  return text
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .map((word) => ({ folded: fold(word), script: scriptOf(word), bones: bonesOf(word) }))
    .filter(({ folded }) => folded !== "");
}

const devanagariBegins = 0x0900;
const bengaliBegins = 0x0980;
const bengaliEnds = 0x09ff;

function scriptOf(word: string): Script {
  const code = word.codePointAt(0) ?? 0;
  if (code < devanagariBegins || code > bengaliEnds) return "latin";
  return code < bengaliBegins ? "devanagari" : "bengali";
}

/** Both scripts hold the same sounds at the same places. Vowels, signs and what is only breathed are not here. */
const consonants = [
  ["n", 0x01, 0x02],
  ["k", 0x15, 0x16],
  ["g", 0x17, 0x18],
  ["n", 0x19, 0x1e, 0x23, 0x28],
  ["s", 0x1a, 0x1b, 0x36, 0x37, 0x38],
  ["j", 0x1c, 0x1d],
  ["t", 0x1f, 0x20, 0x24, 0x25],
  ["d", 0x21, 0x22, 0x26, 0x27],
  ["p", 0x2a],
  ["f", 0x2b],
  ["b", 0x2c, 0x2d, 0x35, 0x71],
  ["m", 0x2e],
  ["r", 0x30, 0x70],
  ["l", 0x32],
] as const;
const sounds = new Map<number, string>(
  consonants.flatMap(([sound, ...places]) => places.map((place) => [place, sound] as const)),
);
/** Assamese says j where Hindi says y, which is hardly heard. */
const bengaliJa = 0x09af;
/** With a dot below, that letter is a y again; and a b that hangs below another letter says nothing. */
const unheard = /\u09af\u09bc|\u09cd\u09ac/gu;
const perScript = bengaliBegins - devanagariBegins;
const devanagariLetters = [0x70, 0x71];

function soundOf(letter: string): string {
  const code = letter.codePointAt(0) ?? 0;
  if (code === bengaliJa) return "j";
  const place = (code - devanagariBegins) % perScript;
  const isBengaliOnly = devanagariLetters.includes(place);
  return isBengaliOnly && code < bengaliBegins ? "" : (sounds.get(place) ?? "");
}

const latinSounds: readonly (readonly [RegExp, string])[] = [
  [/ph/gu, "f"],
  [/[cs]h|c(?=[eiy])/gu, "s"],
  [/g(?=[eiy])|z/gu, "j"],
  [/ck?|q/gu, "k"],
  [/x/gu, "ks"],
  [/[vw]/gu, "b"],
  [/[^a-z0-9]|[aeiouyh]/gu, ""],
];

function bonesOf(word: string): string {
  const letters =
    scriptOf(word) === "latin"
      ? latinSounds.reduce((text, [spelt, sound]) => text.replace(spelt, sound), fold(word))
      : Array.from(word.normalize("NFKD").replace(unheard, ""), soundOf).join("");
  return letters.replace(/(.)\1+/gu, "$1");
}

const nowhere = Number.POSITIVE_INFINITY;
/** Fewer consonants or letters would find nearly everything. */
const fewestBones = 2;
const fewestLetters = 3;

/** The smaller, the nearer; null where a word that was asked for is nowhere. */
export function nearness({ called, about }: Searchable, asked: readonly Word[]): number | null {
  let sum = 0;
  for (const word of asked) {
    const near = Math.min(nearest(word, called), 1 + nearest(word, about));
    if (near === nowhere) return null;
    sum += near;
  }
  return sum;
}

function nearest(asked: Word, words: readonly Word[]): number {
  let least = nowhere;
  for (const word of words) least = Math.min(least, between(asked, word));
  return least;
}

function between(asked: Word, word: Word): number {
  if (word.folded === asked.folded) return 0;
  if (word.folded.startsWith(asked.folded)) return 1;
  if (word.folded.includes(asked.folded)) return 3;
  const soundsAlike = asked.bones.length >= fewestBones && word.bones.startsWith(asked.bones);
  if (asked.script !== word.script && soundsAlike) return 5;
  return asked.folded.length >= fewestLetters && isWithin(asked.folded, word.folded) ? 7 : nowhere;
}

/** All of its letters in their order, from the first on: `shpfy` in `shopify`. */
function isWithin(asked: string, word: string): boolean {
  if (asked[0] !== word[0]) return false;
  let at = 0;
  for (const letter of word) if (letter === asked[at]) at += 1;
  return at === asked.length;
}

/** Text that people type to name something: what can be seen, and what reads in the order in which it stands. */
import type { Words } from "./words.ts";

/** Embeddings, overrides and isolates: pasted with a text, they turn what stands around it. Marks that Hindi or Assamese need stay. */
const REORDERING = /[\u202A-\u202E\u2066-\u2069]/gu;
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;
/** Also letters and signs that are drawn as nothing: the Hangul fillers, the empty Braille pattern. */
const UNSEEN = /[\p{C}\p{Z}\p{White_Space}\p{Default_Ignorable_Code_Point}\u2800]/gu;

export const tidied = (text: string): string => text.replaceAll(REORDERING, "").trim();

export const isPrintable = (text: string): boolean => !UNPRINTABLE.test(text);

export const isSeen = (text: string): boolean => text.replaceAll(UNSEEN, "") !== "";

/** Of a name that was tidied: what is to be said beside its field, or null. */
export function wrongWithName(name: string, longest: number, words: Words): string | null {
  if (name === "") return words.say("input.empty");
  if (name.length > longest || !isPrintable(name)) return words.say("input.text", { longest });
  return isSeen(name) ? null : words.say("input.unseen");
}

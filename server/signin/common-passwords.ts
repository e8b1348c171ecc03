/**
 * What is tried first at any door: the 49,233 passwords seen most often in breaches (`@zxcvbn-ts/language-common`, MIT),
 * held in memory, so that nothing about a password is ever asked of the network. Few of them are as long as ours have to
 * be; so what they are commonly stretched to is refused as well.
 */
import { dictionary } from "@zxcvbn-ts/language-common";

const COMMON: ReadonlySet<string> = new Set(dictionary["passwords-common"]);

/** Fewer characters than this around a common one are soon tried through. */
const AROUND_LEAST = 6;
const PART_LEAST = 4;

const DISGUISES: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "l",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "@": "a",
  $: "s",
  "!": "i",
};
const undisguised = (text: string): string => text.replaceAll(/[013457@$!]/gu, (sign) => DISGUISES[sign] ?? sign);

/** One of them, one over and over, two put together, or one with a year or an exclamation mark. */
export function isCommonPassword(password: string): boolean {
  const plain = password.toLowerCase();
  if (isStairs(plain)) return true;
  return [plain, undisguised(plain)].some((text) => isCommon(text) || isCommon(unitOf(text)) || isStretched(text));
}

/** "abcdef" and "987654". */
const isStairs = (text: string): boolean => {
  const steps = Array.from({ length: text.length - 1 }, (_, n) => text.charCodeAt(n + 1) - text.charCodeAt(n));
  return [1, -1].some((step) => steps.every((one) => one === step));
};

const isCommon = (text: string): boolean => COMMON.has(text);

/** "abcabcabc" is "abc". */
const unitOf = (text: string): string => /^(?<unit>.+?)\k<unit>+$/u.exec(text)?.groups?.["unit"] ?? text;

function isStretched(text: string): boolean {
  for (let from = 0; from < AROUND_LEAST; from += 1)
    for (let to = text.length; to - from >= PART_LEAST; to -= 1) {
      if (!isCommon(text.slice(from, to))) continue;
      const around = text.length - (to - from);
      if (around < AROUND_LEAST || (from === 0 && isCommon(text.slice(to)))) return true;
    }
  return false;
}

/** What a source said that a person must know: history cut short, more granted than asked. Codes and values in rows, words here. */
import type { Json } from "@headwater/db/schema/values.ts";
import type { Locale } from "./catalog.ts";
import { wordsOfPlatform } from "./platform-words.ts";
import { storedReasonInWords } from "./reasons.ts";
import type { ReasonView } from "./reasons.ts";

/** The notices of a row's JSON, whatever else is in it: of the account itself, and of what was read of it; each sentence once. */
export function noticesInWords(
  stored: Json | undefined,
  platform: string,
  source: string,
  locale: Locale,
): ReasonView[] {
  if (typeof stored !== "object" || stored === null || Array.isArray(stored)) return [];
  const words = wordsOfPlatform(platform, locale);
  const worded = [stored["notices"], stored["readNotices"]].flat().flatMap((notice) => {
    if (typeof notice !== "object" || notice === null || Array.isArray(notice)) return [];
    return storedReasonInWords(words, "notice", notice, { values: { source } }) ?? [];
  });
  return [...new Map(worded.map((notice) => [notice.message, notice])).values()];
}

/** Of those, the one that says why history begins where it does. */
export const limitsHistory = ({ code }: ReasonView): boolean => /days$/i.test(code);

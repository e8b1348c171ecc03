/** Words that belong to the connectors: purposes of scopes, prerequisites, what a platform powers. Read from their own catalogs. */
import { existsSync } from "node:fs";
import { NO_REGION } from "@headwater/db/region.ts";
import { PLATFORMS, SAMPLE_PLATFORMS } from "@headwater/connectors/platforms.ts";
import { LOCALES, readCatalog } from "./catalog.ts";
import type { Catalog, Locale } from "./catalog.ts";
import { wordsIn } from "./words.ts";
import type { Words } from "./words.ts";

const room = new URL(".", import.meta.resolve("@headwater/connectors/package.json"));

function catalogAt(path: string): Catalog[] {
  const file = new URL(path, room);
  return existsSync(file) ? [readCatalog(file)] : [];
}

const everyPlatform = new Map<Locale, Words>();
const byPlatform = new Map<string, Words>();
for (const locale of LOCALES) {
  const shared = catalogAt(`locales/${locale}.po`);
  const fallback = locale === "en" ? [] : catalogAt("locales/en.po");
  everyPlatform.set(locale, wordsIn(locale, NO_REGION, [...shared, ...fallback]));
  for (const platform of [...PLATFORMS, ...SAMPLE_PLATFORMS]) {
    const own = [...catalogAt(`${platform}/locales/${locale}.po`), ...shared];
    const english = locale === "en" ? [] : [...catalogAt(`${platform}/locales/en.po`), ...fallback];
    byPlatform.set(`${platform} ${locale}`, wordsIn(locale, NO_REGION, [...own, ...english]));
  }
}

/** A platform's own words first, then the connectors' shared ones, then ours. */
export const wordsOfPlatform = (platform: string, locale: Locale): Words =>
  byPlatform.get(`${platform} ${locale}`) ?? everyPlatform.get(locale) ?? wordsIn(locale);

/** What a call of the ledger is for: by its own name, else by the longest beginning that has words. */
export function callInWords(words: Words, call: string): string {
  const dots = [...call.matchAll(/\./gu)].map(({ index }) => call.slice(0, index + 1)).toReversed();
  const known = [call, ...dots].find((name) => words.has(`call.${name}`));
  return words.say(`call.${known ?? "other"}`);
}

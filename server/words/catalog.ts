/** The languages that are spoken here, and which of them a request asks for. */
export { fill, parsePo, readCatalog } from "@headwater/connectors/po.ts";
export type { Catalog, Values } from "@headwater/connectors/po.ts";
import { accepted } from "../http/accepted.ts";

export const LOCALES = ["en", "hi", "as"] as const;
export type Locale = (typeof LOCALES)[number];

export const isLocale = (text: unknown): text is Locale => LOCALES.some((locale) => locale === text);

/** `hi-IN,hi;q=0.9` is Hindi, and `as;q=0.1, en` English; what we do not speak is English. */
export function localeFrom(text: string | null | undefined): Locale {
  const wanted = accepted(text ?? "").map((range) => range.split(/[-_;]/)[0]);
  return wanted.find(isLocale) ?? "en";
}

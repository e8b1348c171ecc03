/** Rows hold codes and values; here they become sentences in the language of whoever reads. */
import { fill, LOCALES, readCatalog } from "./catalog.ts";
import type { Catalog, Locale, Values } from "./catalog.ts";
import { NO_REGION } from "@headwater/db/region.ts";
import { localeOf, numberLocale } from "@headwater/connectors/writing.ts";
import { kept, momentOf, type NearDay, whenOf } from "./instants.ts";

export interface Words {
  readonly locale: Locale;
  /** The sentence of a code; the code itself where nobody wrote one, so that nothing is ever blank. */
  say(code: string, values?: Values): string;
  has(code: string): boolean;
  /** Codes that the catalogues hold below a family: `hold` gives `abuse`, `abuse.meaning`, ... */
  codes(family: string): readonly string[];
  /** An instant within a sentence, in a zone: "today 18:40". */
  when(instant: Date, zone: string, now?: Date): string;
  /** The same with its time, however long ago. */
  moment(instant: Date, zone: string, now?: Date): string;
  day(day: string): string;
  list(items: readonly string[]): string;
  /** Of which one will do. */
  oneOf(items: readonly string[]): string;
  count(value: number): string;
}

const ours = new Map<Locale, Catalog>(
  LOCALES.map((locale) => [locale, readCatalog(new URL(`../locales/${locale}.po`, import.meta.url))]),
);

/** `region`: of the organisation they are for, which says how numbers and times are written. */
export function wordsIn(locale: Locale, region = NO_REGION, others: readonly Catalog[] = []): Words {
  const own = ours.get(locale) ?? new Map<string, string>();
  const english = ours.get("en") ?? new Map<string, string>();
  const find = (code: string) =>
    own.get(code) ??
    others.map((catalog) => catalog.get(code)).find((found) => found !== undefined) ??
    english.get(code);
  const say: Words["say"] = (code, values) => fill(find(code) ?? code, values);
  const nameOf = (day: NearDay) => say(`when.${day}`);
  const telling = (zone: string, now: Date) => ({ locale, region, zone, now, nameOf });
  return {
    locale,
    say,
    has: (code) => find(code) !== undefined,
    codes: (family) => below(family, [own, ...others]),
    when: (instant, zone, now = new Date()) => whenOf(instant, telling(zone, now)),
    moment: (instant, zone, now = new Date()) => momentOf(instant, telling(zone, now)),
    day: (day) =>
      new Intl.DateTimeFormat(localeOf(locale, region), {
        day: "numeric",
        month: "short",
        year: "numeric",
        timeZone: "UTC",
      }).format(new Date(`${day}T00:00:00Z`)),
    list: (items) => new Intl.ListFormat(localeOf(locale, region)).format(items),
    oneOf: (items) => new Intl.ListFormat(localeOf(locale, region), { type: "disjunction" }).format(items),
    count: (value) => kept(numbers, numberLocale(locale, region), numbersIn).format(value),
  };
}

/** A format is slow to make: a list words dozens of counts. */
const numbers = new Map<string, Intl.NumberFormat>();
const numbersIn = (locale: string) => new Intl.NumberFormat(locale);

function below(family: string, catalogs: readonly Catalog[]): string[] {
  const keys = new Set(catalogs.flatMap((catalog) => [...catalog.keys()]));
  return [...keys]
    .filter((key) => key.startsWith(`${family}.`))
    .map((key) => key.slice(family.length + 1))
    .toSorted((a, b) => a.localeCompare(b));
}

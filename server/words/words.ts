/** Rows hold codes and values; here they become sentences in the language of whoever reads. */
import { fill, LOCALES, readCatalog } from "./catalog.ts";
import type { Catalog, Locale, Values } from "./catalog.ts";
import { INTL, momentOf, type NearDay, whenOf } from "./instants.ts";

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

export function wordsIn(locale: Locale, others: readonly Catalog[] = []): Words {
  const own = ours.get(locale) ?? new Map<string, string>();
  const english = ours.get("en") ?? new Map<string, string>();
  const find = (code: string) =>
    own.get(code) ??
    others.map((catalog) => catalog.get(code)).find((found) => found !== undefined) ??
    english.get(code);
  const say: Words["say"] = (code, values) => fill(find(code) ?? code, values);
  const telling = (zone: string, now: Date) => ({ locale, zone, now, nameOf: (day: NearDay) => say(`when.${day}`) });
  return {
    locale,
    say,
    has: (code) => find(code) !== undefined,
    codes: (family) => below(family, [own, ...others]),
    when: (instant, zone, now = new Date()) => whenOf(instant, telling(zone, now)),
    moment: (instant, zone, now = new Date()) => momentOf(instant, telling(zone, now)),
    day: (day) =>
      new Intl.DateTimeFormat(INTL[locale], {
        day: "numeric",
        month: "short",
        year: "numeric",
        timeZone: "UTC",
      }).format(new Date(`${day}T00:00:00Z`)),
    list: (items) => new Intl.ListFormat(INTL[locale]).format(items),
    oneOf: (items) => new Intl.ListFormat(INTL[locale], { type: "disjunction" }).format(items),
    count: (value) => numbers[locale].format(value),
  };
}

/** A format is slow to make: a list words dozens of counts. */
const numbers: Readonly<Record<Locale, Intl.NumberFormat>> = {
  en: new Intl.NumberFormat(INTL.en),
  hi: new Intl.NumberFormat(INTL.hi),
  as: new Intl.NumberFormat(INTL.as),
};

function below(family: string, catalogs: readonly Catalog[]): string[] {
  const keys = new Set(catalogs.flatMap((catalog) => [...catalog.keys()]));
  return [...keys]
    .filter((key) => key.startsWith(`${family}.`))
    .map((key) => key.slice(family.length + 1))
    .toSorted((a, b) => a.localeCompare(b));
}

/** Rows hold codes and values; here they become sentences in the language of whoever reads. */
import { fill, LOCALES, readCatalog } from "./catalog.ts";
import type { Catalog, Locale, Values } from "./catalog.ts";

export interface Words {
  readonly locale: Locale;
  /** The sentence of a code; the code itself where nobody wrote one, so that nothing is ever blank. */
  say(code: string, values?: Values): string;
  has(code: string): boolean;
  /** Codes that the catalogues hold below a family: `hold` gives `abuse`, `abuse.meaning`, ... */
  codes(family: string): readonly string[];
  /** An instant, short, in a zone: "19 Nov, 18:40". */
  when(instant: Date, zone: string): string;
  day(day: string): string;
  list(items: readonly string[]): string;
  count(value: number): string;
}

/** Latin digits, as on every page: one page never mixes two kinds. */
const INTL: Readonly<Record<Locale, string>> = {
  en: "en-IN-u-nu-latn",
  hi: "hi-IN-u-nu-latn",
  as: "as-IN-u-nu-latn",
};

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
  return {
    locale,
    say: (code, values) => fill(find(code) ?? code, values),
    has: (code) => find(code) !== undefined,
    codes: (family) => below(family, [own, ...others]),
    when: (instant, zone) => clockOf(locale, zone).format(instant),
    day: (day) =>
      new Intl.DateTimeFormat(INTL[locale], {
        day: "numeric",
        month: "short",
        year: "numeric",
        timeZone: "UTC",
      }).format(new Date(`${day}T00:00:00Z`)),
    list: (items) => new Intl.ListFormat(INTL[locale]).format(items),
    count: (value) => numbers[locale].format(value),
  };
}

/** A format is slow to make: a list words dozens of instants and counts. */
const numbers: Readonly<Record<Locale, Intl.NumberFormat>> = {
  en: new Intl.NumberFormat(INTL.en),
  hi: new Intl.NumberFormat(INTL.hi),
  as: new Intl.NumberFormat(INTL.as),
};
const clocks = new Map<string, Intl.DateTimeFormat>();
const CLOCKS_MOST = 200;

function clockOf(locale: Locale, zone: string): Intl.DateTimeFormat {
  const key = `${locale} ${zone}`;
  const known = clocks.get(key);
  if (known !== undefined) return known;
  const clock = new Intl.DateTimeFormat(INTL[locale], {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: zone,
  });
  if (clocks.size >= CLOCKS_MOST) clocks.clear();
  clocks.set(key, clock);
  return clock;
}

function below(family: string, catalogs: readonly Catalog[]): string[] {
  const keys = new Set(catalogs.flatMap((catalog) => [...catalog.keys()]));
  return [...keys]
    .filter((key) => key.startsWith(`${family}.`))
    .map((key) => key.slice(family.length + 1))
    .toSorted((a, b) => a.localeCompare(b));
}

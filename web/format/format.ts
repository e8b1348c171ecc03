import { daysBetween } from "./day-of.ts";
import { type Language, type ListJoin, type TimeWords, timeWords } from "./words.ts";

/** The only module that touches Intl: exact decimals in, words out, Latin digits in every language. */
export interface Format {
  readonly language: Language;
  readonly zone: string;
  /** Exact money. `whole` drops the minor unit from 1,000 up, as tiles do; of a `change` more carries its sign, too. */
  money(amount: string, currency: string, options?: { whole?: boolean; named?: boolean; change?: boolean }): string;
  /** Short money for chart axes: ₹6L, $120K. */
  axisMoney(amount: number, currency: string, options?: { named?: boolean }): string;
  count(value: string | number, options?: { change?: boolean }): string;
  axisCount(value: number): string;
  /** A ratio such as "0.1243" as 12.4%, without its sign. */
  change(ratio: string): string;
  percent(whole: number): string;
  /** Two significant digits, for rates. */
  rate(perMinute: number): string;
  time(instant: string | Date): string;
  /** Today 22:41 · Yesterday 18:40 · Wed 18 Nov 16:02 · 18 Nov 2025. */
  when(instant: string | Date): string;
  /** The same within a sentence: connected today 18:00. */
  whenWithin(instant: string | Date): string;
  /** How far something is complete: up to a midnight it is the day before, as a whole. */
  through(instant: string | Date): string;
  throughWithin(instant: string | Date): string;
  /** The exact time with its zone, for titles. */
  exact(instant: string | Date): string;
  /** A calendar day such as 2026-11-19: 19 Nov, with its year if it is not this one. */
  day(day: string, options?: { weekday?: boolean; year?: boolean }): string;
  dayRange(from: string, to: string): string;
  month(day: string): string;
  monthAndYear(day: string): string;
  year(day: string): string;
  weekdays(): readonly string[];
  ago(instant: string | Date): string;
  duration(seconds: number): string;
  /** 8 h 12 min, 2 days 6 h: of what took long, where the half of a unit counts. */
  durationInTwo(seconds: number): string;
  /** 7–9 h, 15–20 min. */
  durationRange(minSeconds: number, maxSeconds: number, options?: { long?: boolean }): string;
  cadence(seconds: number): string;
  bytes(count: string | number): string;
  list(items: readonly string[]): string;
  /** "Shopify, BigCommerce or WooCommerce". */
  oneOf(items: readonly string[]): string;
  compare(a: string, b: string): number;
  today(): string;
  /** The calendar day of an instant in the zone. */
  dayOf(instant: string | Date): string;
  /** When a calendar day begins in the zone. */
  startOf(day: string): Date;
}

export interface FormatOptions {
  language: Language;
  zone: string;
  /** Where the organisation is. */
  region: string;
  now?: (() => Date) | undefined;
}

const nbsp = "\u00a0";
const minus = "\u2212";
/** No clock is further ahead of UTC, and each differs from it by quarters of an hour. */
const MOST_AHEAD_MS = 14 * 3_600_000;
const QUARTER_MS = 900_000;
const MINUTE_MS = 60_000;
/** The day has 24 hours unless the region says otherwise; of India, and of no place, we have it so. */
const wholeDay = /-(?:IN|001)-/;

const localeOf = (language: string, region: string): string => `${language}-${region}-u-nu-latn`;

/** Chromium has no Assamese: it would answer in English without a word, so numbers come from English as the region writes it. */
const intlLocale = (language: Language, region: string): string =>
  localeOf(language === "as" ? "en" : language, region);

/** For sentences with a number in them: whoever has the plurals of a language may lack its numbers. */
export const sentenceLocales = (language: Language, region: string): string[] => [
  localeOf(language, region),
  intlLocale(language, region),
];

export function createFormat({ language, zone, region, now = () => new Date() }: FormatOptions): Format {
  const locale = intlLocale(language, region);
  const words = timeWords[language];
  const numbers = numberFormats(locale);
  const clock = clockFormats(locale, zone, words, now);
  const spans = spanFormats(words, numbers.count);
  return {
    language,
    zone,
    ...numbers,
    change: (ratio) => {
      const size = Math.abs(Number(ratio));
      if (size >= 10) return `${numbers.digits(Math.round(size + 1), 0)}${words.times}`;
      return `${numbers.digits(size * 100, 1)}%`;
    },
    ...clock,
    ...spans,
    list: (items) => listOf("conjunction", locale, words, items),
    oneOf: (items) => listOf("disjunction", locale, words, items),
    ago: (instant) => {
      const seconds = Math.max(0, (now().getTime() - toDate(instant).getTime()) / 1000);
      return seconds < 60 ? words.justNow : words.ago(spans.whole(seconds));
    },
  };
}

function toDate(instant: string | Date): Date {
  return typeof instant === "string" ? new Date(instant) : instant;
}

/** Intl reads decimal strings exactly; the type of TypeScript's library only knows literal ones. */
function exactly(value: string): Intl.StringNumericLiteral {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every amount that reaches us is a decimal by the schema.
  return value as Intl.StringNumericLiteral;
}

const signOf = (isChange: boolean): Intl.NumberFormatOptions => (isChange ? { signDisplay: "exceptZero" } : {});

function numberFormats(locale: string) {
  const cached = new Map<string, Intl.NumberFormat>();
  const formatter = (options: Intl.NumberFormatOptions): Intl.NumberFormat => {
    const key = JSON.stringify(options);
    let found = cached.get(key);
    if (!found) cached.set(key, (found = new Intl.NumberFormat(locale, options)));
    return found;
  };
  const signed = (text: string): string => text.replace("-", minus);
  const digits = (value: number, fraction: number): string =>
    signed(formatter({ minimumFractionDigits: fraction, maximumFractionDigits: fraction }).format(value));
  const count = (value: string | number, { change = false }: { change?: boolean } = {}): string =>
    signed(formatter({ maximumFractionDigits: 0, ...signOf(change) }).format(exactly(String(value))));
  return {
    digits,
    count,
    money(
      amount: string,
      currency: string,
      { whole = false, named = false, change = false }: { whole?: boolean; named?: boolean; change?: boolean } = {},
    ): string {
      const large = amount.replace("-", "").split(".")[0] ?? "";
      const options: Intl.NumberFormatOptions = {
        style: "currency",
        currency,
        currencyDisplay: named ? "code" : "symbol",
        ...signOf(change),
      };
      if (whole && large.replace(/^0+/, "").length >= 4) options.maximumFractionDigits = 0;
      if (whole && /^-?0+(\.0+)?$/.test(amount)) options.maximumFractionDigits = 0;
      return signed(formatter(options).format(exactly(amount)));
    },
    axisMoney: (amount: number, currency: string, { named = false }: { named?: boolean } = {}): string =>
      signed(
        formatter({
          style: "currency",
          currency,
          currencyDisplay: named ? "code" : "symbol",
          notation: "compact",
          maximumSignificantDigits: 3,
        }).format(amount),
      ),
    axisCount: (value: number): string =>
      signed(formatter({ notation: "compact", maximumSignificantDigits: 3 }).format(value)),
    percent: (whole: number): string => `${count(Math.floor(whole))}%`,
    rate: (perMinute: number): string => formatter({ maximumSignificantDigits: 2 }).format(perMinute),
    bytes: (size: string | number): string =>
      Number(size) < 1e5
        ? `${digits(Math.ceil(Number(size) / 1e3), 0)}${nbsp}kB`
        : `${digits(Number(size) / 1e6, Number(size) < 1e7 ? 1 : 0)}${nbsp}MB`,
    compare: new Intl.Collator(locale, { numeric: true, sensitivity: "base" }).compare,
  };
}

/** "USD 186, AED 40 and EUR 7". */
function listOf(type: ListJoin, locale: string, { joins }: TimeWords, items: readonly string[]): string {
  if (joins === null) return new Intl.ListFormat(locale, { style: "long", type }).format(items);
  const last = items.at(-1) ?? "";
  return items.length < 2 ? last : `${items.slice(0, -1).join(", ")} ${joins[type]} ${last}`;
}

interface DayParts {
  year: number;
  month: number;
  day: number;
}

function clockFormats(locale: string, zone: string, words: TimeWords, now: () => Date) {
  // Sweden writes a day as 2026-11-20.
  const parts = new Intl.DateTimeFormat("sv-SE", { timeZone: zone });
  const clock = new Intl.DateTimeFormat(wholeDay.test(locale) ? "en-GB" : locale, {
    timeZone: zone,
    timeStyle: "short",
  });
  const names = nameTables(locale, words);
  const order = monthFirst(locale, words) ? monthBeforeDay : dayBeforeMonth;
  const dayOf = (instant: string | Date): string => parts.format(toDate(instant));
  const today = (): string => dayOf(now());
  const written = (days: string, iso: string, withYear: boolean): string => {
    const { year, month } = splitDay(iso);
    return order.day(days, names.short[month - 1] ?? "", withYear ? year : null);
  };
  const isAway = (iso: string): boolean => splitDay(iso).year !== splitDay(today()).year;
  const days = (from: string, to: string): string =>
    written(`${splitDay(from).day}–${splitDay(to).day}`, to, isAway(to));
  const day = (iso: string, { weekday = false, year }: { weekday?: boolean; year?: boolean } = {}): string => {
    const withYear = year ?? isAway(iso);
    const text = written(String(splitDay(iso).day), iso, withYear);
    return weekday && !withYear ? order.after(names.weekdays[weekdayOf(iso)] ?? "", text) : text;
  };
  const time = (instant: string | Date): string => clock.format(toDate(instant)).replace(/\s/u, nbsp);
  const when = (instant: string | Date): string => {
    const iso = dayOf(instant);
    const gap = daysBetween(iso, today());
    if (gap === 0) return `${words.today}${nbsp}${time(instant)}`;
    if (gap === 1) return `${words.yesterday}${nbsp}${time(instant)}`;
    if (gap === -1) return `${words.tomorrow}${nbsp}${time(instant)}`;
    if (Math.abs(gap) < 7) return order.after(day(iso, { weekday: true }), time(instant));
    return day(iso);
  };
  const through = (instant: string | Date): string => {
    const iso = dayOf(new Date(toDate(instant).getTime() - MINUTE_MS));
    if (iso === dayOf(instant)) return when(instant);
    const gap = daysBetween(iso, today());
    return gap === 1 ? words.yesterday : day(iso, { weekday: gap < 7 });
  };
  const startOf = (iso: string): Date => {
    let at = Date.parse(iso) - MOST_AHEAD_MS;
    while (dayOf(new Date(at)) < iso) at += QUARTER_MS;
    return new Date(at);
  };
  const within = (text: string): string => lowerFirst(text, [words.today, words.yesterday, words.tomorrow]);
  return {
    dayOf,
    startOf,
    today,
    day,
    time,
    when,
    whenWithin: (instant: string | Date): string => within(when(instant)),
    through,
    throughWithin: (instant: string | Date): string => within(through(instant)),
    exact: (instant: string | Date): string => `${day(dayOf(instant), { year: true })}, ${time(instant)} ${zone}`,
    dayRange: (from: string, to: string): string => rangeOfDays(from, to, { day, days }),
    month: (iso: string): string => names.short[splitDay(iso).month - 1] ?? "",
    monthAndYear: (iso: string): string => `${names.long[splitDay(iso).month - 1] ?? ""} ${splitDay(iso).year}`,
    year: (iso: string): string => String(splitDay(iso).year),
    weekdays: (): readonly string[] => names.weekdays,
  };
}

interface Order {
  day: (days: string, month: string, year: number | null) => string;
  /** What comes after a day or a weekday. */
  after: (first: string, next: string) => string;
}

/** 18 Nov 2025, Wed 18 Nov 16:02. */
const dayBeforeMonth: Order = {
  day: (days, month, year) => [days, month, ...(year === null ? [] : [year])].join(nbsp),
  after: (first, next) => `${first}${nbsp}${next}`,
};

/** Nov 18, 2025; Wed, Nov 18, 4:02 PM. */
const monthBeforeDay: Order = {
  day: (days, month, year) => `${month}${nbsp}${days}${year === null ? "" : `,${nbsp}${year}`}`,
  after: (first, next) => `${first},${nbsp}${next}`,
};

/** As the locale has it; where the months are our own, English speaks for the language in nothing else. */
function monthFirst(locale: string, { months }: TimeWords): boolean {
  const parts = new Intl.DateTimeFormat(locale, { month: "short", day: "numeric" }).formatToParts(0);
  return months === null && parts.find(({ type }) => type !== "literal")?.type === "month";
}

function lowerFirst(text: string, words: readonly string[]): string {
  return words.some((word) => text.startsWith(word)) ? text.charAt(0).toLocaleLowerCase("en") + text.slice(1) : text;
}

function nameTables(locale: string, words: TimeWords) {
  const table = (count: number, options: Intl.DateTimeFormatOptions, at: (n: number) => number): string[] => {
    const formatter = new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" });
    return Array.from({ length: count }, (_, n) => formatter.format(at(n)));
  };
  return {
    short:
      words.months ??
      table(12, { month: "short" }, (n) => Date.UTC(2026, n, 15)).map((name) => name.replace("Sept", "Sep")),
    long: words.longMonths ?? table(12, { month: "long" }, (n) => Date.UTC(2026, n, 15)),
    // 1 November 2026 is a Sunday.
    weekdays: words.weekdays ?? table(7, { weekday: "short" }, (n) => Date.UTC(2026, 10, 1 + n)),
  };
}

function splitDay(iso: string): DayParts {
  return { year: Number(iso.slice(0, 4)), month: Number(iso.slice(5, 7)), day: Number(iso.slice(8, 10)) };
}

function weekdayOf(iso: string): number {
  return new Date(iso).getUTCDay();
}

interface DaysInWords {
  day: (iso: string, options?: { year?: boolean }) => string;
  /** Of one month. */
  days: (from: string, to: string) => string;
}

function rangeOfDays(from: string, to: string, { day, days }: DaysInWords): string {
  if (from === to) return day(from);
  const [a, b] = [splitDay(from), splitDay(to)];
  const isApart = a.year !== b.year;
  if (a.month === b.month && !isApart) return days(from, to);
  return `${day(from, { year: isApart })} – ${day(to, isApart ? { year: true } : {})}`;
}

type Unit = "second" | "minute" | "hour" | "day";

function unitOf(seconds: number): { unit: Unit; size: number } {
  if (seconds < 90) return { unit: "second", size: 1 };
  if (seconds < 90 * 60) return { unit: "minute", size: 60 };
  if (seconds < 36 * 3600) return { unit: "hour", size: 3600 };
  return { unit: "day", size: 86_400 };
}

const larger = { second: "minute", minute: "hour" } as const;
const smaller = { hour: { unit: "minute", size: 60 }, day: { unit: "hour", size: 3600 } } as const;

function spanFormats(words: TimeWords, count: (value: number) => string) {
  const name = (unit: Unit, amount: number, long: boolean): string => {
    if (unit === "day") return words.day(amount === 1);
    return long ? words.longUnits[unit](amount === 1) : words.units[unit];
  };
  const duration = (seconds: number, long = false): string => {
    const { unit, size } = unitOf(seconds);
    if (seconds < 1) return `<${nbsp}${count(1)}${nbsp}${name(unit, 1, long)}`;
    const amount = Math.round(seconds / size);
    // Sixty of one are one of the next: 1 min, 1 h.
    if (amount === 60 && (unit === "second" || unit === "minute"))
      return `${count(1)}${nbsp}${name(larger[unit], 1, long)}`;
    return `${count(amount)}${nbsp}${name(unit, amount, long)}`;
  };
  return {
    duration,
    durationInTwo: (seconds: number): string => {
      const { unit, size } = unitOf(seconds);
      if (unit === "second" || unit === "minute") return duration(seconds);
      const part = smaller[unit];
      const parts = Math.round(seconds / part.size);
      const rest = parts % (size / part.size);
      const whole = Math.floor((parts * part.size) / size);
      const first = `${count(whole)}${nbsp}${name(unit, whole, false)}`;
      return rest === 0 ? first : `${first}${nbsp}${count(rest)}${nbsp}${name(part.unit, rest, false)}`;
    },
    /** Whole minutes below an hour and a half: what is past is never told in seconds. */
    whole: (seconds: number): string =>
      seconds < 90 * 60 ? `${count(Math.floor(seconds / 60))}${nbsp}${words.units.minute}` : duration(seconds),
    durationRange: (minSeconds: number, maxSeconds: number, { long = false }: { long?: boolean } = {}): string => {
      const low = unitOf(minSeconds);
      const high = unitOf(maxSeconds);
      const isOneOfHigher = Math.round(minSeconds / low.size) * low.size === high.size;
      const to = Math.max(1, Math.ceil(maxSeconds / high.size));
      if (minSeconds < 1) return words.upTo(`${count(to)}${nbsp}${name(high.unit, to, long)}`);
      if (low.unit !== high.unit && !isOneOfHigher)
        return `${duration(minSeconds, long)}${nbsp}–${nbsp}${duration(maxSeconds, long)}`;
      const from = isOneOfHigher ? 1 : Math.floor(minSeconds / high.size);
      const amount = from === to ? count(to) : `${count(from)}–${count(to)}`;
      return `${amount}${nbsp}${name(high.unit, to, long)}`;
    },
    cadence: (seconds: number): string => {
      if (seconds === 3600) return words.hourly;
      if (seconds === 86_400) return words.daily;
      return words.every(duration(seconds));
    },
  };
}

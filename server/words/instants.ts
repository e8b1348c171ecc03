/** How an instant is told within a sentence; the web app tells it in the same way, and a test holds the two together. */
import type { Locale } from "./catalog.ts";

/** Latin digits, as on every page: one page never mixes two kinds. */
export const INTL: Readonly<Record<Locale, string>> = {
  en: "en-IN-u-nu-latn",
  hi: "hi-IN-u-nu-latn",
  as: "as-IN-u-nu-latn",
};

export type NearDay = "today" | "yesterday" | "tomorrow";
const NEAR: ReadonlyMap<number, NearDay> = new Map([
  [0, "today"],
  [1, "yesterday"],
  [-1, "tomorrow"],
]);

interface Telling {
  readonly locale: Locale;
  readonly zone: string;
  readonly now: Date;
  readonly nameOf: (day: NearDay) => string;
}

/** "today 22:41", "yesterday 18:40", "Wed 18 Nov 16:02", else the day, with its year if it is not this one. */
export function whenOf(instant: Date, telling: Telling): string {
  const { day, time, daysAgo } = placeOf(instant, telling);
  return Math.abs(daysAgo) < 7 ? `${day}${NBSP}${time}` : day;
}

/** The same with the time of every day: of a span within one day, however long ago. */
export function momentOf(instant: Date, telling: Telling): string {
  const { day, time } = placeOf(instant, telling);
  return `${day}${NBSP}${time}`;
}

const NBSP = "\u00A0";
const DAY_MS = 86_400_000;

function placeOf(instant: Date, { locale, zone, now, nameOf }: Telling) {
  const clock = clockOf(zone);
  const [iso = "", time = ""] = clock.format(instant).split(" ");
  const [today = ""] = clock.format(now).split(" ");
  const daysAgo = Math.round((Date.parse(today) - Date.parse(iso)) / DAY_MS);
  const near = NEAR.get(daysAgo);
  return { time, daysAgo, day: near === undefined ? dayOf(iso, today, { locale, daysAgo }) : nameOf(near) };
}

function dayOf(iso: string, today: string, { locale, daysAgo }: { locale: Locale; daysAgo: number }): string {
  const { months, weekdays } = names[locale];
  const midnight = new Date(iso);
  const text = `${midnight.getUTCDate()}${NBSP}${months.format(midnight).replace("Sept", "Sep")}`;
  if (iso.slice(0, 4) !== today.slice(0, 4)) return `${text}${NBSP}${iso.slice(0, 4)}`;
  return Math.abs(daysAgo) < 7 ? `${weekdays.format(midnight)}${NBSP}${text}` : text;
}

/** A format is slow to make: a list words dozens of instants. */
const namesIn = (locale: Locale) => ({
  months: new Intl.DateTimeFormat(INTL[locale], { month: "short", timeZone: "UTC" }),
  weekdays: new Intl.DateTimeFormat(INTL[locale], { weekday: "short", timeZone: "UTC" }),
});
const names = { en: namesIn("en"), hi: namesIn("hi"), as: namesIn("as") };
const clocks = new Map<string, Intl.DateTimeFormat>();
const CLOCKS_MOST = 200;

/** Sweden writes "2026-11-20 22:41". */
function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone);
  if (known !== undefined) return known;
  const clock = new Intl.DateTimeFormat("sv-SE-u-nu-latn", {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: zone,
  });
  if (clocks.size >= CLOCKS_MOST) clocks.clear();
  clocks.set(zone, clock);
  return clock;
}

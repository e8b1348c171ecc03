/** How an instant is told within a sentence; the web app tells it in the same way, and a test holds the two together. */
import { clockFormat, localeOf } from "@headwater/connectors/writing.ts";
import type { Locale } from "./catalog.ts";

export type NearDay = "today" | "yesterday" | "tomorrow";
const NEAR: ReadonlyMap<number, NearDay> = new Map([
  [0, "today"],
  [1, "yesterday"],
  [-1, "tomorrow"],
]);

interface Telling {
  readonly locale: Locale;
  readonly region: string;
  readonly zone: string;
  readonly now: Date;
  readonly nameOf: (day: NearDay) => string;
}

/** "today 22:41", "yesterday 18:40", "Wed 18 Nov 16:02" or "Wed, Nov 18, 4:02 PM", else the day, with its year if it is not this one. */
export function whenOf(instant: Date, telling: Telling): string {
  const { day, joint, time, daysAgo } = placeOf(instant, telling);
  return Math.abs(daysAgo) < 7 ? `${day}${joint}${time}` : day;
}

/** The same with the time of every day: of a span within one day, however long ago. */
export function momentOf(instant: Date, telling: Telling): string {
  const { day, joint, time } = placeOf(instant, telling);
  return `${day}${joint}${time}`;
}

const NBSP = "\u00A0";
const DAY_MS = 86_400_000;

function placeOf(instant: Date, { locale, region, zone, now, nameOf }: Telling) {
  const { dayIn, time } = kept(clocks, `${locale} ${region} ${zone}`, () => clockOf(locale, region, zone));
  const iso = dayIn.format(instant);
  const today = dayIn.format(now);
  const daysAgo = Math.round((Date.parse(today) - Date.parse(iso)) / DAY_MS);
  const near = NEAR.get(daysAgo);
  if (near !== undefined) return { time: time(instant), daysAgo, day: nameOf(near), joint: NBSP };
  const written = kept(names, localeOf(locale, region), namesIn);
  return { time: time(instant), daysAgo, day: dayOf(iso, today, { ...written, daysAgo }), joint: written.joint };
}

interface Far extends ReturnType<typeof namesIn> {
  readonly daysAgo: number;
}

function dayOf(iso: string, today: string, { months, weekdays, joint, isMonthFirst, daysAgo }: Far): string {
  const midnight = new Date(iso);
  const month = months.format(midnight).replace("Sept", "Sep");
  const parts = [String(midnight.getUTCDate()), month];
  const text = (isMonthFirst ? parts.toReversed() : parts).join(NBSP);
  if (iso.slice(0, 4) !== today.slice(0, 4)) return `${text}${joint}${iso.slice(0, 4)}`;
  return Math.abs(daysAgo) < 7 ? `${weekdays.format(midnight)}${joint}${text}` : text;
}

/** A format is slow to make: a list words dozens of instants. */
const names = new Map<string, ReturnType<typeof namesIn>>();
const clocks = new Map<string, ReturnType<typeof clockOf>>();
const KEPT_MOST = 200;

export function kept<Format>(formats: Map<string, Format>, key: string, make: (key: string) => Format): Format {
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = make(key);
  if (formats.size >= KEPT_MOST) formats.clear();
  formats.set(key, made);
  return made;
}

function namesIn(locale: string) {
  const parts = new Intl.DateTimeFormat(locale, { month: "short", day: "numeric" }).formatToParts(0);
  const isMonthFirst = parts.find(({ type }) => type !== "literal")?.type === "month";
  return {
    months: new Intl.DateTimeFormat(locale, { month: "short", timeZone: "UTC" }),
    weekdays: new Intl.DateTimeFormat(locale, { weekday: "short", timeZone: "UTC" }),
    isMonthFirst,
    /** "Wed, Nov 18, 4:02 PM", "Wed 18 Nov 16:02". */
    joint: isMonthFirst ? `,${NBSP}` : NBSP,
  };
}

/** Sweden writes a day as "2026-11-20". */
const clockOf = (locale: Locale, region: string, timeZone: string) => ({
  dayIn: new Intl.DateTimeFormat("sv-SE-u-nu-latn", {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    timeZone,
  }),
  time: clockFormat(locale, region, timeZone),
});

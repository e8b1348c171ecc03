/** Days in a zone. An instant and a day never mix: the zone is always named. */
import { Temporal } from "temporal-polyfill";

/** A calendar day, `2026-11-21`. */
export type Day = string;

/** No source has anything to tell of before; each day that is asked for is read, and a year mistyped would be thousands. */
export const EARLIEST_DAY: Day = "2000-01-01";

const DAY_MS = 86_400_000;

/** Windows of histories end at the same midnights over and over, and a calendar is slow to ask. */
const known = new Map<string, Day>();
const KNOWN_MOST = 20_000;

export function dayIn(instant: Date, zone: string): Day {
  const at = instant.getTime();
  const key = `${at} ${zone}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const day = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate().toString();
  if (known.size >= KNOWN_MOST) known.clear();
  known.set(key, day);
  return day;
}

/** So many hours after a day is over in its zone. */
export const settlesAt = (day: Day, zone: string, hours: number): Date =>
  new Date(Temporal.PlainDate.from(day).add({ days: 1 }).toZonedDateTime(zone).add({ hours }).epochMilliseconds);

/** In UTC, as ECMAScript reads a date alone. */
const midnight = (day: Day): number => Date.parse(day);
const dayAt = (utcMidnight: number): Day => new Date(utcMidnight).toISOString().slice(0, 10);

export const addDays = (day: Day, days: number): Day => dayAt(midnight(day) + days * DAY_MS);

/** So many days in a row, this one first. */
export function daysFrom(day: Day, count: number): Day[] {
  const first = midnight(day);
  return Array.from({ length: count }, (_, index) => dayAt(first + index * DAY_MS));
}

/** Days from one to the other; the second is not counted. */
export const daysBetween = (from: Day, to: Day): number => Math.round((midnight(to) - midnight(from)) / DAY_MS);

export const isDay = (text: string): boolean => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const parsed = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().slice(0, 10) === text;
};

export const isZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false; // RangeError is how Intl says that it does not know a zone
  }
};

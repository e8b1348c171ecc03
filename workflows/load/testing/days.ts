/** Days for tests, cut in the zone that the code under test cuts them in. */
import { dayAfter, dayCutter } from "../days.ts";

/** The day so many days before today, by a zone's calendar. */
export const dayAgo = (zone: string, days: number, now = new Date()): string =>
  dayAfter(dayCutter(zone)(now.getTime()), -days);

/** A zone in which it is about noon: who reads the clock twice there reads the same day. */
export function zoneAtNoon(now = new Date()): string {
  const ahead = 12 - now.getUTCHours();
  // In these names west of Greenwich is plus.
  return `Etc/GMT${ahead > 0 ? "-" : "+"}${Math.abs(ahead)}`;
}

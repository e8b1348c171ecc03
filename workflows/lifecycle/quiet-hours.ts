/** Where the quiet hours of a clock lie in time. Pure; nothing of the workflow bundle imports it, for a bundle knows no zones. */
import { Temporal } from "temporal-polyfill";
import type { Millis } from "./facts.ts";
import type { Quiet } from "./quiet.ts";

/** Minutes of the day by the clock of a zone. The end may lie on the next day. */
export interface QuietHours {
  readonly from: number;
  readonly to: number;
  readonly zone: string;
}

export const LONGEST_MINUTES = 20 * 60;
const DAY_MINUTES = 24 * 60;

export const lengthOf = ({ from, to }: Pick<QuietHours, "from" | "to">): number =>
  (to - from + DAY_MINUTES) % DAY_MINUTES;

/** A time that the clock skips stands for the one it jumps to; of one that comes twice the first counts. */
const at = (day: Temporal.PlainDate, minutes: number, zone: string): Millis =>
  day.toZonedDateTime({
    timeZone: zone,
    plainTime: Temporal.PlainTime.from({ hour: Math.floor(minutes / 60), minute: minutes % 60 }),
  }).epochMilliseconds;

/** Sources of one organisation share them, and are asked about together: a zone is dear to ask. */
const reckoned = new Map<string, readonly Quiet[]>();
const MOST_RECKONED = 200;

/** Those that touch the days from `first` to `last`, in order. */
export function quietBetween(hours: QuietHours, first: Millis, last: Millis): Quiet[] {
  const dayOf = (instant: Millis): Temporal.PlainDate =>
    Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(hours.zone).toPlainDate();
  const [from, until] = [dayOf(first), dayOf(last)];
  const key = [hours.from, hours.to, hours.zone, from, until].join(" ");
  const found = reckoned.get(key) ?? ofDays(hours, from, until);
  if (reckoned.size >= MOST_RECKONED) reckoned.clear();
  reckoned.set(key, found);
  return found.filter(({ to }) => to > first);
}

function ofDays(hours: QuietHours, first: Temporal.PlainDate, until: Temporal.PlainDate): Quiet[] {
  const found: Quiet[] = [];
  for (let day = first.subtract({ days: 1 }); Temporal.PlainDate.compare(day, until) <= 0;) {
    const next = day.add({ days: 1 });
    const from = at(day, hours.from, hours.zone);
    const to = at(hours.to > hours.from ? day : next, hours.to, hours.zone);
    if (from < to) found.push({ from, to });
    day = next;
  }
  return found;
}

const DAY_MS = 86_400_000;

/** As far back as anything that is not late may have ended, and further on than any workflow goes without reading its rows. */
export const quietAround = (hours: QuietHours, now: Millis): Quiet[] =>
  quietBetween(hours, now - 2 * DAY_MS, now + 3 * DAY_MS);

/** As the columns of a datasource hold them. */
export const hoursOf = (from: number | null, to: number | null, zone: string): QuietHours | null =>
  from === null || to === null ? null : { from, to, zone };

// Ranges in the ad account's own days. Meta's are inclusive at both ends.
import { Temporal } from "temporal-polyfill";
import type { SliceSpec } from "../../contract.ts";
import { addDays, dayIn } from "../../days.ts";
import type { DayText } from "../../records.ts";

export const daysIn = (first: DayText, last: DayText): number =>
  Temporal.PlainDate.from(first).until(Temporal.PlainDate.from(last)).days + 1;

/** Meta keeps 37 months; a day is left for clocks that differ. */
const MONTHS = 37;

/** First and last day of a slice; null where all of it lies before what Meta keeps, or in the future. */
export function daysOf(slice: SliceSpec, zone: string, now: Date): { first: DayText; last: DayText } | null {
  const today = dayIn(zone, now);
  const oldest = Temporal.PlainDate.from(today).subtract({ months: MONTHS }).add({ days: 1 }).toString();
  const from = slice.from === null ? oldest : dayIn(zone, slice.from);
  const to = dayIn(zone, new Date(slice.to.getTime() - 1));
  const first = from < oldest ? oldest : from;
  // A day more than our clock knows: where it runs behind, today must not be left out and called read.
  const tomorrow = addDays(today, 1);
  const last = to > tomorrow ? tomorrow : to;
  return first > last ? null : { first, last };
}

/** The range of a page: the brand's own days, and the span that they are compared with. Pure. */
import { addDays, dayIn, daysBetween, daysFrom } from "./days.ts";
import type { Day } from "./days.ts";

export type Preset = "YESTERDAY" | "TODAY" | "LAST_7_DAYS" | "LAST_28_DAYS" | "MONTH_TO_DATE" | "CUSTOM";

/** Both ends counted. */
export interface Span {
  readonly from: Day;
  readonly to: Day;
}

export interface AskedRange {
  readonly preset: Preset;
  readonly from?: Day | null | undefined;
  readonly to?: Day | null | undefined;
}

export const LONGEST_DAYS = 731;

/** Null for a custom range that lacks a day, runs backwards or is too long. */
export function spanOf(asked: AskedRange, zone: string, now: Date): Span | null {
  const today = dayIn(now, zone);
  const yesterday = addDays(today, -1);
  switch (asked.preset) {
    case "TODAY":
      return { from: today, to: today };
    case "YESTERDAY":
      return { from: yesterday, to: yesterday };
    case "LAST_7_DAYS":
      return { from: addDays(yesterday, -6), to: yesterday };
    case "LAST_28_DAYS":
      return { from: addDays(yesterday, -27), to: yesterday };
    case "MONTH_TO_DATE":
      return { from: `${today.slice(0, 7)}-01`, to: today };
    case "CUSTOM":
      if (asked.from == null || asked.to == null || asked.from > asked.to) return null;
      return daysBetween(asked.from, asked.to) < LONGEST_DAYS ? { from: asked.from, to: asked.to } : null;
    default:
      return asked.preset satisfies never;
  }
}

/** The month to date stands beside the same days of the month before; everything else beside as many days before it. */
export function comparedSpan(asked: AskedRange, span: Span): Span {
  if (asked.preset === "MONTH_TO_DATE") {
    const from = firstOfMonthBefore(span.from);
    const to = addDays(from, daysBetween(span.from, span.to));
    return { from, to: to < span.from ? to : addDays(span.from, -1) };
  }
  const days = lengthOf(span);
  return { from: addDays(span.from, -days), to: addDays(span.from, -1) };
}

const firstOfMonthBefore = (day: Day): Day => {
  const [year = 0, month = 1] = day.split("-").map(Number);
  return new Date(Date.UTC(year, month - 2, 1)).toISOString().slice(0, 10);
};

export const lengthOf = ({ from, to }: Span): number => daysBetween(from, to) + 1;

/** Every tile and source of one overview asks for the same few spans. */
const known = new Map<string, readonly Day[]>();
const KNOWN_MOST = 20;

export function daysOf(span: Span): readonly Day[] {
  const key = `${span.from} ${span.to}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const days = daysFrom(span.from, lengthOf(span));
  if (known.size >= KNOWN_MOST) known.clear();
  known.set(key, days);
  return days;
}

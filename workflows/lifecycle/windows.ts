/** Which windows a first history is read in, newest first, so that yesterday has numbers within the first minute. Days, half-open, in the account's own zone. */

/** A calendar day, `2026-11-21`. */
export type Day = string;
export interface Window {
  readonly from: Day;
  readonly to: Day;
}

export interface WindowPlan {
  /** The first day that is not read: tomorrow in the account's zone. */
  readonly until: Day;
  readonly months: number;
  /** The platform's own limit, where it is nearer. */
  readonly notBefore?: Day;
  /** Cuts two days off the front, where seven cannot be read in a minute. */
  readonly quickStart?: boolean;
}

const FIRST_STEPS = [7, 23, 60];
const QUICK_STEPS = [2, 5, 23, 60];
const LATER_STEP = 90;
export const DEFAULT_MONTHS = 24;

export function backfillWindows(plan: WindowPlan): Window[] {
  const earliest = monthsBefore(plan.until, plan.months);
  const from = plan.notBefore !== undefined && plan.notBefore > earliest ? plan.notBefore : earliest;
  const steps = plan.quickStart === true ? QUICK_STEPS : FIRST_STEPS;
  const windows: Window[] = [];
  for (let to = plan.until; to > from;) {
    const start = addDays(to, -(steps[windows.length] ?? LATER_STEP));
    const next = start < from ? from : start;
    windows.push({ from: next, to });
    to = next;
  }
  return windows;
}

/** A range that a person asked for, cut in pieces that one call can carry, newest first. */
export const rangeWindows = (from: Day, until: Day, longestDays = LATER_STEP): Window[] =>
  cut({ from, to: until }, longestDays);

/** What the planner has to know of a stream. */
export interface StreamRule {
  readonly name: string;
  /** Streams that come with it: read again by reading it. */
  readonly carries: readonly string[];
  readonly needs: readonly string[];
  /** Read whole each time: one window, no history. */
  readonly isSnapshot: boolean;
  /** The longest range that the source answers for at once; null for any. */
  readonly longestDays: number | null;
}
export interface PlannedSlice extends Window {
  readonly stream: string;
  readonly position: number;
}

/**
 * Every stream's first window before any second one, so that tiles fill together: `position` is the order of the work. What
 * is read whole each time has no newest days: a list of sixty thousand customers comes after those, before any older day.
 */
export function planSlices(streams: readonly StreamRule[], windows: readonly Window[]): PlannedSlice[] {
  const inOrder = streams.toSorted((left, right) => Number(left.isSnapshot) - Number(right.isSnapshot));
  const perStream = inOrder.map((stream) => ({ stream: stream.name, windows: windowsOf(stream, windows) }));
  const rows = Math.max(0, ...perStream.map((one) => one.windows.length));
  const planned: PlannedSlice[] = [];
  for (let row = 0; row < rows; row += 1)
    for (const { stream, windows: own } of perStream) {
      const window = own[row];
      if (window !== undefined) planned.push({ stream, ...window, position: planned.length });
    }
  return planned;
}

function windowsOf({ isSnapshot, longestDays }: StreamRule, windows: readonly Window[]): readonly Window[] {
  if (isSnapshot) return windows.slice(0, 1);
  return longestDays === null ? windows : windows.flatMap((window) => cut(window, longestDays));
}

function cut({ from, to: until }: Window, longestDays: number): Window[] {
  const pieces: Window[] = [];
  for (let to = until; to > from;) {
    const start = addDays(to, -longestDays);
    const next = start < from ? from : start;
    pieces.push({ from: next, to });
    to = next;
  }
  return pieces;
}

/** About what a source of medium speed gives in a minute. */
const RECORDS_A_MINUTE = 5_000;

/** Where a week of the busiest stream takes more than a minute, two days come first. */
export const needsQuickStart = (recordsPerDay: Readonly<Record<string, number>>): boolean =>
  Math.max(0, ...Object.values(recordsPerDay)) * (FIRST_STEPS[0] ?? 0) > RECORDS_A_MINUTE;

const DAY_MS = 86_400_000;
const parse = (day: Day): Date => new Date(`${day}T00:00:00Z`);
const format = (date: Date): Day => date.toISOString().slice(0, 10);

export const addDays = (day: Day, days: number): Day => format(new Date(parse(day).getTime() + days * DAY_MS));

/** The same day of the month, or that month's last. */
export function monthsBefore(day: Day, months: number): Day {
  const date = parse(day);
  const first = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - months, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  return format(new Date(first.getTime() + (Math.min(date.getUTCDate(), last) - 1) * DAY_MS));
}

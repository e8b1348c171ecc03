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
export function rangeWindows(from: Day, until: Day): Window[] {
  const windows: Window[] = [];
  for (let to = until; to > from;) {
    const start = addDays(to, -LATER_STEP);
    const next = start < from ? from : start;
    windows.push({ from: next, to });
    to = next;
  }
  return windows;
}

/** Every stream's first window before any second one, so that tiles fill together. */
export function interleave<S>(streams: readonly S[], windows: readonly Window[]): { stream: S; window: Window }[] {
  return windows.flatMap((window) => streams.map((stream) => ({ stream, window })));
}

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

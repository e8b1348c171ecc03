/** A quarter ahead, in whole weeks. */
export const shownDays = 91;

/** Days of warning before a grant ends: in the app and by mail. */
export const warnedAt = [14, 7, 3, 1] as const;

export type Urgency = "ended" | "now" | "soon" | "later";

/** How loud it is said: from the last warning on it is a matter of now. */
export function urgencyOf(daysLeft: number): Urgency {
  if (daysLeft < 0) return "ended";
  if (daysLeft <= 3) return "now";
  return daysLeft <= warnedAt[0] ? "soon" : "later";
}

/** The days from today on, in weeks of seven. */
export function weeksFrom(today: string, days: number): string[][] {
  const first = Date.parse(`${today}T00:00:00Z`);
  const all = Array.from({ length: days }, (_, n) => new Date(first + n * 86_400_000).toISOString().slice(0, 10));
  return Array.from({ length: Math.ceil(days / 7) }, (_, week) => all.slice(week * 7, week * 7 + 7));
}

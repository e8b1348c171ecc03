import type { LiveBackfill } from "../../live/live.documents.ts";

const dayMs = 86_400_000;

/** Days that an earlier start adds, and how long they take at the pace of those that are in; null while that is unknown. */
export function costOf(
  { state, historyFrom, daysTotal }: LiveBackfill,
  workedSeconds: number | null,
  from: string,
): { days: number; seconds: number | null } {
  const days = historyFrom === null ? 0 : Math.max(0, (Date.parse(historyFrom) - Date.parse(from)) / dayMs);
  const isKnown = workedSeconds !== null && state === "DONE" && daysTotal > 0;
  return { days, seconds: isKnown ? Math.round((workedSeconds / daysTotal) * days) : null };
}

export const dayBefore = (day: string): string => new Date(Date.parse(day) - dayMs).toISOString().slice(0, 10);

import type { LiveBackfill } from "../../live/live.documents.ts";

const dayMs = 86_400_000;

/** Days that an earlier start adds, and how long they take at the pace of the first history; null while that is unknown. */
export function costOf(
  { historyFrom, startedAt, finishedAt, daysTotal }: LiveBackfill,
  from: string,
): { days: number; seconds: number | null } {
  const days = historyFrom === null ? 0 : Math.max(0, (Date.parse(historyFrom) - Date.parse(from)) / dayMs);
  const took = startedAt && finishedAt ? (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000 : null;
  return { days, seconds: took === null || daysTotal === 0 ? null : Math.round((took / daysTotal) * days) };
}

export const dayBefore = (day: string): string => new Date(Date.parse(day) - dayMs).toISOString().slice(0, 10);

import type { LiveDatasource } from "../../live/live.documents.ts";

type Stream = Pick<LiveDatasource["streams"][number], "state" | "percent" | "rows" | "rowsPerMinute" | "startedAt">;

const MINUTE = 60_000;
const leastMinutes = 5;
const trickle = 0.05;

/** Of a history that is read: less than a twentieth of what a minute brought so far. The source is what it waits for then. */
export function isTrickle({ state, percent, rows, rowsPerMinute, startedAt }: Stream, now: number): boolean {
  if (state !== "RUNNING" || percent >= 100 || rowsPerMinute === null || startedAt === null) return false;
  const minutes = (now - Date.parse(startedAt)) / MINUTE;
  return minutes >= leastMinutes && rowsPerMinute < (Number(rows) / minutes) * trickle;
}

/** As long as one attempt may take: `startToCloseTimeout` of work in `workflows/temporal/calls.ts`. */
const attemptMinutes = 15;

/** By then at the latest: whatever moved it last had begun before. */
export const restartsBy = (movedAt: string): Date => new Date(Date.parse(movedAt) + attemptMinutes * MINUTE);

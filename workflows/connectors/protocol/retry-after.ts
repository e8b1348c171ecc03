// Retry-After as sources send it: seconds, a date, nothing, or nonsense. Absurd values are cut, and the cut is said.
const LONGEST_MS = 3_600_000;

export type RetryAfter = { readonly ms: number; readonly isCut: boolean };

/** Null where it says nothing of use: absent, unreadable, now or in the past. */
export function readRetryAfter(text: string | undefined, now: Date): RetryAfter | null {
  if (text === undefined || text.trim() === "") return null;
  const seconds = Number(text);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(text) - now.getTime();
  if (Number.isNaN(ms) || ms <= 0) return null;
  return { ms: Math.min(ms, LONGEST_MS), isCut: ms > LONGEST_MS };
}

export function cutWords(asked: string | undefined, said: string): string {
  return `asked us to wait ${(asked ?? "").slice(0, 40)}, we wait an hour; ${said}`.slice(0, 200).toWellFormed();
}

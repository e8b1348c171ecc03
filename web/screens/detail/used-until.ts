const hourMs = 3_600_000;

/** The ledger counts by the hour: to its end, to now while it lasts, or to when the access ended. */
export const usedUntil = (hour: string, now: number, endedAt?: string | null): Date =>
  new Date(Math.max(Date.parse(hour), Math.min(Date.parse(hour) + hourMs, now, endedAt ? Date.parse(endedAt) : now)));

const hourMs = 3_600_000;

/** The ledger counts by the hour: to its end, or to now while it lasts. */
export const usedUntil = (hour: string, now: number): Date =>
  new Date(Math.max(Date.parse(hour), Math.min(Date.parse(hour) + hourMs, now)));

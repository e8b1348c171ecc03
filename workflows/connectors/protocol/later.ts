// Instants reckoned from a count that a source tells: however absurd, what comes of it can be written down.
const LONGEST_MS = 100 * 365 * 86_400_000;

/** What is no number, or lies in the past, is now. */
export const laterBy = (now: Date, ms: number): Date =>
  new Date(now.getTime() + (ms > 0 ? Math.min(LONGEST_MS, ms) : 0));

/** When the next access review is due, and from when on people are told. Decided here alone. */

/** After the first connection, and after each review that was signed. */
const REVIEW_EVERY_DAYS = 90;
const TOLD_DAYS_BEFORE = 14;
const DAY_MS = 86_400_000;

export interface ReviewFacts {
  /** A sample brand: nobody's data is behind it, and it goes by itself. */
  readonly isSample: boolean;
  /** When the first source was connected; null while there is none to review. */
  readonly connectedAt: Date | null;
  /** The newest signing. */
  readonly signedAt: Date | null;
}

export function reviewDueAt({ isSample, connectedAt, signedAt }: ReviewFacts): Date | null {
  const from = signedAt ?? connectedAt;
  return isSample || from === null ? null : new Date(from.getTime() + REVIEW_EVERY_DAYS * DAY_MS);
}

export const isReviewTold = (dueAt: Date | null, now: Date): dueAt is Date =>
  dueAt !== null && dueAt.getTime() - now.getTime() <= TOLD_DAYS_BEFORE * DAY_MS;

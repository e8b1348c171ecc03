import type { AccessReview, ReviewRow } from "./access-review.documents.ts";

export type Choice = ReviewRow["choices"][number];
type Asked = Pick<ReviewRow, "choices" | "decision">;

/** What was decided of it as it is now. */
export const decidedAs = ({ decision }: Pick<Asked, "decision">): Choice | null =>
  decision === null || decision.isOutdated ? null : decision.choice;

/** By physical key, for whoever goes through row after row. */
const keys: Readonly<Record<string, Choice>> = { KeyK: "KEEP", KeyR: "REDUCE", KeyO: "ROTATE", KeyX: "REVOKE" };

/** Null where the key means nothing, or nothing that can be done about this one. */
export function choiceOf(code: string, { choices }: Pick<Asked, "choices">): Choice | null {
  const choice = keys[code];
  return choice !== undefined && choices.includes(choice) ? choice : null;
}

/** From the signing of one until somebody decides for the next, or it is due, there is nothing to count. */
export const isUnderWay = (review: Pick<AccessReview, "dueAt" | "signed">, decided: number, now: number): boolean =>
  decided > 0 || review.signed.length === 0 || review.dueAt === null || Date.parse(review.dueAt) < now;

export const decidedIn = (rows: readonly Pick<Asked, "decision">[]): number =>
  rows.filter((row) => decidedAs(row) !== null).length;

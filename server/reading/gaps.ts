/** A gap between our number and the source's own, in its parts: what is known of it, and what is left. */
import { Decimal } from "decimal.js";
import type { GapPart, GapReason, RecordOfGap, spotChecks } from "@headwater/db/schema/tables.ts";

/** Enough for every digit of two figures together. */
const Exact = Decimal.clone({ precision: 80 });

type Check = typeof spotChecks.$inferSelect;
type Figures = Pick<Check, "ours" | "theirs">;

export type GapCause = "TIMING" | "DEFINITION" | "SCOPE" | "ATTRIBUTION" | "UNEXPLAINED";

export interface GapPartView {
  readonly cause: GapCause;
  /** What is said of it; `unexplained` and `notSettled` are of what is left. */
  readonly because: GapReason | "unexplained" | "notSettled";
  readonly amount: string;
  readonly records: number | null;
  /** The first of them. */
  readonly first: readonly RecordOfGap[];
}

/** Half of the least coin of any currency. A source that adds up in floats, or in finer parts than coins, rounds elsewhere than we. */
export const LESS_THAN_A_COIN = "0.0005";

export const isNothing = (amount: string): boolean => new Exact(amount).abs().lt(LESS_THAN_A_COIN);

/** Ours less theirs, exact; null where either is not there. */
export const differenceOf = ({ ours, theirs }: Figures): string | null =>
  ours === null || theirs === null ? null : new Exact(ours).minus(theirs).toFixed();

/** What is left of a gap when what is known of it is taken off: never a part of something else. */
export const restOf = (row: Figures & Pick<Check, "explained">): string | null => {
  const difference = differenceOf(row);
  return difference === null ? null : new Exact(difference).minus(row.explained).toFixed();
};

const causes: Record<GapReason, GapCause> = {
  notRead: "TIMING",
  testOrders: "DEFINITION",
  datedHere: "SCOPE",
  datedElsewhere: "SCOPE",
  otherLevels: "SCOPE",
  reportedAnew: "TIMING",
  creditedAnew: "ATTRIBUTION",
};

const known = ({ because, amount, records, first = [] }: GapPart): GapPartView => ({
  cause: causes[because],
  because,
  amount,
  records,
  first,
});

/** They add up to the difference, to the last digit. Two that are equal have some as well, where those cancel one another out. */
export function partsOf(row: Figures & Pick<Check, "explained" | "parts" | "settled">): GapPartView[] {
  const [difference, rest] = [differenceOf(row), restOf(row)];
  if (difference === null || rest === null) return [];
  const parts = (row.parts ?? []).map(known);
  if (parts.length === 0 && isNothing(difference)) return [];
  const left = { cause: "UNEXPLAINED", because: row.settled ? "unexplained" : "notSettled" } as const;
  return [...parts, ...(new Exact(rest).isZero() ? [] : [{ ...left, amount: rest, records: null, first: [] }])];
}

// Sums that lose nothing: a float is never in between.
import { Decimal } from "decimal.js";
import type { DecimalText } from "./records.ts";

/** Enough for every digit that a source's amounts have together. */
const Exact = Decimal.clone({ precision: 80, toExpNeg: -80, toExpPos: 80 });

export const negated = (amount: DecimalText): DecimalText => new Exact(amount).neg().toFixed();

export function sumOf(amounts: readonly DecimalText[]): DecimalText {
  const [first] = amounts;
  if (first === undefined) return "0";
  if (amounts.length === 1) return first;
  return amounts.reduce((sum, amount) => sum.plus(amount), new Exact(0)).toFixed();
}

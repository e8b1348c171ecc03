/** The total that a person expects of a file, held against what the file comes to: by currency, exact. */
import { fromMillionths, toMillionths } from "./numbers.ts";

export interface ExpectedTotal {
  readonly currency: string;
  readonly amount: string;
}

export interface ComparedTotal {
  readonly currency: string;
  readonly expected: string;
  readonly found: string;
  /** What the file comes to, less what was expected. */
  readonly difference: string;
}

export function comparedTotals(
  expected: readonly ExpectedTotal[],
  totals: readonly { readonly currency: string; readonly amount: string }[],
): ComparedTotal[] {
  return expected.map(({ currency, amount }) => {
    const found = totals
      .filter((total) => total.currency === currency)
      .reduce((sum, total) => sum + toMillionths(total.amount), 0n);
    const wanted = toMillionths(amount);
    return {
      currency,
      expected: fromMillionths(wanted),
      found: fromMillionths(found),
      difference: fromMillionths(found - wanted),
    };
  });
}

const MOST = 20;

/** An amount as one is written without grouping, at most once a currency. */
export const isExpected = (totals: readonly ExpectedTotal[]): boolean =>
  totals.length <= MOST &&
  totals.every(({ currency, amount }) => /^[A-Z]{3}$/.test(currency) && /^-?\d{1,14}(\.\d{1,6})?$/.test(amount)) &&
  new Set(totals.map(({ currency }) => currency)).size === totals.length;

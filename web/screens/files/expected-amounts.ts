/** Amounts that a person types, held against what a file comes to: exact, in whole millionths. */

interface Total {
  readonly currency: string;
  readonly amount: string;
}

/** As it is written in one of our languages: a point before the decimals, commas and spaces between groups. Null: no amount. */
export function readAmount(typed: string): string | null {
  const text = typed.replace(/[,\s\u00a0\u202f]/g, "").replace(/^\u2212/, "-");
  return /^-?\d{1,14}(\.\d{1,6})?$/.test(text) ? text : null;
}

/** By currency, in the file's order. One of which it holds no money, but shares of it, has no sum. */
export function sumsOf(totals: readonly Total[]): readonly Total[] {
  const sums = new Map<string, bigint>();
  for (const { currency, amount } of totals.filter(({ amount: sum }) => millionths(sum) !== 0n))
    sums.set(currency, (sums.get(currency) ?? 0n) + millionths(amount));
  return [...sums].map(([currency, sum]) => ({ currency, amount: asAmount(sum) }));
}

/** What was found, less what was expected. */
export const gapBetween = (found: string, expected: string): string =>
  asAmount(millionths(found) - millionths(expected));

const PLACES = 6;

function millionths(amount: string): bigint {
  const [whole = "0", fraction = ""] = amount.replace("-", "").split(".");
  const size = BigInt(whole + fraction.slice(0, PLACES).padEnd(PLACES, "0"));
  return amount.startsWith("-") ? -size : size;
}

function asAmount(value: bigint): string {
  const digits = String(value < 0n ? -value : value).padStart(PLACES + 1, "0");
  const fraction = digits.slice(-PLACES).replace(/0+$/, "");
  const amount = digits.slice(0, -PLACES) + (fraction === "" ? "" : `.${fraction}`);
  return value < 0n ? `-${amount}` : amount;
}

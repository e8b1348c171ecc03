/** Exact sums by type and currency: whole millionths, in a double for as long as it holds them exactly, then in a bigint. */
import { fromMillionths, toMillionths } from "../costs/numbers.ts";
import type { CostRow } from "../costs/rows.ts";
import type { Total } from "./upload-row.ts";

interface Sum {
  readonly costType: string;
  readonly currency: string;
  count: number;
  exact: bigint;
  loose: number;
  /** Of marks; null: they are not known of all. */
  marks: bigint | null;
  looseMarks: number;
}

/** Below it an amount and a sum of them add up without a rounding. */
const LOOSE_MOST = 2 ** 51;

export class ControlTotals {
  readonly #sums = new Map<string, Map<string, Sum>>();

  constructor(before: readonly Total[]) {
    for (const { costType, currency, amount, count, marks } of before)
      Object.assign(this.#sumOf(costType, currency), {
        count,
        exact: toMillionths(amount),
        marks: marks === undefined ? null : BigInt(marks),
      });
  }

  add(row: Pick<CostRow, "costType" | "currency" | "basis" | "amount" | "content">): void {
    const { costType, currency, content } = row;
    const amount = row.basis === "percent" ? "0" : row.amount;
    const sum = this.#sumOf(costType, currency);
    sum.count += 1;
    sum.looseMarks += markOf(content);
    if (sum.looseMarks >= LOOSE_MOST && sum.marks !== null) {
      sum.marks += BigInt(sum.looseMarks);
      sum.looseMarks = 0;
    }
    const millionths = smallMillionths(amount);
    if (millionths === null) sum.exact += toMillionths(amount);
    else sum.loose += millionths;
    if (Math.abs(sum.loose) < LOOSE_MOST) return;
    sum.exact += BigInt(sum.loose);
    sum.loose = 0;
  }

  all(): Total[] {
    return [...this.#sums.values()].flatMap((ofType) =>
      [...ofType.values()].map(({ costType, currency, count, exact, loose, marks, looseMarks }) => ({
        costType,
        currency,
        amount: fromMillionths(exact + BigInt(loose)),
        count,
        ...(marks === null ? {} : { marks: String(marks + BigInt(looseMarks)) }),
      })),
    );
  }

  #sumOf(costType: string, currency: string): Sum {
    let ofType = this.#sums.get(costType);
    if (ofType === undefined) this.#sums.set(costType, (ofType = new Map()));
    let sum = ofType.get(currency);
    if (sum !== undefined) return sum;
    sum = { costType, currency, count: 0, exact: 0n, loose: 0, marks: 0n, looseMarks: 0 };
    ofType.set(currency, sum);
    return sum;
  }
}

/** All that was read of the file, what it says twice too. */
export const asInFile = (totals: readonly Total[]): Total[] =>
  totals.map(({ inFile, ...total }) => ({ ...total, ...inFile }));

export interface Brought {
  readonly costType: string;
  readonly currency: string;
  readonly amount: string;
  readonly count: number;
  /** Null: nothing. */
  readonly adSpend: string | null;
}

/** What the file would bring: of all that was read, what is left once twins and what it takes away are out. */
export const broughtOf = (totals: readonly Total[], brought: readonly Brought[]): Total[] =>
  asInFile(totals).map((total) => {
    const { costType, currency, amount, count } = total;
    const found = brought.find((one) => one.costType === costType && one.currency === currency);
    const left = { amount: found?.amount ?? "0", count: found?.count ?? 0 };
    const isAll = left.amount === amount && left.count === count;
    return {
      ...total,
      ...left,
      ...(isAll ? {} : { inFile: { amount, count } }),
      adSpend: found?.adSpend ?? null,
    };
  });

/** Twelve digits of all that a row says: two files with the same sum of them say the same. */
const markOf = (content: string): number => Number.parseInt(content.slice(0, 12), 16);

/** Of a row that stands: the money it adds to a total. A share of something is none. */
export const moneyIn = (row: string): string => `(case when ${row}.basis = 'percent' then 0 else ${row}.amount end)`;

/** The same digits of a row that stands. */
export const markIn = (content: string): string =>
  `('x' || left(${content}::text, 8) || substr(${content}::text, 10, 4))::bit(48)::int8`;

/** Null: too long for a double to hold. Nine digits and six places are at most 10^15. */
function smallMillionths(amount: string): number | null {
  const point = amount.indexOf(".");
  const whole = point < 0 ? amount : amount.slice(0, point);
  if (whole.length > 9) return null;
  const fraction = point < 0 ? 0 : Number(amount.slice(point + 1)) * 10 ** (6 - (amount.length - point - 1));
  const size = Math.abs(Number(whole)) * 1_000_000 + fraction;
  return amount.startsWith("-") ? -size : size;
}

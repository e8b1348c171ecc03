/**
 * Which currency leads the tiles of a kind, and on which days it can be told of: nothing sold is a zero only where a source
 * of that currency has the day, and else no number at all. Pure.
 */
import type { Day } from "./days.ts";
import { currenciesIn, mainCurrency, onDays } from "./metrics.ts";
import type { HeldRow } from "./overview-sources.ts";
import { hasAnyOf, keepsCosts } from "./overview-sources.ts";
import type { SourceView } from "./overview-sources.ts";
import { daysOf } from "./range.ts";
import type { Span } from "./range.ts";
import type { Rollup } from "./metrics.ts";

export interface Currencies {
  /** Null where several stand apart. */
  readonly leading: string | null;
  readonly isTold: (currency: string, day: Day) => boolean;
}

interface Ask {
  readonly brand: string;
  readonly range: Span;
  readonly sources: readonly SourceView[];
  /** Files say what they are in, row by row: an account's own currency tells nothing of costs. */
  readonly isCost: boolean;
}

export function readCurrencies(rows: readonly (Rollup & HeldRow)[], ask: Ask): Currencies {
  const { brand, range, sources } = ask;
  const spoken = sources.map((source) => ({ source, currencies: spokenBy(source, rows, ask.isCost) }));
  const isTold = (currency: string, day: Day): boolean =>
    spoken.some(
      ({ source, currencies }) => (currencies.size === 0 || currencies.has(currency)) && hasAnyOf(day, source),
    );
  const known = new Set(spoken.flatMap(({ currencies }) => [...currencies]));
  const told = new Set([...known].filter((currency) => daysOf(range).some((day) => isTold(currency, day))));
  const inRange = currenciesIn(onDays(rows, (day) => day >= range.from && day <= range.to));
  if (told.has(brand) || inRange.has(brand)) return { leading: brand, isTold };
  const standing = [inRange, told, currenciesIn(rows)].find(({ size }) => size > 0);
  return { leading: mainCurrency(brand, standing ?? new Set()), isTold };
}

/** Of one that has said none yet, any may be. */
function spokenBy({ view }: SourceView, rows: readonly (Rollup & HeldRow)[], isCost: boolean): ReadonlySet<string> {
  const own = isCost || keepsCosts(view) ? null : view.account?.currency;
  return new Set([
    ...(own == null ? [] : [own]),
    ...rows.filter(({ accountId }) => accountId === view.row.accountId).map(({ currency }) => currency),
  ]);
}

import type { ChartTile, OverviewData } from "./overview.documents.ts";

interface Shown {
  currency: string;
  tiles: readonly Pick<OverviewData["tiles"][number], "value" | "apart">[];
}
type Drawn = Pick<ChartTile, "currency" | "seriesApart">;

/** What the amounts on screen are in: the brand's own first, and alone where there is no amount yet. */
export function shownCurrencies({ currency, tiles }: Shown): string[] {
  const found = new Set(tiles.flatMap(({ value, apart }) => [value, ...apart].flatMap((one) => one?.currency ?? [])));
  if (found.size === 0) return [currency];
  return [...found].toSorted((one, other) => Number(other === currency) - Number(one === currency));
}

/** All but the first of the tiles go by their codes, wherever they stand: charts that come later change no amount that stands. */
export function namedCurrencies(overview: Shown, charts: readonly Drawn[]): string[] {
  const [first, ...others] = shownCurrencies(overview);
  const drawn = charts.flatMap(({ currency, seriesApart }) =>
    [currency ?? [], ...seriesApart.map((each) => each.currency)].flat(),
  );
  return [...new Set([...others, ...drawn])].filter((each) => each !== first);
}

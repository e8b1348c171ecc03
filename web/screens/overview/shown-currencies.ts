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

/** All but the screen's first, charts of more days than the tiles among it: they go by their codes, wherever they stand. */
export function namedCurrencies(overview: Shown, charts: readonly Drawn[]): string[] {
  const drawn = charts.map(({ currency, seriesApart }) => ({
    value: currency === null ? null : { amount: "", currency },
    apart: seriesApart.map((each) => ({ amount: "", currency: each.currency })),
  }));
  return shownCurrencies({ ...overview, tiles: [...overview.tiles, ...drawn] }).slice(1);
}

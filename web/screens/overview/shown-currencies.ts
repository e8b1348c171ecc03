import type { OverviewData } from "./overview.documents.ts";

interface Shown {
  currency: string;
  tiles: readonly Pick<OverviewData["tiles"][number], "value" | "apart">[];
}

/** What the amounts on screen are in: the brand's own first, and alone where there is no amount yet. */
export function shownCurrencies({ currency, tiles }: Shown): string[] {
  const found = new Set(tiles.flatMap(({ value, apart }) => [value, ...apart].flatMap((one) => one?.currency ?? [])));
  if (found.size === 0) return [currency];
  return [...found].toSorted((one, other) => Number(other === currency) - Number(one === currency));
}

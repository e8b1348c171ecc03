import type { Format } from "../../format/format.ts";
import type { Tile } from "./overview.documents.ts";

export function valueText(
  format: Format,
  { unit }: Pick<Tile, "unit">,
  { amount, currency }: NonNullable<Tile["value"]>,
  named = false,
): string {
  if (unit === "COUNT" || !currency) return format.count(amount);
  return format.money(amount, currency, { whole: true, named });
}

export const isNamed = ({ currency }: NonNullable<Tile["value"]>, named: readonly string[]): boolean =>
  currency !== null && named.includes(currency);

/** From zero to something no share can be told, and of two equal values none is up or down. */
export function changeOf({ change, value, comparison }: Pick<Tile, "change" | "value" | "comparison">): string {
  if (change !== null) return Number(change) === 0 ? "none" : change;
  const isNew = value !== null && comparison !== null && Number(value.amount) !== 0 && Number(comparison.amount) === 0;
  return isNew ? "new" : "none";
}

/** Of whole days some are not in yet, so it is compared with none. */
export const isPart = ({ state }: Pick<Tile, "state">): boolean =>
  state === "PARTIAL" || state === "STALE" || state === "FETCHING";

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

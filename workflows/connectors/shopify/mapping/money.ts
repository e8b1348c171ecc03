// `{ shopMoney { amount currencyCode } }`: decimal text in the shop's currency.
import { sumOf } from "../../decimal.ts";
import { childOrNull, currencyOf, decimalOf, listOf, Unmappable, type Fields } from "../../read-fields.ts";
import type { DecimalText } from "../../records.ts";

export type Amount = { readonly amount: DecimalText; readonly currency: string };

/** Null where the shop says null; a field that is not there at all has been taken away, and is no zero. */
export function shopMoneyOrNull(fields: Fields, name: string): Amount | null {
  if (fields[name] === undefined) throw new Unmappable("missing", name);
  const bag = childOrNull(fields, name);
  const inShop = bag === null ? null : childOrNull(bag, "shopMoney");
  return inShop === null ? null : amountIn(inShop);
}

export function shopMoney(fields: Fields, name: string): Amount {
  const found = shopMoneyOrNull(fields, name);
  if (found === null) throw new Unmappable("missing", name);
  return found;
}

export function amountIn(moneyV2: Fields): Amount {
  return { amount: decimalOf(moneyV2, "amount"), currency: currencyOf(moneyV2, "currencyCode") };
}

/** Of plain lists such as `discountAllocations`. */
export function sumOfList(fields: Fields, list: string, name: string): DecimalText {
  return sumOf(listOf(fields, list).map((child) => shopMoney(child, name).amount));
}

// Amounts as Shopify writes them: decimal strings with at least one digit behind the point ("55.0", and for JPY "1000.0").
import type { ShopSeed } from "../seed/shop-seeds.ts";

export function amountText(minor: number, exponent: number): string {
  const digits = String(Math.abs(minor)).padStart(exponent + 1, "0");
  const whole = digits.slice(0, digits.length - exponent);
  const fraction = digits.slice(digits.length - exponent).replace(/0+$/, "");
  return `${minor < 0 ? "-" : ""}${whole}.${fraction === "" ? "0" : fraction}`;
}

export interface Money {
  readonly amount: string;
  readonly currencyCode: string;
}

export const shopMoney = (seed: ShopSeed, minor: number): Money => ({
  amount: amountText(minor, seed.exponent),
  currencyCode: seed.currency,
});

export interface MoneyBag {
  readonly shopMoney: Money;
  readonly presentmentMoney: Money;
}

/** What the customer saw: another currency for the few orders that were paid in one. */
export function moneyBag(seed: ShopSeed, minor: number, isPresented: boolean): MoneyBag {
  const own = shopMoney(seed, minor);
  const other = seed.presentment;
  if (!isPresented || !other) return { shopMoney: own, presentmentMoney: own };
  const shown = Math.round((minor / 10 ** seed.exponent) * other.rate * 10 ** other.exponent);
  return {
    shopMoney: own,
    presentmentMoney: { amount: amountText(shown, other.exponent), currencyCode: other.currency },
  };
}

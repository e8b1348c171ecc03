// What a shop sells: product p with its variants, made from the seed alone. Product 0 is the gift card.
import { seededRandom } from "../../random.ts";
import type { ShopSeed } from "./shop-seeds.ts";

export interface Variant {
  readonly n: number;
  readonly product: number;
  readonly sku: string | null;
  readonly title: string;
  /** Minor units of the shop's currency. */
  readonly price: number;
  readonly cost: number | null;
}

export interface Product {
  readonly n: number;
  readonly title: string;
  readonly status: "ACTIVE" | "DRAFT" | "ARCHIVED";
  readonly isGiftCard: boolean;
  readonly variants: readonly Variant[];
}

const firsts = [
  "Monsoon",
  "Moss",
  "Lotus",
  "Cedar",
  "Brass",
  "Indigo",
  "Saffron",
  "Harbour",
  "Lantern",
  "Mango",
  "Silk",
  "Monk",
] as const;
const seconds = [
  "candle",
  "tee",
  "kettle",
  "notebook",
  "scarf",
  "tray",
  "oil",
  "soap",
  "basket",
  "mug",
  "quilt",
  "incense",
] as const;
/** Texts that break careless readers: emoji, right-to-left, NFC and NFD twins, NUL, a lone surrogate, markup, a formula. */
const hardTexts = [
  "Candle 🕯️👩‍👩‍👧‍👦",
  "عطر العود",
  "Caf\u00e9",
  "Cafe\u0301",
  "Nul\u0000inside",
  "Lone\ud800surrogate",
  '<b>bold</b> & "quoted"',
  "=SUM(A1:A9)",
  "tab\tand\nnewline",
  "\u202eright to left",
  "__proto__",
  "চাহ পাত",
] as const;

export const variantsPerProduct = 4;

/** What things cost beside the same in dollars: a day of a brand in India is not a hundred rupees. */
const priceLevels: Readonly<Record<string, number>> = { INR: 80, NPR: 130 };

export function productOf(shop: ShopSeed, p: number): Product {
  const random = seededRandom(shop.seed, shop.domain, "product", p);
  const isGiftCard = p === 0;
  const isHard = shop.hasHardTexts && p % 7 === 3;
  const title = isGiftCard
    ? "Gift card"
    : isHard
      ? (hardTexts[((p - 3) / 7) % hardTexts.length] ?? "Plain")
      : `${random.pick(firsts)} ${random.pick(seconds)}`;
  const unit = 10 ** shop.exponent;
  const level = priceLevels[shop.currency] ?? 1;
  const count = isGiftCard ? 2 : random.whole(1, variantsPerProduct);
  const variants = Array.from({ length: count }, (_, k): Variant => {
    const price = isGiftCard
      ? (k + 1) * 25 * unit * level
      : random.whole(3 * unit + 1, 90 * unit) * level + (shop.exponent === 0 ? 900 : 0);
    return {
      n: p * variantsPerProduct + k,
      product: p,
      sku: random.isChosen(0.06) ? null : `${shop.currency}-${String(p).padStart(4, "0")}-${k}`,
      title: ["Small", "Medium", "Large", "Gift box"][k] ?? "Default Title",
      price,
      cost: isGiftCard || random.isChosen(0.2) ? null : Math.floor(price * (0.25 + random.next() * 0.3)),
    };
  });
  return { n: p, title, status: random.isChosen(0.9) ? "ACTIVE" : "ARCHIVED", isGiftCard, variants };
}

// An order as it was placed, in whole minor units of the shop's currency; made from the seed alone.
import { seededRandom, type Random } from "../../random.ts";
import { productOf, type Product } from "./products.ts";
import type { ShopSeed } from "./shop-seeds.ts";

export interface DraftLine {
  readonly k: number;
  readonly product: number;
  readonly variant: number;
  readonly title: string;
  readonly variantTitle: string;
  readonly sku: string | null;
  readonly isGiftCard: boolean;
  readonly quantity: number;
  readonly unit: number;
  readonly total: number;
  readonly discount: number;
  readonly tax: number;
}

export interface OrderDraft {
  readonly lines: readonly DraftLine[];
  readonly discountCode: string | null;
  readonly shipping: number;
  readonly duties: number;
  readonly tips: number;
  readonly isPresented: boolean;
  readonly note: string | null;
  readonly tags: readonly string[];
  readonly gateway: "shopify_payments" | "razorpay" | "paypal";
  readonly sourceName: string;
}

const productCache = new Map<string, Product>();

export function cachedProduct(shop: ShopSeed, p: number): Product {
  const key = `${shop.seed}:${shop.domain}:${p}`;
  const known = productCache.get(key);
  if (known) return known;
  const made = productOf(shop, p);
  if (productCache.size < 5_000) productCache.set(key, made);
  return made;
}

function lineCount(random: Random): number {
  const draw = random.next();
  if (draw < 0.5) return 1;
  if (draw < 0.9) return random.whole(2, 4);
  if (draw < 0.9985) return random.whole(5, 12);
  return random.whole(60, 320);
}

/** Tax of an amount that stands without it, or of the part inside it. */
export function taxOn(shop: ShopSeed, amount: number): number {
  return shop.taxesIncluded
    ? Math.round((amount * shop.taxRate) / (1 + shop.taxRate))
    : Math.round(amount * shop.taxRate);
}

export function pickLine(shop: ShopSeed, random: Random, k: number): Omit<DraftLine, "discount" | "tax"> {
  const product = cachedProduct(shop, random.isChosen(0.02) ? 0 : random.whole(1, shop.products - 1));
  const variant = random.pick(product.variants);
  const quantity = random.isChosen(0.8) ? 1 : random.isChosen(0.95) ? random.whole(2, 4) : random.whole(5, 40);
  return {
    k,
    product: product.n,
    variant: variant.n,
    title: product.title,
    variantTitle: variant.title,
    sku: variant.sku,
    isGiftCard: product.isGiftCard,
    quantity,
    unit: variant.price,
    total: variant.price * quantity,
  };
}

/** Splits an amount by weight, the last cents to the largest remainders, so that the parts add up exactly. */
export function allocate(amount: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  if (sum === 0) return weights.map(() => 0);
  const parts = weights.map((weight) => Math.floor((amount * weight) / sum));
  let left = amount - parts.reduce((a, b) => a + b, 0);
  for (let i = 0; left > 0; i = (i + 1) % parts.length) {
    if ((weights[i] ?? 0) === 0) continue;
    parts[i] = (parts[i] ?? 0) + 1;
    left -= 1;
  }
  return parts;
}

export function orderDraft(shop: ShopSeed, n: number): OrderDraft {
  const random = seededRandom(shop.seed, shop.domain, "draft", n);
  const count = lineCount(random);
  const bare = Array.from({ length: count }, (_, k) => pickLine(shop, random, k));
  const isDiscounted = random.isChosen(0.24);
  const code = isDiscounted ? random.pick(["WELCOME10", "DIWALI", "SPRING20", "FRIENDS", "vip🎉"]) : null;
  const percent = isDiscounted ? random.pick([5, 10, 15, 20, 33]) : 0;
  const reducible = bare.map((line) => (line.isGiftCard ? 0 : line.total));
  const discount = Math.round((reducible.reduce((a, b) => a + b, 0) * percent) / 100);
  const discounts = allocate(discount, reducible);
  const lines = bare.map((line, i): DraftLine => {
    const off = discounts[i] ?? 0;
    return { ...line, discount: off, tax: line.isGiftCard ? 0 : taxOn(shop, line.total - off) };
  });
  const unit = 10 ** shop.exponent;
  return {
    lines,
    discountCode: code,
    // Gift cards travel by mail of another kind.
    shipping:
      random.isChosen(0.55) && lines.some((line) => !line.isGiftCard)
        ? Math.round(random.pick([4.9, 7.5, 12, 15.99]) * unit)
        : 0,
    duties: random.isChosen(0.01) ? random.whole(unit, 20 * unit) : 0,
    tips: random.isChosen(0.02) ? random.whole(unit, 5 * unit) : 0,
    isPresented: shop.presentment !== null && random.isChosen(shop.presentment.share),
    note: random.isChosen(0.03)
      ? random.pick(["Leave at the door", "Bitte klingeln 🔔", "جزاك الله خيرا", "Gift\u0000wrap"])
      : null,
    tags: random.isChosen(0.1) ? ["wholesale"] : [],
    gateway:
      shop.currency === "INR"
        ? random.pick(["razorpay", "shopify_payments"])
        : random.isChosen(0.85)
          ? "shopify_payments"
          : "paypal",
    sourceName: random.pick(["web", "web", "web", "pos", "shopify_draft_order", "iphone"]),
  };
}

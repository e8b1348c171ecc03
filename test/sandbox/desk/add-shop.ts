// A shop of one's own, for a test or a curious person: any size, currency and zone.
import type { Rooms } from "../rooms.ts";
import type { ShopSeed } from "../shopify/seed/shop-seeds.ts";
import { DeskRefusal, type Given } from "./shop-actions.ts";

const text = (given: Given, name: string, otherwise: string): string => {
  const value = given[name];
  return typeof value === "string" && value !== "" ? value : otherwise;
};

function whole(given: Given, name: string, otherwise: number, most: number): number {
  const value = Number(given[name] ?? otherwise);
  if (!Number.isInteger(value) || value < 0 || value > most)
    throw new DeskRefusal(`${name} is a whole number up to ${most}`);
  return value;
}

const isZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    // Intl knows no such zone, which is the answer.
    return false;
  }
};

function digitsOf(currency: string): number {
  if (!/^[A-Z]{3}$/.test(currency)) throw new DeskRefusal("currency is three capital letters");
  return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

export function addShop(rooms: Rooms, given: Given): object {
  const domain = text(given, "domain", "");
  if (!/^[a-z0-9][a-z0-9-]*\.myshopify\.com$/.test(domain))
    throw new DeskRefusal("domain looks like my-shop.myshopify.com");
  const zone = text(given, "zone", "Asia/Kolkata");
  if (!isZone(zone)) throw new DeskRefusal(`There is no zone ${zone}`);
  const currency = text(given, "currency", "INR");
  const orders = whole(given, "orders", 100, 2_000_000);
  const known = rooms.shopify.world.shops();
  const seed: ShopSeed = {
    domain,
    name: text(given, "name", domain.split(".")[0] ?? domain),
    email: text(given, "email", "owner@shop.example"),
    shopId: String(Math.max(...known.map((shop) => shop.id)) + 1),
    currency,
    exponent: digitsOf(currency),
    zone,
    plan:
      (["standard", "advanced", "plus", "enterprise"] as const).find((each) => each === given["plan"]) ?? "standard",
    orders,
    spanDays: whole(given, "spanDays", 365, 20_000),
    customers: whole(given, "customers", Math.max(1, Math.ceil(orders / 2.5)), 1_000_000),
    products: Math.max(2, whole(given, "products", 20, 10_000)),
    taxRate: Number(given["taxRate"] ?? 0.18),
    taxesIncluded: given["taxesIncluded"] === true || given["taxesIncluded"] === "yes",
    presentment: null,
    idBase: text(given, "idBase", "6001000000000"),
    hasHardTexts: given["hasHardTexts"] !== false,
    isLive: false,
    seed: whole(given, "seed", 1, 2 ** 31),
  };
  const shop = rooms.shopify.world.addShop(seed);
  return { domain: shop.seed.domain, orders: shop.seed.orders };
}

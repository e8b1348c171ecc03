// The shops that stand ready on the first evening, each odd in its own way.

export type Plan = "standard" | "advanced" | "plus" | "enterprise";

export interface ShopSeed {
  readonly domain: string;
  readonly name: string;
  readonly email: string;
  readonly shopId: string;
  readonly currency: string;
  /** Digits behind the point: JPY 0, USD 2, KWD 3. */
  readonly exponent: number;
  readonly zone: string;
  readonly plan: Plan;
  readonly orders: number;
  readonly spanDays: number;
  readonly customers: number;
  readonly products: number;
  readonly taxRate: number;
  readonly taxesIncluded: boolean;
  /** A share of orders is paid in another currency. */
  readonly presentment: {
    readonly currency: string;
    readonly exponent: number;
    readonly rate: number;
    readonly share: number;
  } | null;
  /** First id of every kind; beyond 2^53 where a double would lose the last digit. */
  readonly idBase: string;
  /** Emoji, right-to-left, NUL and lone surrogates among the titles. */
  readonly hasHardTexts: boolean;
  readonly isLive: boolean;
  readonly seed: number;
}

const plain = {
  plan: "standard",
  taxRate: 0.18,
  taxesIncluded: false,
  presentment: null,
  idBase: "5001000000000",
  hasHardTexts: true,
  isLive: false,
  seed: 1,
} as const;

export const shopSeeds: readonly ShopSeed[] = [
  {
    ...plain,
    domain: "monsoon-and-moss.myshopify.com",
    name: "Monsoon & Moss",
    email: "ananya@monsoonandmoss.in",
    shopId: "61001",
    currency: "INR",
    exponent: 2,
    zone: "Asia/Kolkata",
    orders: 400,
    spanDays: 240,
    customers: 190,
    products: 24,
    isLive: true,
    presentment: { currency: "USD", exponent: 2, rate: 0.0119, share: 0.04 },
  },
  {
    ...plain,
    domain: "ten-thousand.myshopify.com",
    name: "Ten Thousand",
    email: "owner@ten-thousand.example",
    shopId: "61002",
    currency: "USD",
    exponent: 2,
    zone: "America/New_York",
    orders: 10_000,
    spanDays: 729,
    customers: 4_200,
    products: 120,
    taxRate: 0.08875,
    presentment: { currency: "CAD", exponent: 2, rate: 1.39, share: 0.06 },
    idBase: "9007199254740993",
    plan: "advanced",
  },
  {
    ...plain,
    domain: "hundred-thousand.myshopify.com",
    name: "Hundred Thousand",
    email: "owner@hundred-thousand.example",
    shopId: "61003",
    currency: "EUR",
    exponent: 2,
    zone: "Europe/Berlin",
    orders: 100_000,
    spanDays: 729,
    customers: 38_000,
    products: 400,
    taxRate: 0.19,
    taxesIncluded: true,
    presentment: { currency: "CHF", exponent: 2, rate: 0.94, share: 0.03 },
    plan: "plus",
    idBase: "7100000000000",
  },
  {
    ...plain,
    domain: "kathmandu-tea.myshopify.com",
    name: "Kathmandu Tea",
    email: "chai@kathmandu-tea.example",
    shopId: "61004",
    currency: "NPR",
    exponent: 2,
    zone: "Asia/Kathmandu",
    orders: 320,
    spanDays: 400,
    customers: 140,
    products: 18,
    taxRate: 0.13,
  },
  {
    ...plain,
    domain: "tokyo-paper.myshopify.com",
    name: "東京ペーパー",
    email: "kami@tokyo-paper.example",
    shopId: "61005",
    currency: "JPY",
    exponent: 0,
    zone: "Asia/Tokyo",
    orders: 500,
    spanDays: 500,
    customers: 220,
    products: 40,
    taxRate: 0.1,
    taxesIncluded: true,
    presentment: { currency: "USD", exponent: 2, rate: 0.0066, share: 0.1 },
  },
  {
    ...plain,
    domain: "kuwait-oud.myshopify.com",
    name: "عود الكويت",
    email: "oud@kuwait-oud.example",
    shopId: "61006",
    currency: "KWD",
    exponent: 3,
    zone: "Asia/Kuwait",
    orders: 260,
    spanDays: 365,
    customers: 120,
    products: 16,
    taxRate: 0,
    idBase: "9007199254740993",
    presentment: { currency: "JPY", exponent: 0, rate: 488.2, share: 0.08 },
  },
  {
    ...plain,
    domain: "lord-howe-surf.myshopify.com",
    name: "Lord Howe Surf",
    email: "waves@lord-howe-surf.example",
    shopId: "61007",
    currency: "AUD",
    exponent: 2,
    zone: "Australia/Lord_Howe",
    orders: 300,
    spanDays: 600,
    customers: 130,
    products: 20,
    taxRate: 0.1,
    taxesIncluded: true,
  },
];

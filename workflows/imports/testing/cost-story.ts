/** For tests: costs of every kind and orders of every fate, the same for the same seed. */
import { nextDay } from "./cost-oracle.ts";
import type { OracleCost, OracleOrder } from "./cost-oracle.ts";

export type Dice = () => number;
export function diceOf(from: number): Dice {
  let state = (from % 2_147_483_646) + 1;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

const upTo = (roll: Dice, most: number): number => Math.floor(roll() * most);
function pick<T>(roll: Dice, from: readonly [T, ...T[]]): T {
  return from[upTo(roll, from.length)] ?? from[0];
}

const SKUS = ["tee-s", "TEE-M", "00042"] as const;
const VARIANTS = ["901", "902", "903"] as const;
const PRODUCTS = ["71", "72"] as const;
/** In turns, so that some order has come through each of them. */
const CHANNELS = ["web", "pos", "iphone"] as const;
const GATEWAYS = ["paypal", "cod", "shopify_payments"] as const;
const money = (roll: Dice): string => `${upTo(roll, 90)}.${String(upTo(roll, 1_000)).padStart(3, "0")}`;

type Bare = Omit<OracleCost, "id" | "since" | "line" | "start" | "end" | "amount">;
const none = { recurrence: "none" } as const;

const KINDS: readonly [(roll: Dice) => Bare, ...((roll: Dice) => Bare)[]] = [
  (roll) => ({
    ...none,
    type: pick(roll, ["fixed", "other", "cogs"]),
    basis: "total",
    currency: pick(roll, ["INR", "USD", "JPY", "CLF", "BHD"]),
  }),
  (roll) => ({ ...none, type: "marketing", basis: "total", currency: "INR", isAdSpend: roll() < 0.5 }),
  (roll) => ({
    type: pick(roll, ["fixed", "shipping"]),
    basis: "total",
    currency: pick(roll, ["INR", "KWD", "CLF"]),
    recurrence: pick(roll, ["daily", "weekly", "monthly", "yearly"]),
  }),
  (roll) => ({
    ...none,
    type: pick(roll, ["cogs", "cogs", "handling", "shipping"]),
    basis: "per_unit",
    currency: pick(roll, ["INR", "INR", "USD"]),
    sku: pick(roll, SKUS),
  }),
  (roll) => ({ ...none, type: "cogs", basis: "per_unit", currency: "INR", variant: pick(roll, VARIANTS) }),
  (roll) => ({
    ...none,
    type: pick(roll, ["cogs", "shipping"]),
    basis: "per_unit",
    currency: "INR",
    product: pick(roll, PRODUCTS),
  }),
  (roll) => ({ ...none, type: pick(roll, ["handling", "other"]), basis: "per_unit", currency: "INR" }),
  (roll) => ({
    ...none,
    type: pick(roll, ["handling", "payment_fee", "shipping"]),
    basis: "per_order",
    currency: pick(roll, ["INR", "USD"]),
    name: pick(roll, ["Packing", "Label"]),
  }),
  (roll) => ({
    ...none,
    type: pick(roll, ["payment_fee", "other"]),
    basis: "percent",
    currency: "INR",
    ...(roll() < 0.6 ? { gateway: pick(roll, ["PayPal", "cod", "shopify payments"]) } : {}),
  }),
  (roll) => ({
    ...none,
    type: "marketing",
    basis: "percent",
    currency: "INR",
    isAdSpend: roll() < 0.5,
    name: pick(roll, ["Agency", "Affiliate"]),
  }),
  (roll) => ({
    ...none,
    type: pick(roll, ["cogs", "shipping", "payment_fee", "handling"]),
    basis: "total",
    currency: pick(roll, ["INR", "INR", "USD", "CLF"]),
    order: pick(roll, ["1003", "1007", "50011", "1012", "9999"]),
  }),
  (roll) => ({ ...none, type: "shipping", basis: "per_order", currency: "INR", country: pick(roll, ["IN", "DE"]) }),
  (roll) => ({
    ...none,
    type: pick(roll, ["other", "handling", "marketing"]),
    basis: pick(roll, ["per_order", "percent"]),
    currency: "INR",
    channel: pick(roll, ["Online Store", "Point of Sale", "web", "eBay"]),
    ...(roll() < 0.3 ? { gateway: pick(roll, ["paypal", "COD", "klarna"]) } : {}),
  }),
  (roll) => ({
    ...none,
    type: pick(roll, ["cogs", "handling", "shipping"]),
    basis: "per_unit",
    currency: pick(roll, ["INR", "CLF"]),
    ...(roll() < 0.5 ? { sku: pick(roll, SKUS) } : {}),
    ...(roll() < 0.7 ? { channel: pick(roll, ["online_store", "pos", "eBay"]) } : {}),
    ...(roll() < 0.4 ? { gateway: pick(roll, ["PAYPAL", "cod", "klarna"]) } : {}),
  }),
  (roll) => ({
    ...none,
    type: pick(roll, ["shipping", "handling"]),
    basis: pick(roll, ["per_order", "per_unit", "percent"]),
    currency: pick(roll, ["INR", "USD"]),
    order: pick(roll, ["1003", "1007", "9998"]),
  }),
  (roll) => ({ ...none, type: "other", basis: "per_order", currency: "INR", campaign: pick(roll, ["Diwali", "Bihu"]) }),
  (roll) => ({
    ...none,
    type: "other",
    basis: pick(roll, ["per_order", "percent"]),
    currency: "INR",
    product: pick(roll, PRODUCTS),
  }),
  (roll) => ({ ...none, type: "cogs", basis: pick(roll, ["per_order", "percent"]), currency: "INR" }),
  (roll) => ({
    ...none,
    type: "marketing",
    basis: "percent",
    currency: "INR",
    isOfAdSpend: true,
    isAdSpend: false,
    ...(roll() < 0.7 ? { channel: pick(roll, ["meta", "TikTok Ads"]) } : {}),
  }),
];

/** Of each kind some; keys run on from one file to the next, so that a later one replaces a part of an earlier. */
export function someCosts(roll: Dice, count: number, since: number): OracleCost[] {
  const byId = new Map<string, OracleCost>();
  for (let n = 0; n < count; n += 1) {
    const bare = (KINDS[n % KINDS.length] ?? KINDS[0])(roll);
    const start = nextDay("2024-02-01", upTo(roll, 50));
    const isOpen = bare.recurrence !== "none" || bare.basis !== "total";
    const isLong = roll() < 0.6;
    const end = isLong ? nextDay(start, upTo(roll, 40)) : isOpen ? null : start;
    const id = `K${upTo(roll, 120)}`;
    if (byId.has(id)) continue;
    byId.set(id, { ...bare, id, start, end, amount: money(roll), since, line: byId.size + 2 });
  }
  return [...byId.values()];
}

const HEADER =
  "cost_id,start_date,end_date,cost_type,basis,amount,currency,sku,variant_id,product_id,order_id,country,campaign,channel,payment_gateway,name,recurrence,is_ad_spend,applies_to";

export const fileOfCosts = (costs: readonly OracleCost[]): string =>
  [
    HEADER,
    ...costs.map((cost) =>
      [
        cost.id,
        cost.start,
        cost.end ?? "",
        cost.type,
        cost.basis,
        cost.amount,
        cost.currency,
        cost.sku ?? "",
        cost.variant ?? "",
        cost.product ?? "",
        cost.order === undefined ? "" : `#${cost.order}`,
        cost.country ?? "",
        cost.campaign ?? "",
        cost.channel ?? "",
        cost.gateway ?? "",
        cost.name ?? "",
        cost.recurrence,
        cost.type === "marketing" ? (cost.isAdSpend === true ? "yes" : "no") : "",
        cost.isOfAdSpend === true ? "ad_spend" : "",
      ].join(","),
    ),
  ].join("\n");

export function someOrder(roll: Dice, n: number, first: string, days: number): OracleOrder {
  const id = `gid://shopify/Order/${50_000 + n}`;
  const day = nextDay(first, upTo(roll, days));
  const lines = Array.from({ length: 1 + upTo(roll, 3) }, (_, at) => {
    const variant = pick(roll, VARIANTS);
    return {
      id: `${id}-l${at}`,
      sku: pick(roll, SKUS).toUpperCase(),
      variant: `gid://shopify/ProductVariant/${variant}`,
      product: `gid://shopify/Product/${pick(roll, PRODUCTS)}`,
      quantity: 1 + upTo(roll, 4),
    };
  });
  const refunds = Array.from({ length: roll() < 0.4 ? 1 + upTo(roll, 2) : 0 }, (_, at) => ({
    id: `${id}-r${at}`,
    at: `${nextDay(day, 1 + upTo(roll, 4))}T0${at}:00:00Z`,
    returned: money(roll).slice(0, -1),
    lines: lines.filter(() => roll() < 0.7).map((line) => ({ line: line.id, units: 1 })),
  }));
  const payments: { gateway: string; amount: string; fee: string | null }[] = [
    { gateway: GATEWAYS[Math.floor(n / 3) % 3] ?? "cod", amount: "70", fee: roll() < 0.3 ? "1.25" : null },
  ];
  if (roll() < 0.3) payments.push({ gateway: "gift_card", amount: "5", fee: null });
  const net = `${100 + upTo(roll, 900)}.${String(upTo(roll, 100)).padStart(2, "0")}`;
  const channel = CHANNELS[n % 3] ?? "web";
  return {
    id,
    name: `#${1000 + n}`,
    day,
    net,
    channel,
    isTest: roll() < 0.08,
    isGone: roll() < 0.08,
    lines,
    refunds,
    payments,
  };
}

// The little that the order index needs (times, customer, what will still happen to it), cheap enough for 100,000
// orders in a second. What the order holds is made from the same seed only when somebody reads it: order-draft.ts.
import { seededRandom } from "../../random.ts";
import type { ShopSeed } from "./shop-seeds.ts";

export const eventKinds = [
  "fulfil",
  "deliver",
  "refund",
  "refundAll",
  "cancel",
  "edit",
  "restate",
  "touch",
  "remove",
] as const;
export type EventKind = (typeof eventKinds)[number];

export interface OrderEvent {
  readonly at: number;
  readonly kind: EventKind;
}

export type Payment = "card" | "authorized" | "onDelivery";

export interface OrderHead {
  readonly n: number;
  readonly createdAt: number;
  readonly processedAt: number;
  /** Null: a guest. */
  readonly customer: number | null;
  readonly isTest: boolean;
  readonly payment: Payment;
  readonly planned: readonly OrderEvent[];
}

const day = 86_400;
/** Younger days sell more: the age of an order is a x + (1 - a) x^2 of the span. */
const recentShare = 0.35;

/** When the seeded order n was made; rises with n. */
export function orderedAt(shop: ShopSeed, anchor: number, n: number): number {
  const jitter = seededRandom(shop.seed, shop.domain, "time", n).next() * 0.8 - 0.4;
  const left = (shop.orders - n - 0.5 - jitter) / shop.orders;
  return Math.floor(anchor - shop.spanDays * day * (recentShare * left + (1 - recentShare) * left * left));
}

/** Seconds from order n - 1 to a new order n: the pace of the last days, with its ups and downs. */
export function gapBefore(shop: ShopSeed, n: number): number {
  const mean = (shop.spanDays * day * recentShare) / shop.orders;
  return Math.max(1, Math.round(mean * (0.2 + 1.6 * seededRandom(shop.seed, shop.domain, "gap", n).next())));
}

function plan(shop: ShopSeed, n: number, createdAt: number, isTest: boolean): OrderEvent[] {
  const random = seededRandom(shop.seed, shop.domain, "plan", n);
  const events: OrderEvent[] = [];
  const add = (kind: EventKind, fromDays: number, toDays: number): void => {
    events.push({ kind, at: createdAt + Math.floor((fromDays + random.next() * (toDays - fromDays)) * day) });
  };
  if (random.isChosen(0.03)) add("edit", 0.01, 0.2);
  if (random.isChosen(0.02)) {
    add("cancel", 0.02, 0.9);
    if (isTest && random.isChosen(0.5)) add("remove", 20, 60);
  } else {
    if (random.isChosen(0.93)) {
      add("fulfil", 0.3, 2.5);
      if (random.isChosen(0.9)) add("deliver", 2.6, 8);
    }
    if (random.isChosen(0.08)) {
      add("refund", 4, 45);
      if (random.isChosen(0.2)) add("refund", 46, 160);
    }
    if (random.isChosen(0.03)) add("refundAll", 6, 40);
    if (random.isChosen(0.004)) add("restate", 1, 90);
  }
  return events.toSorted((a, b) => a.at - b.at);
}

export function orderHead(shop: ShopSeed, n: number, createdAt: number): OrderHead {
  const random = seededRandom(shop.seed, shop.domain, "head", n);
  const isGuest = random.isChosen(0.12);
  // Customers arrive over time: order n may only know the first part of them.
  const known = Math.max(1, Math.ceil((shop.customers * Math.min(n + 1, shop.orders)) / shop.orders));
  const customer = Math.floor(random.next() ** 1.3 * known);
  const isTest = random.isChosen(0.007);
  const isImported = random.isChosen(0.012);
  const draw = random.next();
  return {
    n,
    createdAt,
    processedAt: isImported ? createdAt - random.whole(300, 1500) * day : createdAt,
    customer: isGuest ? null : customer,
    isTest,
    payment: draw < 0.86 ? "card" : draw < 0.94 ? "authorized" : "onDelivery",
    planned: plan(shop, n, createdAt, isTest),
  };
}

/** What a list shows and a search filters by, from the kinds of what has happened. */
export function statusesOf(payment: Payment, kinds: readonly EventKind[]): { financial: string; fulfillment: string } {
  const has = (kind: EventKind): boolean => kinds.includes(kind);
  const paid = payment === "card" ? "PAID" : payment === "authorized" ? "AUTHORIZED" : "PENDING";
  const wentBack = has("refundAll") || (has("cancel") && payment === "card");
  const financial = wentBack
    ? "REFUNDED"
    : has("cancel")
      ? "VOIDED"
      : has("refund")
        ? "PARTIALLY_REFUNDED"
        : has("fulfil")
          ? "PAID"
          : paid;
  return { financial, fulfillment: has("fulfil") ? "FULFILLED" : "UNFULFILLED" };
}

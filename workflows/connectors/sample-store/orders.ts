// The orders of a sample store, day by day: made of the account, the day and nothing else. What has not happened yet is left out.
import { addDays, startOf } from "../days.ts";
import type { CustomerRecord, DayText, OrderLineRecord, OrderRecord, RefundRecord, SourceRecord } from "../records.ts";
import { between, thrown } from "../sample/dice.ts";
import type { Stretch } from "../sample/pages.ts";
import { money, type World } from "../sample/world.ts";

/** In dollars' worth. */
const GOODS = [
  { sku: "LS-101", title: "Linen shirt", price: 38 },
  { sku: "CK-118", title: "Cotton kurta", price: 29 },
  { sku: "WS-204", title: "Wool shawl", price: 54 },
  { sku: "SC-230", title: "Silk scarf", price: 24 },
  { sku: "CT-309", title: "Canvas tote", price: 17 },
  { sku: "LW-322", title: "Leather wallet", price: 31 },
  { sku: "BC-410", title: "Beeswax candle", price: 13 },
  { sku: "CM-415", title: "Clay mug", price: 11 },
] as const;
const REGULARS = 240;
const TAX = 0.12;
/** A refund comes within so many days. */
export const REFUNDED_WITHIN = 6;
const DAY_MS = 86_400_000;

interface Line {
  readonly n: number;
  readonly sku: string;
  readonly title: string;
  readonly quantity: number;
  readonly gross: number;
  readonly discount: number;
  readonly tax: number;
}

export interface Order {
  readonly id: string;
  readonly at: Date;
  readonly customer: string;
  /** Bought here for the first time with this order. */
  readonly isNew: boolean;
  readonly lines: readonly Line[];
  readonly shipping: number;
  /** Its first line came back; null where nothing did, or not yet. */
  readonly refundedAt: Date | null;
}

/** All that are there by now, in the order in which they came. */
export function ordersOf(world: World, day: DayText): Order[] {
  const from = startOf(day, world.zone);
  const lengthMs = startOf(addDays(day, 1), world.zone).getTime() - from.getTime();
  return Array.from({ length: countOf(world, day) }, (_, n) => orderOf(world, { day, n, from, lengthMs }))
    .filter(({ at }) => at <= world.now)
    .toSorted((one, other) => one.at.getTime() - other.at.getTime());
}

/** Twenty to forty: more at the end of the week. */
function countOf({ seed }: World, day: DayText): number {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return between(20, 32, seed, "orders", day) + (weekday === 0 || weekday === 6 ? 8 : weekday === 5 ? 4 : 0);
}

interface Place {
  readonly day: DayText;
  readonly n: number;
  readonly from: Date;
  readonly lengthMs: number;
}

function orderOf(world: World, { day, n, from, lengthMs }: Place): Order {
  const { seed, now } = world;
  const id = `${day}-${String(n + 1).padStart(2, "0")}`;
  // Two throws together: few at night, many in the middle of the day.
  const share = (thrown(seed, id, "early") + thrown(seed, id, "late") + 0.3) / 2.3;
  const at = new Date(from.getTime() + Math.floor((share * lengthMs) / 1000) * 1000);
  const lines = Array.from({ length: between(1, 3, seed, id, "lines") }, (_, line) => lineOf(world, id, line));
  const isNew = thrown(seed, id, "new") < 0.6;
  const sold = lines.reduce((sum, { gross }) => sum + gross, 0);
  const backAt = new Date(
    at.getTime() + Math.floor(thrown(seed, id, "days") * REFUNDED_WITHIN * DAY_MS * 0.99) + 3_600_000,
  );
  return {
    id,
    at,
    customer: isNew ? `n-${id}` : `r-${between(1, REGULARS, seed, id, "regular")}`,
    isNew,
    lines,
    shipping: sold >= 60 * world.level ? 0 : Math.round(4.9 * world.level),
    refundedAt: thrown(seed, id, "refund") < 0.06 && backAt <= now ? backAt : null,
  };
}

function lineOf({ seed, level }: World, order: string, n: number): Line {
  const good = GOODS[between(0, GOODS.length - 1, seed, order, n, "good")] ?? GOODS[0];
  const quantity = thrown(seed, order, n, "two") < 0.2 ? 2 : 1;
  const gross = Math.round(good.price * level) * quantity;
  const discount = thrown(seed, order, "discount") < 0.2 ? Math.round(gross * 0.1) : 0;
  const { sku, title } = good;
  return { n: n + 1, sku, title, quantity, gross, discount, tax: Math.round((gross - discount) * TAX) };
}

const sum = (lines: readonly Line[], of: "gross" | "discount" | "tax"): number =>
  lines.reduce((total, line) => total + line[of], 0);

export interface Sums {
  readonly gross: number;
  readonly discounts: number;
  readonly shipping: number;
  readonly tax: number;
}

export const sumsOf = ({ lines, shipping }: Order): Sums => ({
  gross: sum(lines, "gross"),
  discounts: sum(lines, "discount"),
  shipping,
  tax: sum(lines, "tax"),
});

export interface Returned {
  readonly returned: number;
  readonly tax: number;
}

export function returnedOf({ lines: [first] }: Order): Returned {
  if (first === undefined) return { returned: 0, tax: 0 };
  return { returned: first.gross - first.discount, tax: first.tax };
}

const isIn = (at: Date | null, { from, to }: Stretch): boolean => at !== null && at >= from && at < to;

export const wasMade = (order: Order, of: Stretch): boolean => isIn(order.at, of);
export const wasTouched = (order: Order, of: Stretch): boolean => isIn(order.at, of) || isIn(order.refundedAt, of);

/** The order and what came inside it, each as a record of its own. */
export function recordsOf(world: World, order: Order): SourceRecord[] {
  const { currency } = world;
  const { id: orderId, lines, refundedAt } = order;
  const versionAt = (refundedAt ?? order.at).toISOString();
  const ofOrder = { versionAt, orderId, currency, document: null };
  const ids = lines.map(({ n }) => `${orderId}-${n}`);
  const lineRecords = lines.map((line, place): OrderLineRecord => {
    const { gross, discount, tax, sku, title, quantity } = line;
    return {
      kind: "orderLine",
      id: ids[place] ?? "",
      ...ofOrder,
      sku,
      title,
      productId: sku,
      variantId: sku,
      quantity,
      gross: money(gross, world),
      discount: money(discount, world),
      tax: money(tax, world),
      isGiftCard: false,
    };
  });
  return [orderRecord(world, order, versionAt), ...lineRecords, ...refundRecords(world, order, ofOrder)];
}

function orderRecord(world: World, order: Order, versionAt: string): OrderRecord {
  const { gross, discounts, shipping, tax } = sumsOf(order);
  const at = order.at.toISOString();
  return {
    kind: "order",
    id: order.id,
    versionAt,
    document: null,
    name: `#${order.id}`,
    orderedAt: at,
    sourceCreatedAt: at,
    cancelledAt: null,
    isTest: false,
    currency: world.currency,
    gross: money(gross, world),
    discounts: money(discounts, world),
    shipping: money(shipping, world),
    tax: money(tax, world),
    duties: null,
    tips: null,
    total: money(gross - discounts + shipping + tax, world),
    taxesIncluded: false,
    customerId: order.customer,
    channel: "web",
    lineCount: order.lines.length,
  };
}

function refundRecords(
  world: World,
  order: Order,
  ofOrder: Pick<RefundRecord, "versionAt" | "orderId" | "currency" | "document">,
): RefundRecord[] {
  const { refundedAt, lines } = order;
  if (refundedAt === null) return [];
  const { returned, tax } = returnedOf(order);
  return [
    {
      kind: "refund",
      id: `${order.id}-r`,
      ...ofOrder,
      refundedAt: refundedAt.toISOString(),
      amount: money(returned + tax, world),
      returned: money(returned, world),
      returnedTax: money(tax, world),
      adjustments: money(0, world),
      returnedLines: [{ line: `${order.id}-1`, units: lines[0]?.quantity ?? 0 }],
    },
  ];
}

export const customerOf = ({ customer, at }: Order): CustomerRecord => ({
  kind: "customer",
  id: customer,
  versionAt: at.toISOString(),
  document: null,
  registeredAt: at.toISOString(),
  orderCount: null,
  spent: null,
  currency: null,
});

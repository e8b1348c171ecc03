// An order at one version: the draft with everything that has happened to it since. Pure, so that the ledger need
// only remember (order, version) and can say years later what exactly it served.
import { seededRandom } from "../../random.ts";
import { orderDraft, pickLine, taxOn, type DraftLine, type OrderDraft } from "./order-draft.ts";
import { statusesOf, type OrderEvent, type OrderHead } from "./order-head.ts";
import type { ShopSeed } from "./shop-seeds.ts";

export interface OrderLine extends DraftLine {
  currentQuantity: number;
  /** Units and money that refunds have taken back already. */
  refunded: { quantity: number; subtotal: number; tax: number };
}

export interface RefundLine {
  readonly k: number;
  readonly line: OrderLine;
  readonly quantity: number;
  readonly subtotal: number;
  readonly tax: number;
}

export interface RefundState {
  readonly k: number;
  readonly at: number;
  readonly lines: readonly RefundLine[];
  /** Below zero: more went back than the lines say; above zero: less. */
  readonly adjustment: number;
  readonly shipping: number;
  readonly total: number;
}

export interface TransactionState {
  readonly k: number;
  readonly kind: "SALE" | "AUTHORIZATION" | "CAPTURE" | "REFUND" | "VOID";
  readonly status: "SUCCESS" | "PENDING";
  readonly amount: number;
  readonly fee: number;
  readonly at: number;
  readonly parent: number | null;
}

export interface FulfilmentState {
  readonly k: number;
  readonly at: number;
  deliveredAt: number | null;
}

export interface OrderState {
  readonly shop: ShopSeed;
  readonly head: OrderHead;
  readonly draft: OrderDraft;
  readonly version: number;
  updatedAt: number;
  cancelledAt: number | null;
  isEdited: boolean;
  shipping: number;
  readonly lines: OrderLine[];
  readonly refunds: RefundState[];
  readonly transactions: TransactionState[];
  readonly fulfilments: FulfilmentState[];
  readonly statuses: { readonly financial: string; readonly fulfillment: string };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

export const discountsOf = (state: OrderState): number => sum(state.lines.map((line) => line.discount));
/** Where prices hold the tax, that of the shipping is inside them too; elsewhere shipping goes untaxed. */
export const shippingTaxOf = (state: OrderState): number =>
  state.shop.taxesIncluded ? taxOn(state.shop, state.shipping) : 0;
/** The order's tax: its lines' and its shipping's. */
export const taxOf = (state: OrderState): number => sum(state.lines.map((line) => line.tax)) + shippingTaxOf(state);
export const subtotalOf = (state: OrderState): number => sum(state.lines.map((line) => line.total - line.discount));
/** What the goods that came back had cost, before tax; a gift card is none of them. */
export const returnedOf = ({ lines }: RefundState, taxesIncluded: boolean): number =>
  sum(lines.map((each) => (each.line.isGiftCard ? 0 : each.subtotal - (taxesIncluded ? each.tax : 0))));
export const refundedOf = (state: OrderState): number => sum(state.refunds.map((each) => each.total));
export const totalOf = (state: OrderState): number =>
  subtotalOf(state) +
  state.shipping +
  state.draft.tips +
  state.draft.duties +
  (state.shop.taxesIncluded ? 0 : taxOf(state));

const openLine = (line: DraftLine): OrderLine => ({
  ...line,
  currentQuantity: line.quantity,
  refunded: { quantity: 0, subtotal: 0, tax: 0 },
});

function addTransaction(state: OrderState, kind: TransactionState["kind"], amount: number, at: number): void {
  const k = state.transactions.length;
  const isOurs = state.draft.gateway === "shopify_payments" && (kind === "SALE" || kind === "CAPTURE");
  const fee = isOurs
    ? Math.round(amount * 0.029) + (state.shop.exponent === 0 ? 30 : Math.round(0.3 * 10 ** state.shop.exponent))
    : 0;
  state.transactions.push({ k, kind, status: "SUCCESS", amount, fee, at, parent: k === 0 ? null : 0 });
}

function takeBack(line: OrderLine, k: number, quantity: number): RefundLine {
  const isLast = line.refunded.quantity + quantity === line.quantity;
  const net = line.total - line.discount;
  const subtotal = isLast ? net - line.refunded.subtotal : Math.floor((net * quantity) / line.quantity);
  const tax = isLast ? line.tax - line.refunded.tax : Math.floor((line.tax * quantity) / line.quantity);
  line.refunded.quantity += quantity;
  line.refunded.subtotal += subtotal;
  line.refunded.tax += tax;
  line.currentQuantity -= quantity;
  return { k, line, quantity, subtotal, tax };
}

function refund(state: OrderState, at: number, isWhole: boolean): void {
  const random = seededRandom(state.shop.seed, state.shop.domain, "refund", state.head.n, state.refunds.length);
  const open = state.lines.filter((line) => line.currentQuantity > 0);
  if (open.length === 0) return;
  const chosen = isWhole ? open : open.filter((_, i) => i === 0 || random.isChosen(0.3));
  const lines = chosen.map((line, k) =>
    takeBack(line, k, isWhole ? line.currentQuantity : random.whole(1, line.currentQuantity)),
  );
  const unit = 10 ** state.shop.exponent;
  const adjustment =
    isWhole || !random.isChosen(0.25) ? 0 : random.isChosen(0.5) ? -random.whole(1, 3 * unit) : random.whole(1, unit);
  const shipping = isWhole && random.isChosen(0.6) ? state.shipping : 0;
  const tax = state.shop.taxesIncluded ? 0 : sum(lines.map((line) => line.tax));
  const asked = sum(lines.map((line) => line.subtotal)) + tax + shipping - adjustment;
  const total = Math.max(0, Math.min(asked, totalOf(state) - refundedOf(state)));
  state.refunds.push({ k: state.refunds.length, at, lines, adjustment, shipping, total });
  if (total > 0) addTransaction(state, "REFUND", total, at);
}

/** A merchant adds one more thing to the order. */
function edit(state: OrderState): void {
  const random = seededRandom(state.shop.seed, state.shop.domain, "edit", state.head.n, state.lines.length);
  const line = pickLine(state.shop, random, state.lines.length);
  state.lines.push(openLine({ ...line, discount: 0, tax: line.isGiftCard ? 0 : taxOn(state.shop, line.total) }));
  state.isEdited = true;
}

function apply(state: OrderState, event: OrderEvent): void {
  state.updatedAt = Math.max(state.updatedAt, event.at);
  switch (event.kind) {
    case "fulfil":
      if (state.head.payment === "authorized") addTransaction(state, "CAPTURE", totalOf(state), event.at);
      if (state.head.payment === "onDelivery") addTransaction(state, "SALE", totalOf(state), event.at);
      state.fulfilments.push({ k: state.fulfilments.length, at: event.at, deliveredAt: null });
      return;
    case "deliver":
      for (const fulfilment of state.fulfilments) fulfilment.deliveredAt ??= event.at;
      return;
    case "refund":
      return refund(state, event.at, false);
    case "refundAll":
      return refund(state, event.at, true);
    case "cancel":
      state.cancelledAt ??= event.at;
      if (state.head.payment === "card") refund(state, event.at, true);
      else addTransaction(state, "VOID", totalOf(state), event.at);
      return;
    case "edit":
      return edit(state);
    case "restate":
      if (state.lines.some((line) => !line.isGiftCard)) state.shipping += Math.round(1.25 * 10 ** state.shop.exponent);
      return;
    case "touch":
    case "remove":
      return;
    default:
      return event.kind satisfies never;
  }
}

/** `past` is what had happened when the shop was seeded, `later` the first `version` things since. */
export function orderState(
  shop: ShopSeed,
  head: OrderHead,
  past: readonly OrderEvent[],
  later: readonly OrderEvent[],
): OrderState {
  const draft = orderDraft(shop, head.n);
  const events = [...past, ...later];
  const state: OrderState = {
    shop,
    head,
    draft,
    version: later.length,
    updatedAt: head.createdAt,
    cancelledAt: null,
    isEdited: false,
    shipping: draft.shipping,
    lines: draft.lines.map(openLine),
    refunds: [],
    transactions: [],
    fulfilments: [],
    statuses: statusesOf(
      head.payment,
      events.map((event) => event.kind),
    ),
  };
  if (head.payment === "card") addTransaction(state, "SALE", totalOf(state), head.createdAt);
  if (head.payment === "authorized") addTransaction(state, "AUTHORIZATION", totalOf(state), head.createdAt);
  for (const event of events) apply(state, event);
  return state;
}

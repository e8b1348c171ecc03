// What a record held at one version, told again for whoever checks: ids, times and exact amounts.
import { isoSeconds } from "../clock.ts";
import { amountText } from "./admin/money.ts";
import { discountsOf, refundedOf, returnedOf, taxOf, totalOf, type OrderState } from "./seed/order-state.ts";
import type { Shop } from "./seed/shop.ts";

export interface ToldLine {
  readonly id: string;
  readonly quantity: number;
  readonly gross: string;
  readonly discount: string;
  readonly tax: string;
  readonly isGiftCard: boolean;
}

export interface ToldRefund {
  readonly id: string;
  readonly refundedAt: string;
  readonly amount: string;
  readonly returned: string;
  readonly returnedTax: string;
  readonly adjustments: string;
}

export interface ToldTransaction {
  readonly id: string;
  readonly kind: string;
  readonly amount: string;
  readonly fee: string;
}

export interface ToldFulfilment {
  readonly id: string;
  readonly shippedAt: string;
  readonly deliveredAt: string | null;
}

export interface ToldOrder {
  readonly kind: "order";
  readonly id: string;
  readonly version: number;
  readonly versionAt: string;
  readonly deletedAt: string | null;
  readonly name: string;
  readonly createdAt: string;
  readonly orderedAt: string;
  readonly cancelledAt: string | null;
  readonly isTest: boolean;
  readonly customerId: string | null;
  readonly currency: string;
  readonly total: string;
  readonly discounts: string;
  readonly shipping: string;
  readonly tax: string;
  readonly duties: string;
  readonly tips: string;
  readonly refunded: string;
  readonly lines: readonly ToldLine[];
  readonly refunds: readonly ToldRefund[];
  readonly transactions: readonly ToldTransaction[];
  readonly fulfilments: readonly ToldFulfilment[];
}

function refundsOf(state: OrderState, part: (k: number) => string, amount: (minor: number) => string): ToldRefund[] {
  return state.refunds.map((refund) => ({
    id: part(refund.k),
    refundedAt: isoSeconds(refund.at),
    amount: amount(refund.total),
    returned: amount(returnedOf(refund, state.shop.taxesIncluded)),
    returnedTax: amount(refund.lines.reduce((sum, line) => sum + line.tax, 0)),
    adjustments: amount(refund.adjustment),
  }));
}

/** Ids here are the bare numbers, without `gid://shopify/<Type>/`. */
export function tellOrder(shop: Shop, state: OrderState, deletedAt: number | null): ToldOrder {
  const { n } = state.head;
  const amount = (minor: number): string => amountText(minor, state.shop.exponent);
  const part = (k: number): string => String(shop.childId(n, k));
  const iso = (seconds: number | null): string | null => (seconds === null ? null : isoSeconds(seconds));
  return {
    kind: "order",
    id: String(shop.numericId(n)),
    version: state.version,
    versionAt: isoSeconds(state.updatedAt),
    deletedAt: iso(deletedAt),
    name: `#${1001 + n}`,
    createdAt: isoSeconds(state.head.createdAt),
    orderedAt: isoSeconds(state.head.processedAt),
    cancelledAt: iso(state.cancelledAt),
    isTest: state.head.isTest,
    customerId: state.head.customer === null ? null : String(shop.numericId(state.head.customer)),
    currency: state.shop.currency,
    total: amount(totalOf(state)),
    discounts: amount(discountsOf(state)),
    shipping: amount(state.shipping),
    tax: amount(taxOf(state)),
    duties: amount(state.draft.duties),
    tips: amount(state.draft.tips),
    refunded: amount(refundedOf(state)),
    lines: state.lines.map((line) => ({
      id: part(line.k),
      quantity: line.quantity,
      gross: amount(line.total),
      discount: amount(line.discount),
      tax: amount(line.tax),
      isGiftCard: line.isGiftCard,
    })),
    refunds: refundsOf(state, part, amount),
    transactions: state.transactions.map((each) => ({
      id: part(each.k),
      kind: each.kind,
      amount: amount(each.amount),
      fee: amount(each.fee),
    })),
    fulfilments: state.fulfilments.map((each) => ({
      id: part(each.k),
      shippedAt: isoSeconds(each.at),
      deliveredAt: iso(each.deliveredAt),
    })),
  };
}

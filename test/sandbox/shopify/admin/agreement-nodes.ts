// An order's agreements: every sale, edit and refund as a signed entry of a ledger, dated by when it happened.
import { isoSeconds } from "../../clock.ts";
import type { OrderLine, OrderState } from "../seed/order-state.ts";
import { gid, type AdminContext } from "./context.ts";
import { moneyBag } from "./money.ts";
import { LineItemNode } from "./order-part-nodes.ts";
import { pageOfList, type PageArguments } from "./paging.ts";

interface Entry {
  readonly type: "ORDER" | "RETURN";
  readonly line: OrderLine | null;
  readonly lineType: "PRODUCT" | "GIFT_CARD" | "SHIPPING" | "TIP" | "ADJUSTMENT";
  readonly quantity: number | null;
  readonly amount: number;
  readonly tax: number;
  readonly discount: number;
}

const typenameByLine = {
  PRODUCT: "ProductSale",
  GIFT_CARD: "GiftCardSale",
  SHIPPING: "ShippingLineSale",
  TIP: "TipSale",
  ADJUSTMENT: "AdjustmentSale",
} as const;

function placed(state: OrderState): Entry[] {
  const lines = state.lines.map((line): Entry => ({
    type: "ORDER",
    line,
    lineType: line.isGiftCard ? "GIFT_CARD" : "PRODUCT",
    quantity: line.quantity,
    amount: line.total - line.discount + (state.shop.taxesIncluded ? 0 : line.tax),
    tax: line.tax,
    discount: line.discount,
  }));
  const shipping: Entry = {
    type: "ORDER",
    line: null,
    lineType: "SHIPPING",
    quantity: 1,
    amount: state.shipping,
    tax: 0,
    discount: 0,
  };
  return state.shipping === 0 ? lines : [...lines, shipping];
}

function returned(state: OrderState, k: number): Entry[] {
  const refund = state.refunds[k];
  if (!refund) return [];
  const lines = refund.lines.map((each): Entry => ({
    type: "RETURN",
    line: each.line,
    lineType: each.line.isGiftCard ? "GIFT_CARD" : "PRODUCT",
    quantity: -each.quantity,
    amount: -each.subtotal - (state.shop.taxesIncluded ? 0 : each.tax),
    tax: -each.tax,
    discount: 0,
  }));
  const adjustment: Entry = {
    type: "RETURN",
    line: null,
    lineType: "ADJUSTMENT",
    quantity: null,
    amount: refund.adjustment,
    tax: 0,
    discount: 0,
  };
  return refund.adjustment === 0 ? lines : [...lines, adjustment];
}

interface Agreement {
  readonly type: string;
  readonly reason: string;
  /** Its place among the order's. */
  readonly k: number;
  readonly at: number;
  readonly entries: readonly Entry[];
}

export function agreementNodes(state: OrderState, context: AdminContext): object[] {
  const bag = (minor: number) => moneyBag(state.shop, minor, state.draft.isPresented);
  const sale = (entry: Entry, k: number) => ({
    __typename: typenameByLine[entry.lineType],
    id: gid("Sale", context.shop.childId(state.head.n, k)),
    actionType: entry.type,
    lineType: entry.lineType,
    quantity: entry.quantity,
    totalAmount: bag(entry.amount),
    totalTaxAmount: bag(entry.tax),
    taxes: [],
    totalDiscountAmountBeforeTaxes: bag(entry.discount),
    totalDiscountAmountAfterTaxes: bag(entry.discount),
    lineItem: entry.line ? new LineItemNode(entry.line, state, context) : null,
  });
  const agreement = ({ type, reason, k, at, entries }: Agreement) => ({
    __typename: type,
    id: gid(type, context.shop.childId(state.head.n, k)),
    happenedAt: isoSeconds(at),
    reason,
    app: null,
    user: null,
    sales: (args: PageArguments) =>
      pageOfList(
        entries.map((entry, i) => sale(entry, k * 330 + i)),
        args,
        context.isBulk,
      ),
  });
  return [
    agreement({ type: "OrderAgreement", reason: "ORDER", k: 0, at: state.head.processedAt, entries: placed(state) }),
    ...state.refunds.map((refund, i) =>
      agreement({ type: "RefundAgreement", reason: "REFUND", k: i + 1, at: refund.at, entries: returned(state, i) }),
    ),
  ];
}

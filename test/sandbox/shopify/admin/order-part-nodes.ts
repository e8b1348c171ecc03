// The parts of an order: lines, refunds, transactions, fulfilments. Their ids are the order's number times a thousand
// plus their place, so that an id alone finds its order again.
import { isoSeconds } from "../../clock.ts";
import {
  shippingTaxOf,
  type FulfilmentState,
  type OrderLine,
  type OrderState,
  type RefundLine,
  type RefundState,
  type TransactionState,
} from "../seed/order-state.ts";
import { gid, type AdminContext } from "./context.ts";
import { moneyBag, shopMoney, type MoneyBag } from "./money.ts";
import { pageOfList, type PageArguments } from "./paging.ts";
import { productNode, variantNode } from "./product-nodes.ts";

abstract class Part {
  protected readonly state: OrderState;
  protected readonly context: AdminContext;

  constructor(state: OrderState, context: AdminContext) {
    this.state = state;
    this.context = context;
  }
  protected bag(minor: number): MoneyBag {
    return moneyBag(this.state.shop, minor, this.state.draft.isPresented);
  }
  protected part(type: string, k: number): string {
    return gid(type, this.context.shop.childId(this.state.head.n, k));
  }
  get order() {
    return this.context.orderNode(this.state);
  }
}

export class LineItemNode extends Part {
  readonly __typename = "LineItem";
  readonly #line: OrderLine;

  constructor(line: OrderLine, state: OrderState, context: AdminContext) {
    super(state, context);
    this.#line = line;
  }
  get id() {
    return this.part("LineItem", this.#line.k);
  }
  get name() {
    return `${this.#line.title} - ${this.#line.variantTitle}`;
  }
  get title() {
    return this.#line.title;
  }
  get variantTitle() {
    return this.#line.variantTitle;
  }
  get sku() {
    return this.#line.sku;
  }
  get vendor() {
    return this.state.shop.name;
  }
  get quantity() {
    return this.#line.quantity;
  }
  get currentQuantity() {
    return this.#line.currentQuantity;
  }
  get refundableQuantity() {
    return this.#line.currentQuantity;
  }
  get isGiftCard() {
    return this.#line.isGiftCard;
  }
  get taxable() {
    return !this.#line.isGiftCard;
  }
  get requiresShipping() {
    return !this.#line.isGiftCard;
  }
  get product() {
    return productNode(this.context, this.#line.product);
  }
  get variant() {
    return variantNode(this.context, this.#line.variant);
  }
  get originalUnitPriceSet() {
    return this.bag(this.#line.unit);
  }
  get originalTotalSet() {
    return this.bag(this.#line.total);
  }
  get totalDiscountSet() {
    return this.bag(0);
  }
  // The discounts here are order-level codes: only the variant of the field that counts codes shows them.
  discountedTotalSet(args: { withCodeDiscounts?: boolean | null }) {
    return this.bag(this.#line.total - (args.withCodeDiscounts ? this.#line.discount : 0));
  }
  get discountedUnitPriceSet() {
    return this.bag(this.#line.unit);
  }
  get discountAllocations() {
    return this.#line.discount === 0
      ? []
      : [
          {
            allocatedAmountSet: this.bag(this.#line.discount),
            allocatedAmount: shopMoney(this.state.shop, this.#line.discount),
          },
        ];
  }
  get duties() {
    return [];
  }
  get customAttributes() {
    return [];
  }
  taxLines(): readonly object[] {
    if (this.#line.tax === 0) return [];
    return [
      {
        title: "Tax",
        rate: this.state.shop.taxRate,
        ratePercentage: this.state.shop.taxRate * 100,
        priceSet: this.bag(this.#line.tax),
        source: null,
        channelLiable: false,
      },
    ];
  }
}

class RefundLineNode extends Part {
  readonly __typename = "RefundLineItem";
  readonly #line: RefundLine;
  readonly #refund: RefundState;

  constructor(line: RefundLine, refund: RefundState, state: OrderState, context: AdminContext) {
    super(state, context);
    this.#line = line;
    this.#refund = refund;
  }
  get id() {
    return this.part("RefundLineItem", this.#refund.k * 330 + this.#line.k);
  }
  get lineItem() {
    return new LineItemNode(this.#line.line, this.state, this.context);
  }
  get quantity() {
    return this.#line.quantity;
  }
  get restockType() {
    return "RETURN";
  }
  get restocked() {
    return true;
  }
  get priceSet() {
    return this.bag(this.#line.line.unit);
  }
  get subtotalSet() {
    return this.bag(this.#line.subtotal);
  }
  get totalTaxSet() {
    return this.bag(this.#line.tax);
  }
}

export class RefundNode extends Part {
  readonly __typename = "Refund";
  readonly #refund: RefundState;

  constructor(refund: RefundState, state: OrderState, context: AdminContext) {
    super(state, context);
    this.#refund = refund;
  }
  get id() {
    return this.part("Refund", this.#refund.k);
  }
  get legacyResourceId() {
    return String(this.context.shop.childId(this.state.head.n, this.#refund.k));
  }
  get createdAt() {
    return isoSeconds(this.#refund.at);
  }
  get processedAt() {
    return isoSeconds(this.#refund.at);
  }
  get updatedAt() {
    return isoSeconds(this.#refund.at);
  }
  get note() {
    return null;
  }
  get duties() {
    return [];
  }
  get totalRefundedSet() {
    return this.bag(this.#refund.total);
  }
  refundLineItems(args: PageArguments) {
    return pageOfList(
      this.#refund.lines.map((line) => new RefundLineNode(line, this.#refund, this.state, this.context)),
      args,
      this.context.isBulk,
    );
  }
  orderAdjustments(args: PageArguments) {
    const one = {
      __typename: "OrderAdjustment",
      id: this.part("OrderAdjustment", this.#refund.k),
      reason: "REFUND_DISCREPANCY",
      amountSet: this.bag(this.#refund.adjustment),
      taxAmountSet: this.bag(0),
    };
    return pageOfList(this.#refund.adjustment === 0 ? [] : [one], args, this.context.isBulk);
  }
  refundShippingLines(args: PageArguments) {
    const one = {
      __typename: "RefundShippingLine",
      id: this.part("RefundShippingLine", this.#refund.k),
      subtotalAmountSet: this.bag(this.#refund.shipping),
      taxAmountSet: this.bag(0),
    };
    return pageOfList(this.#refund.shipping === 0 ? [] : [one], args, this.context.isBulk);
  }
  transactions(args: PageArguments) {
    const own = this.state.transactions.filter((each) => each.kind === "REFUND" && each.at === this.#refund.at);
    return pageOfList(
      own.map((each) => new TransactionNode(each, this.state, this.context)),
      args,
      this.context.isBulk,
    );
  }
}

export class TransactionNode extends Part {
  readonly __typename = "OrderTransaction";
  readonly #transaction: TransactionState;

  constructor(transaction: TransactionState, state: OrderState, context: AdminContext) {
    super(state, context);
    this.#transaction = transaction;
  }
  get id() {
    return this.part("OrderTransaction", this.#transaction.k);
  }
  get kind() {
    return this.#transaction.kind;
  }
  get status() {
    return this.#transaction.status;
  }
  get gateway() {
    return this.state.draft.gateway;
  }
  get formattedGateway() {
    return this.state.draft.gateway;
  }
  get test() {
    return this.state.head.isTest;
  }
  get createdAt() {
    return isoSeconds(this.#transaction.at);
  }
  get processedAt() {
    return isoSeconds(this.#transaction.at);
  }
  get amountSet() {
    return this.bag(this.#transaction.amount);
  }
  get parentTransaction() {
    const parent = this.state.transactions.find((each) => each.k === this.#transaction.parent);
    return parent ? new TransactionNode(parent, this.state, this.context) : null;
  }
  get fees() {
    if (this.#transaction.fee === 0) return [];
    const { shop } = this.state;
    return [
      {
        id: this.part("TransactionFee", this.#transaction.k),
        type: "processing_fee",
        rate: "0.029",
        rateName: "Online card",
        flatFeeName: "Fixed",
        taxAmount: shopMoney(shop, 0),
        amount: shopMoney(shop, this.#transaction.fee),
        flatFee: shopMoney(shop, shop.exponent === 0 ? 30 : Math.round(0.3 * 10 ** shop.exponent)),
      },
    ];
  }
}

export class FulfilmentNode extends Part {
  readonly __typename = "Fulfillment";
  readonly #fulfilment: FulfilmentState;

  constructor(fulfilment: FulfilmentState, state: OrderState, context: AdminContext) {
    super(state, context);
    this.#fulfilment = fulfilment;
  }
  get id() {
    return this.part("Fulfillment", this.#fulfilment.k);
  }
  get legacyResourceId() {
    return String(this.context.shop.childId(this.state.head.n, this.#fulfilment.k));
  }
  get name() {
    return `#${1001 + this.state.head.n}-F${this.#fulfilment.k + 1}`;
  }
  get status() {
    return "SUCCESS";
  }
  get displayStatus() {
    return this.#fulfilment.deliveredAt === null ? "FULFILLED" : "DELIVERED";
  }
  get createdAt() {
    return isoSeconds(this.#fulfilment.at);
  }
  get updatedAt() {
    return isoSeconds(this.#fulfilment.deliveredAt ?? this.#fulfilment.at);
  }
  get deliveredAt() {
    return this.#fulfilment.deliveredAt === null ? null : isoSeconds(this.#fulfilment.deliveredAt);
  }
  get requiresShipping() {
    return true;
  }
  get totalQuantity() {
    return this.state.lines.reduce((sum, line) => sum + line.quantity, 0);
  }
  trackingInfo() {
    return [
      {
        company: this.state.head.n % 3 === 0 ? null : "Blue Dart",
        number: `TRK${this.state.head.n}-${this.#fulfilment.k}`,
        url: null,
      },
    ];
  }
}

function shippingTaxLines(state: OrderState): object[] {
  const tax = shippingTaxOf(state);
  if (tax === 0) return [];
  const rate = state.shop.taxRate;
  const priceSet = moneyBag(state.shop, tax, state.draft.isPresented);
  return [{ title: "Tax", rate, ratePercentage: rate * 100, priceSet, source: null, channelLiable: false }];
}

export function shippingLineNode(state: OrderState, context: AdminContext): object {
  const price = moneyBag(state.shop, state.shipping, state.draft.isPresented);
  return {
    __typename: "ShippingLine",
    id: gid("ShippingLine", context.shop.childId(state.head.n, 0)),
    title: "Standard",
    code: "standard",
    source: "shopify",
    originalPriceSet: price,
    discountedPriceSet: price,
    taxLines: shippingTaxLines(state),
  };
}

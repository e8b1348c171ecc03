// An order as the Admin API shows it. Getters and methods carry the schema's own field names; what the schema has and
// this class has not is refused in words by the executor, never answered with a silent null.
import { isoSeconds } from "../../clock.ts";
import { discountsOf, refundedOf, subtotalOf, taxOf, totalOf, type OrderState } from "../seed/order-state.ts";
import { agreementNodes } from "./agreement-nodes.ts";
import { gid, type AdminContext } from "./context.ts";
import { customerNode } from "./customer-node.ts";
import { moneyBag, shopMoney, type MoneyBag } from "./money.ts";
import { FulfilmentNode, LineItemNode, RefundNode, shippingLineNode, TransactionNode } from "./order-part-nodes.ts";
import { pageOfList, type Connection, type PageArguments } from "./paging.ts";

const iso = (seconds: number | null): string | null => (seconds === null ? null : isoSeconds(seconds));
const firstOf = <T>(list: readonly T[], first: number | null | undefined): readonly T[] =>
  first == null ? list : list.slice(0, first);

export class OrderNode {
  readonly __typename = "Order";
  readonly #state: OrderState;
  readonly #context: AdminContext;

  constructor(state: OrderState, context: AdminContext) {
    this.#state = state;
    this.#context = context;
  }

  #bag(minor: number): MoneyBag {
    return moneyBag(this.#state.shop, minor, this.#state.draft.isPresented);
  }

  get id() {
    return gid("Order", this.#context.shop.numericId(this.#state.head.n));
  }
  get legacyResourceId() {
    return String(this.#context.shop.numericId(this.#state.head.n));
  }
  get name() {
    return `#${1001 + this.#state.head.n}`;
  }
  get number() {
    return 1001 + this.#state.head.n;
  }
  get createdAt() {
    return isoSeconds(this.#state.head.createdAt);
  }
  get processedAt() {
    return isoSeconds(this.#state.head.processedAt);
  }
  get updatedAt() {
    return isoSeconds(this.#state.updatedAt);
  }
  get cancelledAt() {
    return iso(this.#state.cancelledAt);
  }
  get cancelReason() {
    return this.#state.cancelledAt === null ? null : "CUSTOMER";
  }
  get closed() {
    return this.#state.cancelledAt !== null;
  }
  get closedAt() {
    return iso(this.#state.cancelledAt);
  }
  get confirmed() {
    return true;
  }
  get test() {
    return this.#state.head.isTest;
  }
  get edited() {
    return this.#state.isEdited;
  }
  get displayFinancialStatus() {
    return this.#state.statuses.financial;
  }
  get displayFulfillmentStatus() {
    return this.#state.statuses.fulfillment;
  }
  get currencyCode() {
    return this.#state.shop.currency;
  }
  get presentmentCurrencyCode() {
    return this.#bag(0).presentmentMoney.currencyCode;
  }
  get taxesIncluded() {
    return this.#state.shop.taxesIncluded;
  }
  get sourceName() {
    return this.#state.draft.sourceName;
  }
  get note() {
    return this.#state.draft.note;
  }
  get tags() {
    return this.#state.draft.tags;
  }
  get email() {
    return this.#state.head.customer === null ? null : `customer-${this.#state.head.customer}@example.com`;
  }
  get phone() {
    return null;
  }
  get discountCode() {
    return this.#state.draft.discountCode;
  }
  get discountCodes() {
    return this.#state.draft.discountCode === null ? [] : [this.#state.draft.discountCode];
  }
  get paymentGatewayNames() {
    return [this.#state.draft.gateway];
  }
  get subtotalLineItemsQuantity() {
    return this.#state.lines.reduce((sum, line) => sum + line.quantity, 0);
  }
  get currentSubtotalLineItemsQuantity() {
    return this.#state.lines.reduce((sum, line) => sum + line.currentQuantity, 0);
  }

  get subtotalPriceSet() {
    return this.#bag(subtotalOf(this.#state));
  }
  get totalDiscountsSet() {
    return this.#bag(discountsOf(this.#state));
  }
  get totalShippingPriceSet() {
    return this.#bag(this.#state.shipping);
  }
  get totalTaxSet() {
    return this.#bag(taxOf(this.#state));
  }
  get totalTipReceivedSet() {
    return this.#bag(this.#state.draft.tips);
  }
  get totalTipReceived() {
    return shopMoney(this.#state.shop, this.#state.draft.tips);
  }
  get originalTotalDutiesSet() {
    return this.#state.draft.duties === 0 ? null : this.#bag(this.#state.draft.duties);
  }
  get currentTotalDutiesSet() {
    return this.originalTotalDutiesSet;
  }
  get originalTotalAdditionalFeesSet() {
    return null;
  }
  get totalPriceSet() {
    return this.#bag(totalOf(this.#state));
  }
  get originalTotalPriceSet() {
    return this.#bag(totalOf(this.#state));
  }
  get currentTotalPriceSet() {
    return this.#bag(totalOf(this.#state) - refundedOf(this.#state));
  }
  get currentSubtotalPriceSet() {
    return this.#bag(
      subtotalOf(this.#state) - this.#state.lines.reduce((sum, line) => sum + line.refunded.subtotal, 0),
    );
  }
  get currentTotalTaxSet() {
    return this.#bag(taxOf(this.#state) - this.#state.lines.reduce((sum, line) => sum + line.refunded.tax, 0));
  }
  get currentTotalDiscountsSet() {
    return this.#bag(discountsOf(this.#state));
  }
  get currentShippingPriceSet() {
    return this.#bag(this.#state.shipping);
  }
  get totalRefundedSet() {
    return this.#bag(refundedOf(this.#state));
  }
  get totalRefundedShippingSet() {
    return this.#bag(this.#state.refunds.reduce((sum, refund) => sum + refund.shipping, 0));
  }
  get #paid() {
    return this.#state.transactions.reduce(
      (sum, each) => sum + (each.kind === "SALE" || each.kind === "CAPTURE" ? each.amount : 0),
      0,
    );
  }
  get totalReceivedSet() {
    return this.#bag(this.#paid);
  }
  get netPaymentSet() {
    return this.#bag(this.#paid - refundedOf(this.#state));
  }
  get totalOutstandingSet() {
    return this.#bag(totalOf(this.#state) - this.#paid);
  }

  get customer() {
    return this.#state.head.customer === null ? null : customerNode(this.#context, this.#state.head.customer);
  }
  get customerJourneySummary() {
    return this.#state.head.customer === null
      ? null
      : {
          ready: true,
          customerOrderIndex: null,
          daysToConversion: null,
          momentsCount: { count: 0, precision: "EXACT" },
        };
  }
  get taxLines() {
    return taxOf(this.#state) === 0
      ? []
      : [
          {
            title: "Tax",
            rate: this.#state.shop.taxRate,
            ratePercentage: this.#state.shop.taxRate * 100,
            priceSet: this.#bag(taxOf(this.#state)),
            source: null,
            channelLiable: false,
          },
        ];
  }
  get shippingLine() {
    return this.#state.shipping === 0 ? null : shippingLineNode(this.#state, this.#context);
  }
  get transactionsCount() {
    return { count: this.#state.transactions.length, precision: "EXACT" };
  }
  get fulfillmentsCount() {
    return { count: this.#state.fulfilments.length, precision: "EXACT" };
  }
  get returnStatus() {
    return "NO_RETURN";
  }

  shippingLines(args: PageArguments) {
    return pageOfList(
      this.#state.shipping === 0 ? [] : [shippingLineNode(this.#state, this.#context)],
      args,
      this.#context.isBulk,
    );
  }
  lineItems(args: PageArguments): Connection<LineItemNode> {
    return pageOfList(
      this.#state.lines.map((line) => new LineItemNode(line, this.#state, this.#context)),
      args,
      this.#context.isBulk,
    );
  }
  refunds(args: { first?: number | null }) {
    return firstOf(this.#state.refunds, args.first).map((refund) => new RefundNode(refund, this.#state, this.#context));
  }
  transactions(args: { first?: number | null }) {
    return firstOf(this.#state.transactions, args.first).map(
      (each) => new TransactionNode(each, this.#state, this.#context),
    );
  }
  fulfillments(args: { first?: number | null }) {
    return firstOf(this.#state.fulfilments, args.first).map(
      (each) => new FulfilmentNode(each, this.#state, this.#context),
    );
  }
  agreements(args: PageArguments) {
    return pageOfList(agreementNodes(this.#state, this.#context), args, this.#context.isBulk);
  }
  returns(args: PageArguments) {
    return pageOfList([], args, this.#context.isBulk);
  }
}

// An order and everything that came inside it, each as a record of its own with the order's version.
import {
  childOrNull,
  childrenOf,
  documentOf,
  instantOf,
  instantOrNull,
  listOf,
  mapped,
  textOf,
  textOrNull,
  Unmappable,
  wholeNumberOf,
  yesOrNo,
  type Fields,
} from "../../read-fields.ts";
import type {
  FeeRecord,
  FulfilmentRecord,
  OrderLineRecord,
  OrderRecord,
  RecordKind,
  RejectedRecord,
  SourceRecord,
  TransactionRecord,
} from "../../records.ts";
import { sumOf } from "../../decimal.ts";
import { amountIn, shopMoney, shopMoneyOrNull, sumOfList } from "./money.ts";
import type { Mapped, Parent } from "./mapped.ts";
import { refundRecord } from "./refund.ts";

/** An order as assembled from a page or from bulk lines. */
export type OrderGroup = {
  readonly order: Fields;
  readonly lines: readonly Fields[];
  /** With their lines and adjustments, drained. */
  readonly refunds: readonly Fields[];
  /** All of its lines are here, so that one that we hold beyond them is gone. */
  readonly isWhole: boolean;
  /** That it names no customer says nothing. */
  readonly isCustomerDenied?: boolean;
};
/** What is not the order's own: children with records of their own, and what the bulk way adds. */
const NOT_THE_ORDERS = new Set(["lineItems", "refunds", "transactions", "fulfillments", "__typename", "__parentId"]);
const ADDED_BY_BULK = new Set(["__typename", "__parentId"]);
const NOT_THE_TRANSACTIONS = new Set(["fees"]);

const WHOLE: readonly RecordKind[] = ["orderLine", "refund", "transaction", "fulfilment", "fee"];

export function mapOrder(group: OrderGroup): Mapped {
  const { order } = group;
  const own = mapped("order", order, (fields) => orderRecord(fields, group));
  // Without the order's id and version its children cannot be placed: they stand whole in its rejected document.
  if ("rejected" in own) return { records: [], rejected: [own.rejected] };
  const records: SourceRecord[] = [];
  const rejected: RejectedRecord[] = [];
  const { id: orderId, versionAt, taxesIncluded } = own.record;
  const parent = { orderId, versionAt, taxesIncluded };
  const take = (kind: RecordKind, children: readonly Fields[], map: (child: Fields) => SourceRecord[]) => {
    for (const child of children) {
      const result = mapped(kind, child, map);
      if ("rejected" in result) rejected.push(result.rejected);
      else records.push(...result.record);
    }
  };
  const ofLines = { ...parent, isTipped: own.record.tips !== null && /[1-9]/.test(own.record.tips) };
  take("orderLine", group.lines, (child) => [orderLineRecord(child, ofLines)]);
  take("refund", group.refunds, (child) => [refundRecord(child, parent)]);
  take("transaction", listOf(order, "transactions"), (child) => transactionAndFees(child, parent));
  take("fulfilment", listOf(order, "fulfillments"), (child) => [fulfilmentRecord(child, parent)]);
  const complete = group.isWhole ? { childrenComplete: completeKinds(rejected) } : {};
  return { records: [{ ...own.record, ...complete }, ...records], rejected };
}

/** A child that could not be mapped lives at the source all the same: of its kind not all are here. */
function completeKinds(rejected: readonly RejectedRecord[]): RecordKind[] {
  const broken = new Set(rejected.map(({ kind }) => kind));
  // Fees come inside their transaction, and are lost with it.
  if (broken.has("transaction")) broken.add("fee");
  return WHOLE.filter((kind) => !broken.has(kind));
}

/** What was asked for and is not there: the shop's API has changed under us. */
function assertComplete(order: Fields, isWhole: boolean): void {
  for (const list of ["refunds", "transactions", "fulfillments"]) listOf(order, list);
  if (isWhole && childOrNull(order, "lineItems") === null) throw new Unmappable("missing", "lineItems");
}

function orderRecord(order: Fields, { isWhole, isCustomerDenied = false }: OrderGroup): OrderRecord {
  assertComplete(order, isWhole);
  const total = shopMoney(order, "totalPriceSet");
  const customer = childOrNull(order, "customer");
  const amountOf = (name: string) => shopMoneyOrNull(order, name)?.amount ?? null;
  return {
    kind: "order",
    id: textOf(order, "id"),
    versionAt: instantOf(order, "updatedAt"),
    document: documentOf(order, NOT_THE_ORDERS),
    name: textOrNull(order, "name"),
    orderedAt: instantOf(order, "processedAt"),
    sourceCreatedAt: instantOf(order, "createdAt"),
    cancelledAt: instantOrNull(order, "cancelledAt"),
    isTest: yesOrNo(order, "test"),
    currency: total.currency,
    gross: null,
    discounts: amountOf("totalDiscountsSet"),
    shipping: amountOf("totalShippingPriceSet"),
    tax: amountOf("totalTaxSet"),
    // Of those alone that sell abroad: who does not know them has none.
    duties: order["originalTotalDutiesSet"] === undefined ? null : amountOf("originalTotalDutiesSet"),
    tips: amountOf("totalTipReceivedSet"),
    total: total.amount,
    taxesIncluded: yesOrNo(order, "taxesIncluded"),
    ...(customer === null && isCustomerDenied ? {} : { customerId: customer === null ? null : textOf(customer, "id") }),
    channel: textOrNull(order, "sourceName"),
    lineCount: null,
  };
}

/** A tip stands among the lines as well, known by its title alone and by being of no product; no field says what it is. */
const isTip = (line: Fields): boolean =>
  line["title"] === "Tip" && ["product", "variant", "sku"].every((name) => (line[name] ?? null) === null);

type OfLine = Omit<Parent, "taxesIncluded"> & { readonly isTipped: boolean };

export function orderLineRecord(line: Fields, { orderId, versionAt, isTipped }: OfLine): OrderLineRecord {
  const gross = shopMoney(line, "originalTotalSet");
  const idIn = (name: string) => {
    const child = childOrNull(line, name);
    return child === null ? null : textOf(child, "id");
  };
  return {
    kind: "orderLine",
    id: textOf(line, "id"),
    versionAt,
    document: documentOf(line, ADDED_BY_BULK),
    orderId,
    sku: textOrNull(line, "sku"),
    title: textOrNull(line, "title"),
    productId: idIn("product"),
    variantId: idIn("variant"),
    quantity: wholeNumberOf(line, "quantity"),
    gross: gross.amount,
    discount: sumOfList(line, "discountAllocations", "allocatedAmountSet"),
    tax: sumOfList(line, "taxLines", "priceSet"),
    isGiftCard: yesOrNo(line, "isGiftCard") || (isTipped && isTip(line)),
    currency: gross.currency,
  };
}

function transactionAndFees(transaction: Fields, parent: Parent): (TransactionRecord | FeeRecord)[] {
  const amount = shopMoney(transaction, "amountSet");
  const fees = listOf(transaction, "fees");
  const id = textOf(transaction, "id");
  // Made, but not processed yet: it stands at its making, wherever its order goes on to.
  const processedAt = instantOrNull(transaction, "processedAt") ?? instantOrNull(transaction, "createdAt");
  const feesOf = { ...parent, transactionId: id, chargedAt: processedAt ?? parent.versionAt };
  const record: TransactionRecord = {
    kind: "transaction",
    id,
    versionAt: parent.versionAt,
    document: documentOf(transaction, NOT_THE_TRANSACTIONS),
    orderId: parent.orderId,
    transactionKind: textOf(transaction, "kind").toLowerCase(),
    status: textOf(transaction, "status").toLowerCase(),
    gateway: textOrNull(transaction, "gateway"),
    amount: amount.amount,
    fee: fees.length === 0 ? null : sumOf(fees.map((fee) => amountIn(childOrNull(fee, "amount") ?? {}).amount)),
    currency: amount.currency,
    processedAt,
    isTest: yesOrNo(transaction, "test"),
  };
  return [record, ...fees.map((fee, nth) => feeRecord(fee, { ...feesOf, nth }))];
}

type FeeOf = Parent & { readonly transactionId: string; readonly nth: number; readonly chargedAt: string };

function feeRecord(fee: Fields, of: FeeOf): FeeRecord {
  const amount = amountIn(childOrNull(fee, "amount") ?? {});
  const tax = childOrNull(fee, "taxAmount");
  return {
    kind: "fee",
    id: textOrNull(fee, "id") ?? `${of.transactionId}/fee/${of.nth}`,
    versionAt: of.versionAt,
    document: documentOf(fee, ADDED_BY_BULK),
    orderId: of.orderId,
    transactionId: of.transactionId,
    name: textOf(fee, "type"),
    amount: amount.amount,
    tax: tax === null ? null : amountIn(tax).amount,
    currency: amount.currency,
    chargedAt: of.chargedAt,
  };
}

function fulfilmentRecord(fulfilment: Fields, { orderId, versionAt }: Parent): FulfilmentRecord {
  const tracking = childrenOf(fulfilment, "trackingInfo")[0];
  return {
    kind: "fulfilment",
    id: textOf(fulfilment, "id"),
    versionAt,
    document: documentOf(fulfilment, ADDED_BY_BULK),
    orderId,
    status: textOf(fulfilment, "status").toLowerCase(),
    shippedAt: instantOf(fulfilment, "createdAt"),
    deliveredAt: instantOrNull(fulfilment, "deliveredAt"),
    carrier: tracking === undefined ? null : textOrNull(tracking, "company"),
  };
}

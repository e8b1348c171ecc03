/**
 * How each record kind lies in the database: its table, its columns in COPY order, and the column that places it in time.
 * A new kind is one entry here, one in connectors/records.ts and one table.
 */
import type { RecordKind, RecordOf } from "@headwater/connectors/records.ts";
import type { FieldWriter } from "./field-writer.ts";

export interface KindLayout<Kind extends RecordKind> {
  table: string;
  /** Typed columns, in the order that `write` gives them. */
  columns: readonly (readonly [name: string, type: string])[];
  /** Rollups of these days are counted again when a row of this kind changes. */
  hasDay: boolean;
  /** When the object was made at the source: what a `history` window filters on. Null: it follows its order. */
  madeAt: string | null;
  /** The source cuts its days and restates them: a version is the time of a read, and whole days replace what was held. */
  isCutBySource?: true;
  write: (record: RecordOf<Kind>, put: FieldWriter) => string;
}

/** Columns that every kind has, before its own. */
export const sharedColumns = [
  ["id", "text"],
  ["version_at", "timestamptz(3)"],
  ["deleted_at", "timestamptz(3)"],
  ["document", "jsonb"],
] as const;

const orders: KindLayout<"order"> = {
  table: "orders",
  columns: [
    ["name", "text"],
    ["ordered_at", "timestamptz(3)"],
    ["source_created_at", "timestamptz(3)"],
    ["day", "date"],
    ["cancelled_at", "timestamptz(3)"],
    ["is_test", "boolean"],
    ["currency", "char(3)"],
    ["gross", "numeric"],
    ["discounts", "numeric"],
    ["shipping", "numeric"],
    ["tax", "numeric"],
    ["duties", "numeric"],
    ["tips", "numeric"],
    ["total", "numeric"],
    ["taxes_included", "boolean"],
    ["customer_id", "text"],
    ["channel", "text"],
    ["line_count", "integer"],
  ],
  hasDay: true,
  madeAt: "source_created_at",
  write: (record, put) =>
    `${put.text(record.name ?? "")}\t${put.instant("orderedAt", record.orderedAt)}\t${put.instant("sourceCreatedAt", record.sourceCreatedAt)}\t${put.day("orderedAt", record.orderedAt)}\t${put.instantOrNull("cancelledAt", record.cancelledAt)}\t${put.boolean(record.isTest)}\t${put.currency(record.currency)}\t${put.amountOrOpen("gross", record.gross)}\t${put.amountOrZero("discounts", record.discounts)}\t${put.amountOrZero("shipping", record.shipping)}\t${put.amountOrZero("tax", record.tax)}\t${put.amountOrZero("duties", record.duties)}\t${put.amountOrZero("tips", record.tips)}\t${put.amount("total", record.total)}\t${put.boolean(record.taxesIncluded)}\t${put.textOrUntold(record.customerId)}\t${put.textOrNull(record.channel ?? null)}\t${put.integerOrOpen("lineCount", record.lineCount)}`,
};

const orderLines: KindLayout<"orderLine"> = {
  table: "order_lines",
  columns: [
    ["order_id", "text"],
    ["sku", "text"],
    ["title", "text"],
    ["product_id", "text"],
    ["variant_id", "text"],
    ["quantity", "integer"],
    ["gross", "numeric"],
    ["discount", "numeric"],
    ["tax", "numeric"],
    ["is_gift_card", "boolean"],
    ["currency", "char(3)"],
  ],
  hasDay: false,
  madeAt: null,
  write: (record, put) =>
    `${put.text(record.orderId)}\t${put.textOrNull(record.sku)}\t${put.textOrNull(record.title)}\t${put.textOrNull(record.productId)}\t${put.textOrNull(record.variantId)}\t${put.integer("quantity", record.quantity)}\t${put.amount("gross", record.gross)}\t${put.amount("discount", record.discount)}\t${put.amount("tax", record.tax)}\t${put.boolean(record.isGiftCard)}\t${put.currency(record.currency)}`,
};

const refunds: KindLayout<"refund"> = {
  table: "refunds",
  columns: [
    ["order_id", "text"],
    ["refunded_at", "timestamptz(3)"],
    ["day", "date"],
    ["amount", "numeric"],
    ["returned", "numeric"],
    ["returned_tax", "numeric"],
    ["adjustments", "numeric"],
    ["currency", "char(3)"],
    ["returned_lines", "jsonb"],
  ],
  hasDay: true,
  madeAt: null,
  write: (record, put) =>
    `${put.text(record.orderId)}\t${put.instant("refundedAt", record.refundedAt)}\t${put.day("refundedAt", record.refundedAt)}\t${put.amount("amount", record.amount)}\t${put.amount("returned", record.returned)}\t${put.amount("returnedTax", record.returnedTax)}\t${put.amount("adjustments", record.adjustments)}\t${put.currency(record.currency)}\t${put.jsonOrNull(record.returnedLines === undefined ? null : JSON.stringify(record.returnedLines))}`,
};

const transactions: KindLayout<"transaction"> = {
  table: "transactions",
  columns: [
    ["order_id", "text"],
    ["kind", "text"],
    ["status", "text"],
    ["gateway", "text"],
    ["amount", "numeric"],
    ["fee", "numeric"],
    ["currency", "char(3)"],
    ["processed_at", "timestamptz(3)"],
    ["day", "date"],
    ["is_test", "boolean"],
  ],
  hasDay: true,
  madeAt: null,
  write: (record, put) => {
    const processedAt = record.processedAt ?? record.versionAt;
    return `${put.text(record.orderId)}\t${put.text(record.transactionKind)}\t${put.text(record.status)}\t${put.textOrNull(record.gateway)}\t${put.amount("amount", record.amount)}\t${put.amountOrNull("fee", record.fee)}\t${put.currency(record.currency)}\t${put.instant("processedAt", processedAt)}\t${put.day("processedAt", processedAt)}\t${put.boolean(record.isTest)}`;
  },
};

const fulfilments: KindLayout<"fulfilment"> = {
  table: "fulfilments",
  columns: [
    ["order_id", "text"],
    ["status", "text"],
    ["shipped_at", "timestamptz(3)"],
    ["delivered_at", "timestamptz(3)"],
    ["day", "date"],
    ["carrier", "text"],
  ],
  hasDay: true,
  madeAt: null,
  write: (record, put) =>
    `${put.text(record.orderId)}\t${put.text(record.status)}\t${put.instant("shippedAt", record.shippedAt)}\t${put.instantOrNull("deliveredAt", record.deliveredAt)}\t${put.day("shippedAt", record.shippedAt)}\t${put.textOrNull(record.carrier)}`,
};

const customers: KindLayout<"customer"> = {
  table: "customers",
  columns: [
    ["registered_at", "timestamptz(3)"],
    ["order_count", "integer"],
    ["spent", "numeric"],
    ["currency", "char(3)"],
  ],
  hasDay: false,
  madeAt: "registered_at",
  write: (record, put) =>
    `${put.instant("registeredAt", record.registeredAt)}\t${put.integerOrNull("orderCount", record.orderCount)}\t${put.amountOrNull("spent", record.spent)}\t${put.currencyOrNull(record.currency)}`,
};

const products: KindLayout<"product"> = {
  table: "products",
  columns: [
    ["title", "text"],
    ["status", "text"],
  ],
  hasDay: false,
  madeAt: null,
  write: (record, put) => `${put.text(record.title)}\t${put.textOrNull(record.status)}`,
};

const variants: KindLayout<"variant"> = {
  table: "variants",
  columns: [
    ["product_id", "text"],
    ["sku", "text"],
    ["unit_cost", "numeric"],
    ["currency", "char(3)"],
  ],
  hasDay: false,
  madeAt: null,
  write: (record, put) =>
    `${put.text(record.productId)}\t${put.textOrNull(record.sku)}\t${put.amountOrNull("unitCost", record.unitCost)}\t${put.currencyOrNull(record.currency)}`,
};

const fees: KindLayout<"fee"> = {
  table: "fees",
  columns: [
    ["order_id", "text"],
    ["kind", "text"],
    ["charged_at", "timestamptz(3)"],
    ["day", "date"],
    ["amount", "numeric"],
    ["currency", "char(3)"],
  ],
  hasDay: true,
  madeAt: null,
  write: (record, put) =>
    `${put.textOrNull(record.orderId)}\t${put.text(record.name)}\t${put.instant("chargedAt", record.chargedAt)}\t${put.day("chargedAt", record.chargedAt)}\t${put.amount("amount", record.amount)}\t${put.currency(record.currency)}`,
};

const campaigns: KindLayout<"campaign"> = {
  table: "campaigns",
  columns: [
    ["level", "text"],
    ["parent_id", "text"],
    ["name", "text"],
    ["status", "text"],
    ["objective", "text"],
    ["channel", "text"],
    ["started_at", "timestamptz(3)"],
    ["ended_at", "timestamptz(3)"],
    ["sent_at", "timestamptz(3)"],
  ],
  hasDay: false,
  madeAt: null,
  write: (record, put) =>
    [
      put.text(record.level),
      put.textOrNull(record.parentId),
      put.text(record.name),
      put.textOrNull(record.status),
      put.textOrNull(record.objective),
      put.textOrNull(record.channel),
      put.instantOrNull("startedAt", record.startedAt),
      put.instantOrNull("endedAt", record.endedAt),
      put.instantOrNull("sentAt", record.sentAt),
    ].join("\t"),
};

const adDays: KindLayout<"adDay"> = {
  table: "ad_days",
  columns: [
    ["day", "date"],
    ["part", "text"],
    ["counts", "boolean"],
    ["level", "text"],
    ["campaign_id", "text"],
    ["adset_id", "text"],
    ["ad_id", "text"],
    ["spend", "numeric"],
    ["impressions", "numeric"],
    ["clicks", "numeric"],
    ["link_clicks", "numeric"],
    ["outbound_clicks", "numeric"],
    ["unique_outbound_clicks", "numeric"],
    ["purchases", "numeric"],
    ["purchase_value", "numeric"],
    ["attribution", "text"],
    ["breakdown", "jsonb"],
    ["currency", "char(3)"],
  ],
  hasDay: true,
  madeAt: null,
  isCutBySource: true,
  write: (record, put) =>
    [
      put.sourceDay("day", record.day),
      put.text(record.part),
      put.boolean(record.counts),
      put.text(record.level),
      put.textOrNull(record.campaignId),
      put.textOrNull(record.adsetId),
      put.textOrNull(record.adId),
      put.amountOrNull("spend", record.spend),
      put.amountOrNull("impressions", record.impressions),
      put.amountOrNull("clicks", record.clicks),
      put.amountOrNull("linkClicks", record.linkClicks),
      put.amountOrNull("outboundClicks", record.outboundClicks),
      put.amountOrNull("uniqueOutboundClicks", record.uniqueOutboundClicks),
      put.amountOrNull("purchases", record.purchases),
      put.amountOrNull("purchaseValue", record.purchaseValue),
      put.textOrNull(record.attribution),
      put.jsonOrNull(record.breakdown),
      put.currency(record.currency),
    ].join("\t"),
};

const messageDays: KindLayout<"messageDay"> = {
  table: "message_days",
  columns: [
    ["day", "date"],
    ["part", "text"],
    ["counts", "boolean"],
    ["channel", "text"],
    ["campaign_id", "text"],
    ["flow_id", "text"],
    ["message_id", "text"],
    ["sends", "numeric"],
    ["opens", "numeric"],
    ["clicks", "numeric"],
    ["unsubscribes", "numeric"],
    ["orders", "numeric"],
    ["revenue", "numeric"],
    ["currency", "char(3)"],
  ],
  hasDay: true,
  madeAt: null,
  isCutBySource: true,
  write: (record, put) =>
    [
      put.sourceDay("day", record.day),
      put.text(record.part),
      put.boolean(record.counts),
      put.textOrNull(record.channel),
      put.textOrNull(record.campaignId),
      put.textOrNull(record.flowId),
      put.textOrNull(record.messageId),
      put.amountOrNull("sends", record.sends),
      put.amountOrNull("opens", record.opens),
      put.amountOrNull("clicks", record.clicks),
      put.amountOrNull("unsubscribes", record.unsubscribes),
      put.amountOrNull("orders", record.orders),
      put.amountOrNull("revenue", record.revenue),
      put.currency(record.currency),
    ].join("\t"),
};

export const layoutByKind: { readonly [Kind in RecordKind]: KindLayout<Kind> } = {
  order: orders,
  orderLine: orderLines,
  refund: refunds,
  transaction: transactions,
  fulfilment: fulfilments,
  customer: customers,
  product: products,
  variant: variants,
  fee: fees,
  campaign: campaigns,
  adDay: adDays,
  messageDay: messageDays,
};

/** Merged in this order in every transaction, so that two of them never wait for each other crosswise. */
export const kindsInOrder: readonly RecordKind[] = [
  "order",
  "orderLine",
  "refund",
  "transaction",
  "fulfilment",
  "customer",
  "product",
  "variant",
  "fee",
  "campaign",
  "adDay",
  "messageDay",
];

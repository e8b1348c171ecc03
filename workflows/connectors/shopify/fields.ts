// What is read of each object, once for both ways of reading. Money in the shop's currency only; of customers their id.
import { connection, list, money, object, type Field } from "./selection.ts";

export const lineFields: readonly Field[] = [
  "id",
  "quantity",
  "currentQuantity",
  "sku",
  "title",
  "isGiftCard",
  object("product", ["id"], { needs: "read_products" }),
  object("variant", ["id"], { needs: "read_products" }),
  money("originalTotalSet"),
  money("discountedTotalSet"),
  money("totalDiscountSet"),
  list("discountAllocations", [money("allocatedAmountSet")]),
  list("taxLines", ["title", "rate", money("priceSet")]),
];

export const refundLineFields: readonly Field[] = [
  "id",
  "quantity",
  "restockType",
  money("subtotalSet"),
  money("totalTaxSet"),
  object("lineItem", ["id", "isGiftCard"]),
];
export const adjustmentFields: readonly Field[] = ["id", "reason", money("amountSet"), money("taxAmountSet")];

/** Most refunds return a few lines; the others are drained. */
export const refundFields: readonly Field[] = [
  "id",
  "createdAt",
  "updatedAt",
  "processedAt",
  money("totalRefundedSet"),
  connection("refundLineItems", 10, refundLineFields),
  connection("orderAdjustments", 5, adjustmentFields),
];

const moneyV2 = (name: string): Field => object(name, ["amount", "currencyCode"]);

/** Version 2026-10 has no `feeDetails`, by whatever older notes say (the sandbox refuses it too): fees come with their transaction. */
export const transactionFields: readonly Field[] = [
  "id",
  "kind",
  "status",
  "gateway",
  "createdAt",
  "processedAt",
  "test",
  money("amountSet"),
  list("fees", ["id", "type", "rate", moneyV2("amount"), moneyV2("flatFee"), moneyV2("taxAmount")]),
  object("parentTransaction", ["id"]),
];

export const fulfilmentFields: readonly Field[] = [
  "id",
  "status",
  "createdAt",
  "updatedAt",
  "deliveredAt",
  list("trackingInfo", ["company", "number"], "first: 5"),
];

/** What is asked of an order's plain lists; longer ones are asked for again. */
export const listLengths = { refunds: 50, transactions: 100, fulfillments: 20 } as const;

export const orderFields: readonly Field[] = [
  "id",
  "legacyResourceId",
  "name",
  "createdAt",
  "processedAt",
  "updatedAt",
  "cancelledAt",
  "cancelReason",
  "closedAt",
  "test",
  "edited",
  "displayFinancialStatus",
  "displayFulfillmentStatus",
  "currencyCode",
  "presentmentCurrencyCode",
  "taxesIncluded",
  "sourceName",
  "discountCodes",
  object("customer", ["id"], { needs: "read_customers" }),
  money("subtotalPriceSet"),
  money("totalDiscountsSet"),
  money("totalShippingPriceSet"),
  money("totalTaxSet"),
  money("totalTipReceivedSet"),
  money("originalTotalDutiesSet"),
  money("totalPriceSet"),
  money("currentTotalPriceSet"),
  money("totalRefundedSet"),
  money("netPaymentSet"),
  list("refunds", refundFields, `first: ${listLengths.refunds}`),
  list("transactions", transactionFields, `first: ${listLengths.transactions}`),
  list("fulfillments", fulfilmentFields, `first: ${listLengths.fulfillments}`),
  connection("lineItems", 20, lineFields),
];

export const customerFields: readonly Field[] = [
  "id",
  "createdAt",
  "updatedAt",
  "numberOfOrders",
  moneyV2("amountSpent"),
];

export const variantFields: readonly Field[] = [
  "id",
  "sku",
  "title",
  "updatedAt",
  object("inventoryItem", ["id", object("unitCost", ["amount", "currencyCode"])], { needs: "read_inventory" }),
];

export const productFields: readonly Field[] = [
  "id",
  "title",
  "status",
  "createdAt",
  "updatedAt",
  connection("variants", 20, variantFields),
];

// A refund: money given back, lines returned, corrections. Dated by its own creation, however old its order.
import { sumOf } from "../../decimal.ts";
import { childOrNull, documentOf, instantOf, listOf, textOf, type Fields } from "../../read-fields.ts";
import type { DecimalText, RefundRecord } from "../../records.ts";
import { shopMoney } from "./money.ts";
import type { Parent } from "./mapped.ts";

const PAGING = new Set(["pageInfo"]);

export function refundRecord(refund: Fields, { orderId, versionAt }: Parent): RefundRecord {
  const given = shopMoney(refund, "totalRefundedSet");
  return {
    kind: "refund",
    id: textOf(refund, "id"),
    versionAt,
    document: documentOf(refund, PAGING),
    orderId,
    // An old refund may have no creation of its own; then it was processed when it was made.
    refundedAt: instantOf(refund, typeof refund["createdAt"] === "string" ? "createdAt" : "processedAt"),
    amount: given.amount,
    returned: sumOfNodes(refund, "refundLineItems", "subtotalSet"),
    returnedTax: sumOfNodes(refund, "refundLineItems", "totalTaxSet"),
    adjustments: sumOfNodes(refund, "orderAdjustments", "amountSet"),
    currency: given.currency,
  };
}

function sumOfNodes(refund: Fields, connection: string, amount: string): DecimalText {
  const nodes = listOf(childOrNull(refund, connection) ?? {}, "nodes");
  return sumOf(nodes.map((node) => shopMoney(node, amount).amount));
}

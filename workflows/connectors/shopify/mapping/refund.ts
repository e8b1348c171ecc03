// A refund: money given back, lines returned, corrections. Dated by its own creation, however old its order.
import { negated, sumOf } from "../../decimal.ts";
import { childOrNull, documentOf, instantOf, listOf, textOf, wholeNumberOf, type Fields } from "../../read-fields.ts";
import type { DecimalText, RefundRecord } from "../../records.ts";
import { shopMoney } from "./money.ts";
import type { Parent } from "./mapped.ts";

const PAGING = new Set(["pageInfo"]);

export function refundRecord(refund: Fields, { orderId, versionAt, taxesIncluded }: Parent): RefundRecord {
  const given = shopMoney(refund, "totalRefundedSet");
  const lines = nodesOf(refund, "refundLineItems");
  const returnedTax = sumOfNodes(lines, "totalTaxSet");
  // A gift card was no sale when it was sold, so it is none that came back.
  const priced = sumOfNodes(
    lines.filter((line) => childOrNull(line, "lineItem")?.["isGiftCard"] !== true),
    "subtotalSet",
  );
  return {
    kind: "refund",
    id: textOf(refund, "id"),
    versionAt,
    document: documentOf(refund, PAGING),
    orderId,
    // An old refund may have no creation of its own; then it was processed when it was made.
    refundedAt: instantOf(refund, typeof refund["createdAt"] === "string" ? "createdAt" : "processedAt"),
    amount: given.amount,
    // Where prices hold their tax, so does what the source says the lines had cost.
    returned: taxesIncluded ? sumOf([priced, negated(returnedTax)]) : priced,
    returnedTax,
    adjustments: sumOfNodes(nodesOf(refund, "orderAdjustments"), "amountSet"),
    currency: given.currency,
    returnedLines: lines.flatMap((line) => {
      const sold = childOrNull(line, "lineItem");
      return sold === null ? [] : [{ line: textOf(sold, "id"), units: wholeNumberOf(line, "quantity") }];
    }),
  };
}

const nodesOf = (refund: Fields, connection: string): readonly Fields[] =>
  listOf(childOrNull(refund, connection) ?? {}, "nodes");

function sumOfNodes(nodes: readonly Fields[], amount: string): DecimalText {
  return sumOf(nodes.map((node) => shopMoney(node, amount).amount));
}

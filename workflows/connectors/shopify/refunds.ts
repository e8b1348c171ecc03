// Refunds with their lines and corrections. A bulk file holds only their heads: for orders that have any, the rest comes
// by ordinary queries; on a page they are there, and only long ones go on.
import { childOrNull, childrenOf, type Fields } from "../read-fields.ts";
import type { SourceSession } from "../session.ts";
import { callShop } from "./api.ts";
import { idOf, nextOf } from "./connection.ts";
import { drained } from "./drain.ts";
import { adjustmentFields, refundFields, refundLineFields } from "./fields.ts";
import { asList, asObject } from "./graphql-answer.ts";
import { costOf, pagedText } from "./selection.ts";

/** Orders in one question. Few enough even if each were charged for alone. */
const ORDERS_AT_ONCE = 15;

export const refundsText = `query Refunds($ids: [ID!]!) { nodes(ids: $ids) { ... on Order { id refunds(first: 250) { ${pagedText(refundFields)} } } } }`;
export const REFUNDS_COST = 2 + costOf(refundFields);

/** By order id: whole refunds of the orders that have any. */
export async function refundsOf(session: SourceSession, orders: readonly Fields[]): Promise<Map<string, Fields[]>> {
  const ids = orders.filter((order) => childrenOf(order, "refunds").length > 0).map((order) => idOf(order));
  const found = new Map<string, Fields[]>();
  for (let start = 0; start < ids.length; start += ORDERS_AT_ONCE) {
    const asked = ids.slice(start, start + ORDERS_AT_ONCE);
    const result = await callShop(session, {
      query: refundsText,
      variables: { ids: asked },
      cost: REFUNDS_COST,
      purpose: "refunds",
    });
    for (const node of asList(result.data["nodes"])) {
      const order = asObject(node);
      if (order !== null) found.set(idOf(order), await wholeRefunds(session, order));
    }
  }
  return found;
}

/** The refunds of one order as they stand in an answer, their long connections drained. */
export async function wholeRefunds(session: SourceSession, order: Fields): Promise<Fields[]> {
  const whole: Fields[] = [];
  for (const refund of childrenOf(order, "refunds")) {
    whole.push({
      ...refund,
      refundLineItems: await wholeConnection(session, refund, "refundLineItems"),
      orderAdjustments: await wholeConnection(session, refund, "orderAdjustments"),
    });
  }
  return whole;
}

const fieldsOf = { refundLineItems: refundLineFields, orderAdjustments: adjustmentFields };

async function wholeConnection(
  session: SourceSession,
  refund: Fields,
  connection: keyof typeof fieldsOf,
): Promise<Fields | null> {
  const held = childOrNull(refund, connection);
  if (held === null) return null; // the mapper says what is missing
  const nodes = childrenOf(held, "nodes");
  const after = nextOf(held);
  if (after === null) return { nodes };
  const fields = fieldsOf[connection];
  const rest = await drained(session, { id: idOf(refund), type: "Refund", connection, fields, after });
  return { nodes: [...nodes, ...rest] };
}

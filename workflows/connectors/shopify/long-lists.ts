// Plain lists inside an order have no pages: `first` is all that can be asked. Where a list came as long as it was asked
// for, the order's lists are asked for again, alone and at the greatest length that Shopify allows.
import { childrenOf, type Fields } from "../read-fields.ts";
import type { SourceSession } from "../session.ts";
import { callShop } from "./api.ts";
import { fulfilmentFields, listLengths, refundFields, transactionFields } from "./fields.ts";
import { asObject } from "./graphql-answer.ts";
import { costOf, pagedText } from "./selection.ts";

const LONGEST = 250;
const fieldsByList = { refunds: refundFields, transactions: transactionFields, fulfillments: fulfilmentFields };
type ListName = keyof typeof fieldsByList;
const names: readonly ListName[] = ["refunds", "transactions", "fulfillments"];

const lists = names.map((name) => `${name}(first: ${LONGEST}) { ${pagedText(fieldsByList[name])} }`).join(" ");
export const longListsText = `query LongLists($id: ID!) { order(id: $id) { id ${lists} } }`;
export const LONG_LISTS_COST = 4 + names.reduce((sum, name) => sum + costOf(fieldsByList[name]), 0);

export function hasLongList(order: Fields): boolean {
  return names.some((name) => childrenOf(order, name).length >= listLengths[name]);
}

/** The order with its lists at full length; as it was when it is gone meanwhile. */
export async function withWholeLists(session: SourceSession, order: Fields): Promise<Fields> {
  const result = await callShop(session, {
    query: longListsText,
    variables: { id: order["id"] ?? null },
    cost: LONG_LISTS_COST,
    purpose: "orders.lists",
  });
  const whole = asObject(result.data["order"]);
  return whole === null ? order : { ...order, ...whole };
}

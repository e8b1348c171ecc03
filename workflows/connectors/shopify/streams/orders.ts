// Orders, and what comes inside them: lines, refunds, transactions with their fees, fulfilments.
import type { Stream } from "../../contract.ts";
import { mapped, type Fields } from "../../read-fields.ts";
import type { SourceSession } from "../../session.ts";
import { ordersShownFrom } from "../account.ts";
import { idOf } from "../connection.ts";
import { drained } from "../drain.ts";
import { lineFields, orderFields } from "../fields.ts";
import { hasLongList, withWholeLists } from "../long-lists.ts";
import { mapOrder, orderLineRecord } from "../mapping/order.ts";
import { refundsOf, wholeRefunds } from "../refunds.ts";
import type { Group, Subject } from "../subject.ts";
import { countOrders, idsOf, streamPages, window } from "./reading.ts";

export const ordersSubject: Subject = {
  root: "orders",
  one: "order",
  rootType: "Order",
  fields: orderFields,
  nested: { name: "lineItems", fields: lineFields },
  pageSize: 25,
  isSnapshot: false,
  historyField: "created_at",
  finish: async (session, groups, way) => {
    const roots = groups.map((group) => group.root);
    const refundsByOrder = way === "bulk" ? await refundsOf(session, roots) : new Map<string, Fields[]>();
    const orders = [];
    for (const group of groups) {
      const isLong = hasLongList(group.root);
      const order = isLong ? await withWholeLists(session, group.root) : group.root;
      // Bulk files hold refunds' heads only. An order that could not be asked about is gone, and its refunds with it.
      const isHeaded = way === "bulk" && !isLong;
      const refunds = isHeaded ? (refundsByOrder.get(idOf(order)) ?? []) : await wholeRefunds(session, order);
      const lines = [...group.children, ...(await restOfLines(session, group))];
      // Gone before its long lists could be asked for: what is known of them may have been cut.
      const isCut = isLong && order === group.root;
      const isCustomerDenied = group.isCustomerDenied === true || !session.scopes.has("read_customers");
      orders.push(mapOrder({ order, lines, refunds, isWhole: way === "paged" && !isCut, isCustomerDenied }));
    }
    return {
      records: orders.flatMap((order) => order.records),
      rejected: orders.flatMap((order) => order.rejected),
    };
  },
  mapStraggler: ({ child, rootId, versionAt }) => {
    // Whether its order was tipped is not known any more: what looks like a tip is taken for one.
    const of = { orderId: rootId, versionAt, isTipped: true };
    const result = mapped("orderLine", child, (line) => orderLineRecord(line, of));
    return "rejected" in result
      ? { records: [], rejected: [result.rejected] }
      : { records: [result.record], rejected: [] };
  },
};

async function restOfLines(session: SourceSession, { root, childrenAfter }: Group): Promise<Fields[]> {
  if (childrenAfter === null) return [];
  return drained(session, {
    id: idOf(root),
    type: "Order",
    connection: "lineItems",
    fields: lineFields,
    after: childrenAfter,
  });
}

const carried = (name: string, kinds: Stream["kinds"]): Stream => ({
  name,
  kinds,
  carriedBy: "orders",
  needs: ["read_orders"],
  optional: false,
  window: window("byTime"),
});

export const orderStreams: readonly Stream[] = [
  {
    name: "orders",
    kinds: ["order"],
    needs: ["read_orders"],
    optional: false,
    window: window("byTime"),
    pages: (session, slice, from) => streamPages(session, ordersSubject, { slice, from, count: countOrders }),
    count: (session, range) => countOrders(session, range),
    ids: (session, range) => idsOf(session, ordersSubject, range),
    shownFrom: ordersShownFrom,
  },
  carried("orderLines", ["orderLine"]),
  carried("refunds", ["refund"]),
  carried("transactions", ["transaction"]),
  carried("fulfilments", ["fulfilment"]),
  carried("fees", ["fee"]),
];

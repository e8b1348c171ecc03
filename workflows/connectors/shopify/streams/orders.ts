// Orders, and what comes inside them: lines, refunds, transactions with their fees, fulfilments.
import type { Stream } from "../../contract.ts";
import { childrenOf, mapped, type Fields } from "../../read-fields.ts";
import type { SourceSession } from "../../session.ts";
import { idOf } from "../connection.ts";
import { drained } from "../drain.ts";
import { lineFields, orderFields } from "../fields.ts";
import { mapOrder, orderLineRecord } from "../mapping/order.ts";
import { refundsOf, wholeRefunds } from "../refunds.ts";
import type { Group, Subject } from "../subject.ts";
import { countOrders, idsOf, streamPages, window } from "./reading.ts";

/** As many refunds as a page asks of one order; with so many there may be more. */
const REFUNDS_ON_A_PAGE = 50;

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
    const isLong = (group: Group) => childrenOf(group.root, "refunds").length >= REFUNDS_ON_A_PAGE;
    const asked = way === "bulk" ? groups : groups.filter(isLong);
    const refundsByOrder = await refundsOf(
      session,
      asked.map((group) => group.root),
    );
    const orders = [];
    for (const group of groups) {
      const refunds = refundsByOrder.get(idOf(group.root)) ?? (await wholeRefunds(session, group.root));
      const lines = [...group.children, ...(await restOfLines(session, group))];
      orders.push(mapOrder({ order: group.root, lines, refunds, isWhole: way === "paged" }));
    }
    return {
      records: orders.flatMap((order) => order.records),
      rejected: orders.flatMap((order) => order.rejected),
    };
  },
  mapStraggler: ({ child, rootId, versionAt }) => {
    const result = mapped("orderLine", child, (line) => orderLineRecord(line, { orderId: rootId, versionAt }));
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
  },
  carried("orderLines", ["orderLine"]),
  carried("refunds", ["refund"]),
  carried("transactions", ["transaction"]),
  carried("fulfilments", ["fulfilment"]),
  carried("fees", ["fee"]),
];

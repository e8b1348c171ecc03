// What a shop holds and what was read of it, in one shape, so that they can be compared to the cent.
import { sumOf } from "@headwater/connectors/decimal.ts";
import type { RecordOf, SourceRecord } from "@headwater/connectors/records.ts";

export type Figure = { readonly id: string; readonly [name: string]: unknown };
export const bare = (id: string) => id.split("/").at(-1) ?? id;
/** One writing for one amount: 5.0 and 5 are the same. */
const plain = (amount: string | null) => sumOf([amount ?? "0", "0"]);

/** Newest version of each, as an upsert would leave it, in the shape that the desk tells the truth in. */
export function heldOrders(records: readonly SourceRecord[]): Figure[] {
  const held = new Map(records.map((record) => [`${record.kind} ${record.id}`, record]));
  const of = <K extends SourceRecord["kind"]>(kind: K) =>
    [...held.values()].filter((record): record is RecordOf<K> => record.kind === kind);
  const byOrder = Map.groupBy(of("orderLine"), (line) => line.orderId);
  const refunds = Map.groupBy(of("refund"), (refund) => refund.orderId);
  return of("order")
    .map((order) => ({
      id: bare(order.id),
      total: plain(order.total),
      discounts: plain(order.discounts),
      tax: plain(order.tax),
      customerId: order.customerId == null ? null : bare(order.customerId),
      lines: (byOrder.get(order.id) ?? [])
        .map(
          (line) => `${bare(line.id)} ${line.quantity} ${plain(line.gross)} ${plain(line.discount)} ${plain(line.tax)}`,
        )
        .toSorted(),
      refunded: plain(sumOf((refunds.get(order.id) ?? []).map((refund) => refund.amount))),
    }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** As the desk tells it. */
export type Truth = {
  id: string;
  createdAt: string;
  deletedAt: string | null;
  total: string;
  discounts: string;
  tax: string;
  customerId: string | null;
  refunded: string;
  lines: { id: string; quantity: number; gross: string; discount: string; tax: string }[];
};

export function trueOrders(told: readonly Truth[], from: Date | null = null): Figure[] {
  return told
    .filter((order) => Date.parse(order.createdAt) >= (from?.getTime() ?? 0))
    .map((order) => ({
      id: order.id,
      total: plain(order.total),
      discounts: plain(order.discounts),
      tax: plain(order.tax),
      customerId: order.customerId,
      lines: order.lines
        .map((line) => `${line.id} ${line.quantity} ${plain(line.gross)} ${plain(line.discount)} ${plain(line.tax)}`)
        .toSorted(),
      refunded: plain(order.refunded),
    }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

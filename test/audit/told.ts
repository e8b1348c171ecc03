// What the sandbox's ledger says it served, read over HTTP as any auditor would.
import { sumDecimals } from "./amounts.ts";
import { factKey, plainAmount, type AuditedKind, type Fact, type Facts } from "./facts.ts";
import type { ToldOrder } from "../sandbox/shopify/told.ts";

export type Basis = "truth" | "served";

export interface Told {
  readonly facts: Facts;
  /** Orders that are gone at the source, by the source's number. */
  readonly deleted: ReadonlySet<string>;
  /** The first order of every customer that is no test: `day` is left to the figures. */
  readonly orders: readonly ToldOrder[];
}

function ofOrder(order: ToldOrder, taxesIncluded: boolean): Fact[] {
  const isDeleted = order.deletedAt !== null;
  const fact = (kind: AuditedKind, id: string, says: Fact["says"]): Fact => ({
    kind,
    id,
    versionAt: order.versionAt,
    isDeleted,
    says,
  });
  const goods = order.lines.filter((line) => !line.isGiftCard);
  const gross = sumDecimals([...goods.map((line) => line.gross), ...(taxesIncluded ? [`-${order.tax}`] : [])]);
  const own = fact("orders", order.id, {
    ordered_at: order.orderedAt,
    cancelled_at: order.cancelledAt,
    is_test: String(order.isTest),
    customer: order.customerId,
    currency: order.currency,
    lines: String(order.lines.length),
    gross: plainAmount(gross),
    discounts: plainAmount(order.discounts),
    shipping: plainAmount(order.shipping),
    tax: plainAmount(order.tax),
    duties: plainAmount(order.duties),
    tips: plainAmount(order.tips),
    total: plainAmount(order.total),
  });
  const lines = order.lines.map((line) =>
    fact("order_lines", line.id, {
      order: order.id,
      quantity: String(line.quantity),
      gross: plainAmount(line.gross),
      discount: plainAmount(line.discount),
      tax: plainAmount(line.tax),
      is_gift_card: String(line.isGiftCard),
    }),
  );
  const refunds = order.refunds.map((refund) =>
    fact("refunds", refund.id, {
      order: order.id,
      refunded_at: refund.refundedAt,
      amount: plainAmount(refund.amount),
      returned: plainAmount(refund.returned),
      returned_tax: plainAmount(refund.returnedTax),
      adjustments: plainAmount(refund.adjustments),
    }),
  );
  const transactions = order.transactions.map((each) =>
    fact("transactions", each.id, {
      order: order.id,
      kind: each.kind.toLowerCase(),
      amount: plainAmount(each.amount),
      fee: plainAmount(each.fee),
    }),
  );
  const fulfilments = order.fulfilments.map((each) =>
    fact("fulfilments", each.id, { order: order.id, shipped_at: each.shippedAt, delivered_at: each.deliveredAt }),
  );
  return [own, ...lines, ...refunds, ...transactions, ...fulfilments];
}

/** An order under its own key; its parts under theirs. */
export function factsOf(orders: readonly ToldOrder[], taxesIncluded: boolean): Facts {
  const facts = orders.flatMap((order) => ofOrder(order, taxesIncluded));
  return new Map(facts.map((fact) => [factKey(fact.kind, fact.id), fact]));
}

async function read(url: string): Promise<string> {
  const response = await fetch(url);
  const text = await response.text();
  if (!response.ok) throw new Error(`The sandbox answered ${response.status} to ${url}: ${text.slice(0, 200)}`);
  return text;
}

export async function readTold(sandboxUrl: string, shop: string, basis: Basis, taxesIncluded: boolean): Promise<Told> {
  const text = await read(`${sandboxUrl}/_desk/orders/${shop}?of=${basis}`);
  const lines = text.split("\n").filter((line) => line !== "");
  const orders: ToldOrder[] = lines.map((line): ToldOrder => JSON.parse(line));
  const deleted = new Set(orders.filter((order) => order.deletedAt !== null).map((order) => order.id));
  return { facts: factsOf(orders, taxesIncluded), deleted, orders };
}

export type ToldDay = Readonly<Record<string, string>>;

/** The shop's own figures, without the orders that were rightly dropped. */
export async function readFigures(
  sandboxUrl: string,
  shop: string,
  basis: Basis,
  without: readonly string[],
): Promise<readonly ToldDay[]> {
  const query = new URLSearchParams({ of: basis, without: without.join(",") });
  const days: ToldDay[] = JSON.parse(await read(`${sandboxUrl}/_desk/figures/${shop}?${query.toString()}`));
  return days;
}

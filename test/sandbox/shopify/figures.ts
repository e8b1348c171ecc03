// The shop's own figures for each of its days, by the dossier's definitions, in whole minor units: what the product's
// rollups must equal to the cent. Orders on the day they were processed, returns on the day of the refund.
import type { Store } from "../store.ts";
import { discountsOf, returnedOf, taxOf, totalOf, type OrderState } from "./seed/order-state.ts";
import { orderColumns, type Shop } from "./seed/shop.ts";
import { dayOf } from "./seed/shop-days.ts";

export interface DayFigures {
  orders: number;
  gross: number;
  discounts: number;
  returns: number;
  net: number;
  shipping: number;
  tax: number;
  duties: number;
  tips: number;
  total: number;
  revenue: number;
  refunded: number;
  fees: number;
  units: number;
  shipments: number;
}

const nothing = (): DayFigures => ({
  orders: 0,
  gross: 0,
  discounts: 0,
  returns: 0,
  net: 0,
  shipping: 0,
  tax: 0,
  duties: 0,
  tips: 0,
  total: 0,
  revenue: 0,
  refunded: 0,
  fees: 0,
  units: 0,
  shipments: 0,
});

export class FigureSheet {
  readonly byDay = new Map<string, DayFigures>();
  readonly #zone: string;

  constructor(zone: string) {
    this.#zone = zone;
  }

  #on(seconds: number): DayFigures {
    const day = dayOf(seconds, this.#zone);
    const known = this.byDay.get(day);
    if (known) return known;
    const fresh = nothing();
    this.byDay.set(day, fresh);
    return fresh;
  }

  add(state: OrderState): void {
    if (state.head.isTest) return;
    const placed = this.#on(state.head.processedAt);
    const goods = state.lines.filter((line) => !line.isGiftCard);
    placed.orders += 1;
    // Tax inside the prices comes off the goods whole, the shipping's too, so that an order's sales add up to its total.
    placed.gross += goods.reduce((sum, line) => sum + line.total, 0) - (state.shop.taxesIncluded ? taxOf(state) : 0);
    placed.discounts += discountsOf(state);
    placed.shipping += state.shipping;
    placed.tax += taxOf(state);
    placed.duties += state.draft.duties;
    placed.tips += state.draft.tips;
    placed.revenue += totalOf(state);
    placed.units += goods.reduce((sum, line) => sum + line.quantity, 0);
    for (const refund of state.refunds) {
      const day = this.#on(refund.at);
      const tax = refund.lines.reduce((sum, line) => sum + line.tax, 0);
      day.returns += returnedOf(refund, state.shop.taxesIncluded) - refund.adjustment;
      day.tax -= tax;
      day.refunded += refund.total;
    }
    for (const transaction of state.transactions)
      if (transaction.status === "SUCCESS") this.#on(transaction.at).fees += transaction.fee;
    for (const fulfilment of state.fulfilments) this.#on(fulfilment.at).shipments += 1;
  }

  finish(): ReadonlyMap<string, DayFigures> {
    for (const figures of this.byDay.values()) {
      figures.net = figures.gross - figures.discounts - figures.returns;
      figures.total = figures.net + figures.shipping + figures.tax + figures.duties + figures.tips;
    }
    return this.byDay;
  }
}

/** Whose orders are counted: all that live now, or those of the ledger, each at the newest version that was served. */
export type Basis = "truth" | "served";

export interface BasisOrder {
  readonly state: OrderState;
  readonly deletedAt: number | null;
}

const querySlices: Record<Basis, string> = {
  truth: `select ${orderColumns} from orders where shop = ?1 and n >= ?2 order by n limit ?3`,
  served: `select o.n, o.created, o.updated, o.processed, o.deleted, s.version
    from (select n, max(version) as version from served where shop = ?1 and kind = 'order' and n >= ?2 group by n order by n limit ?3) s
    join orders o on o.shop = ?1 and o.n = s.n order by o.n`,
};

/** One order at a time, so that a shop with 100,000 is walked in a few megabytes. */
export function* ordersOf(store: Store, shop: Shop, basis: Basis): Generator<BasisOrder> {
  const slice = 500;
  for (let from = 0; ;) {
    const rows = store.all(querySlices[basis], shop.id, from, slice);
    for (const row of rows) {
      yield { state: shop.order(row), deletedAt: row["deleted"] === null ? null : Number(row["deleted"]) };
    }
    const last = rows.at(-1);
    if (!last || rows.length < slice) return;
    from = Number(last["n"]) + 1;
  }
}

/** `without`: orders, by number, that the reader has rightly dropped. */
export function figuresByDay(
  store: Store,
  shop: Shop,
  basis: Basis,
  without: ReadonlySet<number> = new Set(),
): ReadonlyMap<string, DayFigures> {
  const sheet = new FigureSheet(shop.seed.zone);
  for (const { state, deletedAt } of ordersOf(store, shop, basis)) {
    const isCounted = basis === "served" ? !without.has(state.head.n) : deletedAt === null;
    if (isCounted) sheet.add(state);
  }
  return sheet.finish();
}

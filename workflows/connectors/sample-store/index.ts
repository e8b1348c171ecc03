// A store that is nowhere: what it says is made of its account and the day, so it runs the same wherever Headwater does.
import type { Aggregate, Connector, Reconcile, Stream, StreamWindow } from "../contract.ts";
import { addDays, dayIn } from "../days.ts";
import { pagesByDay } from "../sample/pages.ts";
import { native } from "../sample/native.ts";
import { money, worldOf } from "../sample/world.ts";
import { sampleStoreCatalog } from "./catalog.ts";
import {
  customerOf,
  ordersOf,
  recordsOf,
  REFUNDED_WITHIN,
  returnedOf,
  sumsOf,
  wasMade,
  wasTouched,
  type Order,
} from "./orders.ts";

const window: StreamWindow = { history: "byTime", overlapMs: 60_000, restatedDays: 0, longestMs: null };
const carried = (name: string, kinds: Stream["kinds"]): Stream => ({
  name,
  kinds,
  carriedBy: "orders",
  needs: [],
  optional: false,
  window,
});

const orders: Stream = {
  name: "orders",
  kinds: ["order"],
  needs: [],
  optional: false,
  window,
  pages: (session, slice, from) =>
    pagesByDay(session, slice, from, {
      reachesBack: slice.mode === "changes" ? REFUNDED_WITHIN + 1 : 0,
      read: (world, day, of) => {
        const isWanted = (order: Order) => (slice.mode === "changes" ? wasTouched(order, of) : wasMade(order, of));
        const found = ordersOf(world, day).filter(isWanted);
        return { records: found.flatMap((order) => recordsOf(world, order)) };
      },
    }),
};

const customers: Stream = {
  name: "customers",
  kinds: ["customer"],
  needs: [],
  optional: false,
  window,
  pages: (session, slice, from) =>
    pagesByDay(session, slice, from, {
      read: (world, day, of) => ({
        records: ordersOf(world, day)
          .filter((order) => order.isNew && wasMade(order, of))
          .map(customerOf),
      }),
    }),
};

/** The store's own report of a day: sales by when they were made, returns by when they came back. */
const reconcile: Reconcile = {
  settledAfterHours: 3,
  aggregates: async (session, day) => {
    const world = worldOf(session, session.clock.now());
    const days = Array.from({ length: REFUNDED_WITHIN + 2 }, (_, back) => addDays(day, -back));
    const made = ordersOf(world, day);
    const back = days
      .flatMap((one) => ordersOf(world, one))
      .filter(({ refundedAt }) => refundedAt !== null && dayIn(world.zone, refundedAt) === day);
    const gross = made.reduce((sum, order) => sum + sumsOf(order).gross, 0);
    const discounts = made.reduce((sum, order) => sum + sumsOf(order).discounts, 0);
    const shipping = made.reduce((sum, order) => sum + sumsOf(order).shipping, 0);
    const tax = made.reduce((sum, order) => sum + sumsOf(order).tax, 0);
    const returns = back.reduce((sum, order) => sum + returnedOf(order).returned, 0);
    const returnedTax = back.reduce((sum, order) => sum + returnedOf(order).tax, 0);
    const net = gross - discounts - returns;
    const told = (metric: string, value: string): Aggregate => ({
      metric,
      day,
      value,
      currency: world.currency,
      figure: "sampleReport",
    });
    return [
      told("orders", String(made.length)),
      told("gross_sales", money(gross, world)),
      told("discounts", money(discounts, world)),
      told("returns", money(returns, world)),
      told("net_sales", money(net, world)),
      told("total_sales", money(net + shipping + tax - returnedTax, world)),
    ];
  },
};

export const connector: Connector = {
  ...native,
  catalog: sampleStoreCatalog,
  streams: [orders, carried("orderLines", ["orderLine"]), carried("refunds", ["refund"]), customers],
  reconcile,
};

// Klaviyo's own figures for one of its days: the store's Placed Order counted without any breakdown.
import type { Aggregate, Reconcile } from "../contract.ts";
import type { DayText } from "../records.ts";
import type { SourceSession } from "../session.ts";
import { aggregateCall, type AggregateAsk, amountIn, readAggregates } from "./aggregates.ts";
import { callerOf } from "./api.ts";
import { readMetrics } from "./metrics.ts";
import { settlePlacedOrder } from "./placed-order.ts";

export const klaviyoReconcile: Reconcile = { settledAfterHours: 6, aggregates };

async function aggregates(session: SourceSession, day: DayText): Promise<readonly Aggregate[]> {
  const caller = callerOf(session);
  const placed = await settlePlacedOrder(session, await readMetrics(caller));
  if (placed === null) return [];
  const until = new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
  const zone = session.account?.zone ?? "UTC";
  const ask: AggregateAsk = {
    metricId: placed,
    zone,
    from: day,
    until,
    by: [],
    page: null,
    purpose: "aggregates.check",
  };
  const { rows, spoiled } = readAggregates(await caller(aggregateCall(ask)), ask);
  if (spoiled.length > 0) return []; // what cannot be read is no zero
  const cell = rows[0]?.cells[0];
  const currency = session.account?.currency ?? null;
  return [
    { metric: "tracked_orders", day, value: cell?.count ?? "0", currency, figure: "placedOrder" },
    {
      metric: "tracked_revenue",
      day,
      value: cell === undefined ? "0" : amountIn(cell.value),
      currency,
      figure: "placedOrder",
    },
  ];
}

// The account's own figures for each of its days, and its rows, straight from what happened: what Headwater's rollups and
// message days must equal to the cent. Told as they stand now, or as they stood when each day was last served.
import type { ServedLedger } from "./ledger.ts";
import { arrivedOf } from "./days.ts";
import { dayText } from "./messages.ts";
import type { Account, Metric } from "./world.ts";

export type Basis = "truth" | "served";

export interface ToldRow {
  readonly metric: string;
  readonly day: string;
  readonly channel: string | null;
  readonly flow: string | null;
  readonly message: string | null;
  readonly column: "orders" | "sends" | "opens" | "clicks" | "unsubscribes";
  readonly count: number;
  readonly minor: number;
  /** Of several stores that send orders only the first is the account's own. */
  readonly counts: boolean;
}

const columnOf = { received: "sends", opened: "opens", clicked: "clicks", unsubscribed: "unsubscribes" } as const;

export function* toldRows(account: Account, ledger: ServedLedger, basis: Basis): Generator<ToldRow> {
  for (const metric of account.metrics) {
    if (metric.source === null) continue;
    const servedAt = ledger.countedAt(account.seed.id, metric.id);
    for (let day = account.days.first; day <= account.today(); day += 1) {
      const at = basis === "truth" ? account.countedAt() : servedAt(day);
      if (at !== null) yield* rowsOn(account, metric, day, at);
    }
  }
}

function rowsOn(account: Account, metric: Metric, day: number, at: number): ToldRow[] {
  const { source } = metric;
  if (source === null) return [];
  const told = { metric: metric.id, day: dayText(day) };
  if (!("store" in source))
    return account.days
      .events(source.kind, day)
      .filter(({ channel }) => channel === source.channel)
      .map(({ flowId, messageId, channel, final }): ToldRow => ({
        ...told,
        channel,
        flow: flowId === "" ? null : flowId,
        message: messageId,
        column: columnOf[source.kind],
        count: arrivedOf(final, day, account.seed.zone, at),
        minor: 0,
        counts: true,
      }))
      .filter(({ count }) => count > 0);
  const rows = new Map<string, ToldRow>();
  for (const order of account.days.orders(day)) {
    if (order.store !== source.store || order.at > at || order.arrivedAt > at) continue;
    const credit = order.creditedAt <= at ? order.credit : null;
    const key = credit === null ? "" : `${credit.flowId} ${credit.messageId}`;
    const before = rows.get(key);
    rows.set(key, {
      ...told,
      channel: credit?.channel ?? null,
      flow: credit === null || credit.flowId === "" ? null : credit.flowId,
      message: credit?.messageId ?? null,
      column: "orders",
      count: (before?.count ?? 0) + 1,
      minor: (before?.minor ?? 0) + order.minor,
      counts: source.store === 0,
    });
  }
  return [...rows.values()];
}

/** By day and figure, in whole minor units or counts; what nobody did that day is not there. */
export function figuresByDay(rows: Iterable<ToldRow>): Map<string, Map<string, number>> {
  const days = new Map<string, Map<string, number>>();
  for (const row of rows) {
    if (!row.counts) continue;
    const figures = days.get(row.day) ?? new Map<string, number>();
    days.set(row.day, figures);
    const add = (name: string, value: number): void => void figures.set(name, (figures.get(name) ?? 0) + value);
    if (row.channel !== null) add(`${row.channel}_${row.column}`, row.count);
    if (row.column !== "orders") continue;
    add("tracked_orders", row.count);
    add("tracked_revenue", row.minor);
    if (row.channel === null) continue;
    add(`${row.channel}_revenue`, row.minor);
    add(row.flow === null ? "campaign_revenue" : "flow_revenue", row.minor);
  }
  return days;
}

export const isMoney = (figure: string): boolean => figure.endsWith("_revenue");

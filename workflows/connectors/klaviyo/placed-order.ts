// Which of several metrics called Placed Order counts: one for each shop or app that sends orders to Klaviyo, and only one of
// them is the store's. A person may say which; until then the one of a store that is connected here, else the busiest.
import { Temporal } from "temporal-polyfill";
import { nameIn } from "../account-facts.ts";
import type { PlatformId } from "../platforms.ts";
import type { SourceSession } from "../session.ts";
import { aggregateCall, type AggregateAsk, readAggregates } from "./aggregates.ts";
import { callerOf } from "./api.ts";
import { type Metric, PLACED_ORDER } from "./metrics.ts";

export const CONVERSION_METRIC = "conversionMetric";

/** Klaviyo's names of the stores that can be connected here. */
const platformOf: ReadonlyMap<string, PlatformId> = new Map<string, PlatformId>([
  ["shopify", "shopify"],
  ["bigcommerce", "bigcommerce"],
  ["woocommerce", "woocommerce"],
]);
const BUSY_DAYS = 30;

/** The id of the metric whose orders count; null where the account has none. */
export async function settlePlacedOrder(session: SourceSession, metrics: readonly Metric[]): Promise<string | null> {
  const placed = metrics
    .filter(({ name }) => name === PLACED_ORDER)
    .toSorted((a, b) => a.created.localeCompare(b.created) || (a.id < b.id ? -1 : 1));
  return session.choices.settle({
    name: CONVERSION_METRIC,
    options: placed.map(({ id, integration }) => ({
      value: id,
      label: integration === "" ? PLACED_ORDER : nameIn(integration),
    })),
    prefer: (connected) => preferred(session, placed, connected),
  });
}

async function preferred(
  session: SourceSession,
  placed: readonly Metric[],
  connected: ReadonlySet<PlatformId>,
): Promise<string> {
  // What counted before anybody could choose goes on counting.
  const before = placed.find(({ id }) => id === session.account?.details[`${CONVERSION_METRIC}Id`]);
  const ofStore = placed.filter(({ integration }) => {
    const platform = platformOf.get(integration.toLowerCase());
    return platform !== undefined && connected.has(platform);
  });
  if (before !== undefined) return before.id;
  return busiest(session, ofStore.length > 0 ? ofStore : placed);
}

/** By the orders of the last thirty days; the eldest of equals. */
async function busiest(session: SourceSession, placed: readonly Metric[]): Promise<string> {
  const [eldest] = placed;
  if (eldest === undefined) throw new Error("nothing to choose from");
  let most = { id: eldest.id, orders: 0 };
  for (const { id } of placed.length > 1 ? placed : []) {
    const orders = await ordersOf(session, id);
    if (orders > most.orders) most = { id, orders };
  }
  return most.id;
}

async function ordersOf(session: SourceSession, metricId: string): Promise<number> {
  const zone = session.account?.zone ?? "UTC";
  const today = Temporal.Instant.fromEpochMilliseconds(session.clock.now().getTime()).toZonedDateTimeISO(zone);
  const until = today.toPlainDate().add({ days: 1 });
  const from = until.subtract({ days: BUSY_DAYS }).toString();
  const range = { from, until: until.toString() };
  const ask: AggregateAsk = { metricId, zone, ...range, by: [], page: null, purpose: "aggregates.busiest" };
  const { rows } = readAggregates(await callerOf(session)(aggregateCall(ask)), ask);
  return rows.flatMap(({ cells }) => cells).reduce((sum, { count }) => sum + Number(count), 0);
}

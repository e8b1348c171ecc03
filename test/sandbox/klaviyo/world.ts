// Klaviyo as it stands: accounts, their metrics, and what each metric counted, day by day, at an instant.
import type { Clock } from "../clock.ts";
import type { Store } from "../store.ts";
import { arrivedOf, openDays, type Days, type EventKind } from "./days.ts";
import { dayNumber, dayText, startOf, type Channel } from "./messages.ts";
import { accountSeeds, type AccountSeed } from "./seeds.ts";

/** A day's happenings under one set of dimensions. */
export interface Atom {
  readonly day: number;
  /** `$attributed_channel` and its like, by their own names. */
  readonly under: Readonly<Record<string, string>>;
  readonly count: number;
  readonly minor: number;
}

export interface Metric {
  readonly id: string;
  readonly name: string;
  readonly integration: string;
  readonly createdAt: number;
  readonly source: { readonly store: number } | { readonly kind: EventKind; readonly channel: Channel } | null;
}

export interface Account {
  readonly seed: AccountSeed;
  readonly days: Days;
  readonly metrics: readonly Metric[];
  /** Klaviyo counts again every hour: seconds of the last full one. */
  countedAt(): number;
  /** Today, as a number of days since 1970. */
  today(): number;
  atoms(metric: Metric, from: number, until: number, countedAt: number): Atom[];
}

export interface World {
  readonly accounts: readonly Account[];
  byId(id: string): Account | null;
  /** Its figures stand still at a moment; null lets them follow the clock again. */
  standAt(asOfMs: number | null): void;
}

const HISTORY_DAYS = 730;

export function openWorld(store: Store, clock: Clock): World {
  const kept = store.readSetting("klaviyoFirstDay");
  const first = kept ?? dayText(Math.floor(clock.nowMs() / 86_400_000) - HISTORY_DAYS);
  if (kept === undefined) store.writeSetting("klaviyoFirstDay", first);
  const countedAt = (): number => {
    const asOf = store.readSetting("klaviyoAsOf") ?? "";
    const seconds = asOf === "" ? clock.nowSeconds() : Math.floor(Number(asOf) / 1000);
    return Math.floor(seconds / 3600) * 3600;
  };
  const accounts = accountSeeds.map((seed) => openAccount(seed, dayNumber(first), countedAt));
  return {
    accounts,
    byId: (id) => accounts.find(({ seed }) => seed.id === id) ?? null,
    standAt: (asOfMs) => store.writeSetting("klaviyoAsOf", asOfMs === null ? "" : String(asOfMs)),
  };
}

function openAccount(seed: AccountSeed, first: number, countedAt: () => number): Account {
  const days = openDays(seed, first);
  return {
    seed,
    days,
    metrics: metricsOf(seed, first),
    countedAt,
    today() {
      let day = Math.floor(countedAt() / 86_400) - 1;
      while (startOf(day + 1, seed.zone) <= countedAt()) day += 1;
      return day;
    },
    atoms: (metric, from, until, at) => {
      const atoms: Atom[] = [];
      for (let day = Math.max(from, days.first); day < until && startOf(day, seed.zone) <= at; day += 1)
        atoms.push(...atomsOn({ seed, days }, metric, { day, at }));
      return atoms;
    },
  };
}

function metricsOf(seed: AccountSeed, first: number): Metric[] {
  const at = startOf(first, seed.zone);
  const placed = seed.stores.map((integration, store): Metric => ({
    id: `P${seed.id.slice(1, 3)}rd${store}`,
    name: "Placed Order",
    integration,
    createdAt: at + store * 86_400,
    source: { store },
  }));
  const channels: Channel[] = [
    "email",
    ...(seed.hasSms ? (["sms"] as const) : []),
    ...(seed.hasPush ? (["push"] as const) : []),
  ];
  const messages = channels.flatMap((channel) =>
    named[channel].map(([kind, name], n): Metric => ({
      id: `${channel[0]?.toUpperCase() ?? "X"}${seed.id.slice(1, 4)}0${n}`,
      name: seed.hasOldNames ? name.replace(" from Email Marketing", "") : name,
      integration: "Klaviyo",
      createdAt: at,
      source: { kind, channel },
    })),
  );
  const others = ["Viewed Product", "Active on Site", "Refunded Order"].map((name, n): Metric => ({
    id: `X${seed.id.slice(1, 4)}0${n}`,
    name,
    integration: seed.stores[0] ?? "API",
    createdAt: at,
    source: null,
  }));
  return [...messages, ...others, ...placed.toReversed()];
}

const named: Record<Channel, readonly (readonly [EventKind, string])[]> = {
  email: [
    ["received", "Received Email"],
    ["opened", "Opened Email"],
    ["clicked", "Clicked Email"],
    ["unsubscribed", "Unsubscribed from Email Marketing"],
  ],
  sms: [
    ["received", "Received SMS"],
    ["clicked", "Clicked SMS"],
    ["unsubscribed", "Unsubscribed from SMS Marketing"],
  ],
  push: [
    ["received", "Received Push"],
    ["opened", "Opened Push"],
  ],
};

/** What of a day had been counted at a moment. */
function atomsOn(
  { seed, days }: Pick<Account, "seed" | "days">,
  { source }: Metric,
  { day, at }: { day: number; at: number },
): Atom[] {
  if (source === null) return [];
  if ("store" in source)
    return days
      .orders(day)
      .filter((order) => order.store === source.store && order.at <= at && order.arrivedAt <= at)
      .map(({ credit, creditedAt, minor }) => {
        const given = credit !== null && creditedAt <= at ? credit : { channel: "", flowId: "", messageId: "" };
        const under = {
          $attributed_channel: given.channel,
          $attributed_flow: given.flowId,
          $attributed_message: given.messageId,
        };
        return { day, under, count: 1, minor };
      });
  return days
    .events(source.kind, day)
    .filter(({ channel }) => channel === source.channel)
    .map(({ flowId, messageId, channel, final }) => ({
      day,
      under: { $flow: flowId, $message: messageId, $campaign_channel: channel },
      count: arrivedOf(final, day, seed.zone, at),
      minor: 0,
    }))
    .filter(({ count }) => count > 0);
}

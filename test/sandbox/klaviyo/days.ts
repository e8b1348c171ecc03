// What happened on each day of an account, as far as Klaviyo knows it at some instant. Orders arrive late and are
// credited later still, on the day of the order: so days that have passed go on changing, and a row can vanish.
import { seededRandom } from "../random.ts";
import { campaignsUntil, flowsOf, placesIn, startOf, type Campaign, type Channel, type Flow } from "./messages.ts";
import type { AccountSeed } from "./seeds.ts";

export interface Credit {
  readonly channel: Channel;
  readonly flowId: string;
  readonly messageId: string;
}

export interface Order {
  readonly at: number;
  readonly minor: number;
  readonly store: number;
  /** When Klaviyo hears of it. */
  readonly arrivedAt: number;
  readonly credit: Credit | null;
  readonly creditedAt: number;
}

/** One message's events of a kind on a day: what it will be when all have arrived. */
export interface Events {
  readonly flowId: string;
  readonly messageId: string;
  readonly channel: Channel;
  readonly final: number;
}

const eventKinds = ["received", "opened", "clicked", "unsubscribed"] as const;
export type EventKind = (typeof eventKinds)[number];

const HOUR = 3600;
const DAY = 86_400;
/** A message is opened, clicked and bought from for so many days. */
const LIVES_DAYS = 6;

export interface Days {
  readonly first: number;
  campaigns(last: number): readonly Campaign[];
  readonly flows: readonly Flow[];
  orders(day: number): readonly Order[];
  events(kind: EventKind, day: number): readonly Events[];
}

export function openDays(seed: AccountSeed, first: number): Days {
  const flows = flowsOf(seed, first);
  const ordersByDay = new Map<number, readonly Order[]>();
  const eventsByDay = new Map<string, readonly Events[]>();
  const plan = { first, made: [] };
  const campaigns = (last: number): readonly Campaign[] => campaignsUntil(seed, plan, last);
  const living = (day: number) => {
    const [from, to] = [startOf(day - LIVES_DAYS, seed.zone), startOf(day + 1, seed.zone)];
    const [since, beyond] = placesIn(seed, first, day - LIVES_DAYS - 1, day + 1);
    return campaigns(day)
      .slice(since, beyond)
      .filter(({ sentAt }) => sentAt >= from && sentAt < to);
  };
  return {
    first,
    flows,
    campaigns,
    orders: (day) => remembered(ordersByDay, day, () => ordersOn(seed, day, living(day), flows)),
    events: (kind, day) =>
      remembered(eventsByDay, `${kind} ${day}`, () => eventsOn(seed, { kind, day }, living(day), flows)),
  };
}

function remembered<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

function ordersOn(seed: AccountSeed, day: number, living: readonly Campaign[], flows: readonly Flow[]): Order[] {
  const random = seededRandom("klaviyo orders", seed.id, day);
  const [start, end] = [startOf(day, seed.zone), startOf(day + 1, seed.zone)];
  return Array.from({ length: random.whole(0, 2 * seed.ordersADay) }, (): Order => {
    const at = start + Math.floor(random.next() * (end - start));
    const arrivedAt = at + arrival(random.next());
    const credit = random.isChosen(0.45) ? null : creditOf(random.next(), at, living, flows);
    return {
      at,
      minor: 1 + Math.floor(seed.orderValue * (0.2 + 1.6 * random.next())),
      store: random.isChosen(0.85) ? 0 : random.whole(0, Math.max(0, seed.stores.length - 1)),
      arrivedAt,
      credit,
      creditedAt: Math.max(arrivedAt, at + crediting(random.next())),
    };
  });
}

/** Most within minutes, some within hours, one in twenty within two days. */
const arrival = (chance: number): number =>
  chance < 0.8
    ? Math.floor(chance * 700)
    : Math.floor(chance < 0.95 ? (chance - 0.8) * 40 * HOUR : (chance - 0.95) * 40 * DAY);

/** Most within the hour; the attribution window is five days, and a few are credited weeks later. */
const crediting = (chance: number): number => {
  if (chance < 0.65) return Math.floor(chance * HOUR);
  if (chance < 0.97) return Math.floor((chance - 0.65) * 15 * DAY);
  return Math.floor((chance - 0.97) * 800 * DAY);
};

function creditOf(chance: number, at: number, living: readonly Campaign[], flows: readonly Flow[]): Credit | null {
  const sent = living.filter(({ sentAt }) => sentAt <= at);
  const pick = <T>(list: readonly T[]): T | undefined =>
    list[Math.floor(chance * 1_000_003) % Math.max(1, list.length)];
  const campaign = pick(sent);
  if (campaign !== undefined && chance < 0.6)
    return { channel: campaign.channel, flowId: "", messageId: campaign.messageId };
  const flow = pick(flows);
  const messageId = flow === undefined ? undefined : pick(flow.messageIds);
  return flow === undefined || messageId === undefined ? null : { channel: flow.channel, flowId: flow.id, messageId };
}

const shareOf: Record<EventKind, (daysSince: number) => number> = {
  received: (daysSince) => (daysSince === 0 ? 1 : 0),
  opened: (daysSince) => 0.3 / (1 + daysSince * daysSince),
  clicked: (daysSince) => 0.04 / (1 + daysSince * daysSince),
  unsubscribed: (daysSince) => (daysSince < 2 ? 0.003 : 0),
};
const flowMost: Record<EventKind, number> = { received: 40, opened: 18, clicked: 5, unsubscribed: 1 };

function eventsOn(
  seed: AccountSeed,
  { kind, day }: { kind: EventKind; day: number },
  living: readonly Campaign[],
  flows: readonly Flow[],
): Events[] {
  const byCampaigns = living.map(({ messageId, channel, recipients, sentAt }): Events => {
    const daysSince = Math.floor((startOf(day + 1, seed.zone) - 1 - sentAt) / DAY);
    const random = seededRandom("klaviyo events", seed.id, kind, messageId, day);
    const final = Math.floor(recipients * shareOf[kind](daysSince) * (kind === "received" ? 1 : 0.5 + random.next()));
    return { flowId: "", messageId, channel, final };
  });
  const byFlows = flows.flatMap(({ id, channel, messageIds }) =>
    messageIds.map((messageId): Events => {
      const random = seededRandom("klaviyo events", seed.id, kind, messageId, day);
      // Of many flows most are quiet on most days.
      const final = random.isChosen(0.4) ? random.whole(0, flowMost[kind]) : 0;
      return { flowId: id, messageId, channel, final };
    }),
  );
  return [...byCampaigns, ...byFlows].filter(({ final }) => final > 0);
}

/** What of a day's events has arrived: most while the day goes on, the last of them within two days more. */
export function arrivedOf(final: number, day: number, zone: string, now: number): number {
  const [start, end] = [startOf(day, zone), startOf(day + 1, zone)];
  if (now <= start) return 0;
  if (now < end) return Math.floor((final * (now - start)) / (end - start));
  const late = Math.floor(final * 0.06);
  return final - late + Math.floor(late * Math.min(1, (now - end) / (2 * DAY)));
}

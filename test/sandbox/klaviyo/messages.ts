// What an account sends: campaigns, each once, and flows that go on for ever.
import { seededRandom } from "../random.ts";
import { dayStartSeconds } from "../shopify/seed/shop-days.ts";
import type { AccountSeed } from "./seeds.ts";

export type Channel = "email" | "sms" | "push";

export interface Campaign {
  readonly id: string;
  readonly messageId: string;
  readonly channel: Channel;
  readonly name: string;
  readonly sentAt: number;
  readonly recipients: number;
  readonly archivedAt: number | null;
}

export interface Flow {
  readonly id: string;
  readonly name: string;
  readonly trigger: string;
  readonly channel: Channel;
  readonly messageIds: readonly string[];
  readonly createdAt: number;
}

const DAY = 86_400;

export const dayText = (days: number): string => new Date(days * DAY * 1000).toISOString().slice(0, 10);
export const dayNumber = (day: string): number => Date.parse(`${day}T00:00:00Z`) / 1000 / DAY;

const startByDay = new Map<string, number>();

/** Seconds since 1970 at which a day begins there. */
export function startOf(day: number, zone: string): number {
  const key = `${zone} ${day}`;
  let start = startByDay.get(key);
  if (start === undefined) {
    start = dayStartSeconds(dayText(day), zone);
    startByDay.set(key, start);
  }
  return start;
}

function channelOf(seed: AccountSeed, n: number): Channel {
  if (seed.hasSms && n % 4 === 3) return "sms";
  return seed.hasPush && n % 7 === 5 ? "push" : "email";
}

const occasions = ["New arrivals", "Weekend offer", "Back in stock", "From our journal", "Last chance", "Thank you"];

/** Where the plan begins, and those of it that were made already. */
export interface Plan {
  readonly first: number;
  readonly made: Campaign[];
}

/** Those planned up to and with a day; the last may not be sent yet. */
export function campaignsUntil(seed: AccountSeed, { first, made }: Plan, last: number): readonly Campaign[] {
  const many = Math.floor((last - first) / seed.campaignEveryDays) + 1;
  for (let n = made.length; n < many; n += 1) made.push(campaignOf(seed, first, n));
  return made.length === many ? made : made.slice(0, Math.max(0, many));
}

function campaignOf(seed: AccountSeed, first: number, n: number): Campaign {
  const random = seededRandom("klaviyo campaign", seed.id, n);
  const day = first + Math.floor(n * seed.campaignEveryDays);
  const sentAt = startOf(day, seed.zone) + random.whole(8, 19) * 3600;
  const number = String(n).padStart(5, "0");
  return {
    id: `01CMP${seed.id.toUpperCase()}${number}`,
    messageId: `01MSG${seed.id.toUpperCase()}${number}`,
    channel: channelOf(seed, n),
    name: `${random.pick(occasions)} ${n + 1}`,
    sentAt,
    recipients: random.whole(200, 6_000),
    archivedAt: n % 5 === 0 ? sentAt + 400 * DAY : null,
  };
}

/** The numbers, in the plan, of the first that is not before a day and of the first beyond another. */
export const placesIn = (seed: AccountSeed, first: number, from: number, until: number): readonly [number, number] => [
  Math.max(0, Math.ceil((from - first) / seed.campaignEveryDays)),
  Math.max(0, Math.ceil((until - first) / seed.campaignEveryDays)),
];

const triggers = ["Added to List", "Metric", "Price Drop", "Date Based"];

export function flowsOf(seed: AccountSeed, first: number): Flow[] {
  return Array.from({ length: seed.flows }, (_, n): Flow => {
    const id = `F${seed.id.slice(0, 3)}${String(n).padStart(2, "0")}`;
    return {
      id,
      name: `${["Welcome", "Abandoned cart", "Post-purchase", "Win-back", "Birthday"][n % 5] ?? "Flow"} ${n + 1}`,
      trigger: triggers[n % triggers.length] ?? "Metric",
      channel: seed.hasSms && n % 3 === 2 ? "sms" : "email",
      messageIds: ["a", "b", "c"].map((part) => `${id}${part}`),
      createdAt: startOf(first, seed.zone) + n * 3600,
    };
  });
}

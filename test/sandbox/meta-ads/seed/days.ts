// What an ad account's ads did on each day, from a seed: nothing is stored. A day shows more as it ages: its own hours while
// it lasts, then purchases as Meta attributes them for 28 days; spend is credited down after two; what was invalid traffic
// is gone after two. After 28 days nothing changes any more.
import { Temporal } from "temporal-polyfill";
import { seededRandom } from "../../random.ts";
import type { AdAccountSeed } from "./people.ts";

const levels = ["account", "campaign", "adset", "ad"] as const;
export type Level = (typeof levels)[number];
export const isLevel = (text: string): text is Level => levels.some((level) => level === text);

/** Whole numbers; money in minor units of the account's currency. */
export interface Figures {
  readonly spend: number;
  readonly impressions: number;
  readonly clicks: number;
  readonly linkClicks: number;
  readonly purchases: number;
  readonly purchasesByClick1: number;
  readonly purchasesByView: number;
  readonly value: number;
}

export interface DayRow extends Figures {
  readonly level: Level;
  readonly entity: string;
  readonly campaign: number | null;
  readonly adset: number | null;
  readonly ad: number | null;
  readonly day: string;
}

export const restatedDays = 28;
const adsets = 2;
const adsPerSet = 2;
const none: Figures = {
  spend: 0,
  impressions: 0,
  clicks: 0,
  linkClicks: 0,
  purchases: 0,
  purchasesByClick1: 0,
  purchasesByView: 0,
  value: 0,
};

export const campaignId = (account: string, c: number): string =>
  `12${account.slice(-13)}${String(c + 1).padStart(3, "0")}`;
export const adsetId = (account: string, c: number, s: number): string =>
  `${campaignId(account, c)}${s + 1}`.replace(/^12/, "13");
export const adId = (account: string, c: number, s: number, a: number): string =>
  `${campaignId(account, c)}${s + 1}${a + 1}`.replace(/^12/, "14");

export const dayIn = (zone: string, atMs: number): string =>
  Temporal.Instant.fromEpochMilliseconds(Math.floor(atMs)).toZonedDateTimeISO(zone).toPlainDate().toString();
export const addDays = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
const startMs = (day: string, zone: string): number =>
  Temporal.PlainDate.from(day).toZonedDateTime(zone).epochMilliseconds;

/** How old a day is: its share that has passed, and whole days since it ended. */
interface Age {
  readonly share: number;
  readonly days: number;
}
function ageOf(day: string, zone: string, asOfMs: number): Age | null {
  const start = startMs(day, zone);
  const end = startMs(addDays(day, 1), zone);
  if (asOfMs <= start) return null;
  if (asOfMs < end) return { share: (asOfMs - start) / (end - start), days: 0 };
  return { share: 1, days: Math.min(restatedDays, Math.floor((asOfMs - end) / 86_400_000)) };
}

/** Percent of a day's purchases that are attributed by now. */
const attributed = (days: number): number =>
  days >= restatedDays ? 100 : Math.min(99, 52 + days * 7 - Math.floor((days * days) / 5));
const percentByAge = Array.from({ length: restatedDays + 1 }, (_, days) =>
  Math.max(...Array.from({ length: days + 1 }, (__, d) => attributed(d))),
);

function adFigures(
  account: AdAccountSeed,
  { place, day, age }: { place: string; day: string; age: Age },
  seed: number,
): Figures | null {
  const random = seededRandom("meta", seed, account.id, place, day);
  const isWeak = place.startsWith("0.") && Number(day.slice(-2)) % 10 === 3;
  // One campaign's every tenth day is nothing but invalid traffic, which Meta takes back.
  if (isWeak) return age.days >= 2 ? null : { ...none, spend: 100, impressions: 3, clicks: 1 };
  if (!random.isChosen(0.85)) return null;
  const full = random.whole(Math.floor(account.spendMinor * 0.4), account.spendMinor);
  const impressions = Math.floor(random.whole(800, 26_000) * age.share);
  if (impressions === 0) return null;
  const clicks = Math.floor(impressions / random.whole(30, 90));
  const credit = age.days < 2 ? full % 7 : 0;
  const percent = percentByAge[age.days] ?? 100;
  const final = random.whole(0, 14);
  const purchases = Math.floor((final * percent * age.share) / 100);
  const basket = random.whole(Math.floor(account.spendMinor * 0.6), account.spendMinor * 3);
  return {
    spend: Math.floor(full * age.share) + credit,
    impressions,
    clicks,
    linkClicks: Math.floor((clicks * 3) / 5),
    purchases,
    purchasesByClick1: Math.floor((purchases * 2) / 3),
    purchasesByView: Math.floor(purchases / 5),
    value: purchases * basket + purchases * (purchases + 3),
  };
}

export const added = (a: Figures, b: Figures): Figures => ({
  spend: a.spend + b.spend,
  impressions: a.impressions + b.impressions,
  clicks: a.clicks + b.clicks,
  linkClicks: a.linkClicks + b.linkClicks,
  purchases: a.purchases + b.purchases,
  purchasesByClick1: a.purchasesByClick1 + b.purchasesByClick1,
  purchasesByView: a.purchasesByView + b.purchasesByView,
  value: a.value + b.value,
});

/** Whether a campaign ran on a day: staggered starts, every third one ended long ago. */
export function campaignSpan(account: AdAccountSeed, c: number, born: string): { from: string; to: string | null } {
  const from = addDays(born, Math.floor((account.historyDays * c) / (account.campaigns + 2)));
  return { from, to: c % 3 === 2 ? addDays(from, Math.floor(account.historyDays / 3)) : null };
}

/** Those that ended stand archived, paused, or deleted since. */
export function campaignStatus(account: AdAccountSeed, c: number, born: string, today: string): string {
  const { to } = campaignSpan(account, c, born);
  if (to === null || to >= today) return "ACTIVE";
  return ["ARCHIVED", "DELETED", "PAUSED"][((c - 2) / 3) % 3] ?? "PAUSED";
}

export interface DayQuery {
  readonly account: AdAccountSeed;
  /** The day of the account's first campaign. */
  readonly born: string;
  readonly level: Level;
  readonly since: string;
  readonly until: string;
  readonly asOfMs: number;
  readonly seed: number;
  /** A level at which purchases are lost, as has been seen in the field. */
  readonly dropsAt: Level | null;
}

/** In the order of entity, then day, as pages give them. */
export function dayRows(query: DayQuery): DayRow[] {
  const rows = new Map<string, DayRow>();
  const { account, born, level, asOfMs, seed } = query;
  const first = query.since < born ? born : query.since;
  for (let day = first; day <= query.until; day = addDays(day, 1)) {
    const age = ageOf(day, account.zone, asOfMs);
    if (age === null) break;
    for (let c = 0; c < account.campaigns; c += 1) {
      const span = campaignSpan(account, c, born);
      if (day < span.from || (span.to !== null && day > span.to)) continue;
      for (let s = 0; s < adsets; s += 1)
        for (let a = 0; a < adsPerSet; a += 1) {
          const figures = adFigures(account, { place: `${c}.${s}.${a}`, day, age }, seed);
          if (figures !== null) addTo(rows, { query, level, day, c, s, a, figures });
        }
    }
  }
  return [...rows.values()].toSorted((x, y) =>
    x.entity === y.entity ? (x.day < y.day ? -1 : 1) : x.entity < y.entity ? -1 : 1,
  );
}

interface Adding {
  readonly query: DayQuery;
  readonly level: Level;
  readonly day: string;
  readonly c: number;
  readonly s: number;
  readonly a: number;
  readonly figures: Figures;
}

function addTo(rows: Map<string, DayRow>, { query, level, day, c, s, a, figures }: Adding): void {
  const { account } = query;
  const depth = levels.indexOf(level);
  const entity =
    [account.id, campaignId(account.id, c), adsetId(account.id, c, s), adId(account.id, c, s, a)][depth] ?? account.id;
  const key = `${entity} ${day}`;
  const isDropped = query.dropsAt === level && c === 1;
  const mine = isDropped ? { ...figures, purchases: 0, purchasesByClick1: 0, purchasesByView: 0, value: 0 } : figures;
  const known = rows.get(key);
  rows.set(key, {
    ...(known === undefined ? mine : added(known, mine)),
    level,
    entity,
    day,
    campaign: depth >= 1 ? c : null,
    adset: depth >= 2 ? s : null,
    ad: depth >= 3 ? a : null,
  });
}

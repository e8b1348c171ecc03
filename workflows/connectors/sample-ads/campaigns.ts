// What the campaigns of a sample ad account did on a day. Purchases are credited to it for some days more, and clicks taken back.
import type { AdDayRecord, CampaignRecord, DayText } from "../records.ts";
import { addDays, dayIn, startOf } from "../days.ts";
import { between, thrown } from "../sample/dice.ts";
import { money, type World } from "../sample/world.ts";

/** In dollars a day. */
const CAMPAIGNS = [
  { id: "c1", name: "Brand search", budget: 60, worth: 5.2 },
  { id: "c2", name: "New customers", budget: 140, worth: 1.9 },
  { id: "c3", name: "Come back", budget: 45, worth: 3.4 },
] as const;

/** Of all the purchases of a day, how many are credited to it on that day and on those after. */
const CREDITED = [0.7, 0.85, 0.95, 1];
export const RESTATED_DAYS = CREDITED.length - 1;

export interface Figures {
  readonly campaign: string;
  readonly spend: number;
  readonly impressions: number;
  readonly clicks: number;
  readonly purchases: number;
  readonly worth: number;
}

/** None where the day has not begun. */
export function figuresOf(world: World, day: DayText): Figures[] {
  const share = shareOf(world, day);
  return share === 0 ? [] : CAMPAIGNS.map((campaign) => figuresFor(world, { day, share, campaign }));
}

/** How much of it is over, by whole minutes. */
function shareOf({ zone, now }: World, day: DayText): number {
  const from = startOf(day, zone).getTime();
  const to = startOf(addDays(day, 1), zone).getTime();
  const at = Math.floor(now.getTime() / 60_000) * 60_000;
  return Math.min(1, Math.max(0, (at - from) / (to - from)));
}

interface Asked {
  readonly day: DayText;
  readonly share: number;
  readonly campaign: (typeof CAMPAIGNS)[number];
}

function figuresFor(world: World, { day, share, campaign }: Asked): Figures {
  const { seed, level, zone, now } = world;
  const { id, budget, worth } = campaign;
  const spent = budget * (0.8 + thrown(seed, id, day, "spend") * 0.4) * share;
  const impressions = Math.floor(spent * between(90, 130, seed, id, day, "impressions"));
  const clicked = Math.floor(impressions * (0.012 + thrown(seed, id, day, "clicks") * 0.01));
  const age = CREDITED.findIndex((_, n) => n === RESTATED_DAYS || addDays(day, n) >= dayIn(zone, now));
  const bought = (spent * worth * (0.8 + thrown(seed, id, day, "worth") * 0.4)) / 40;
  const purchases = Math.floor(bought * (CREDITED[age] ?? 1));
  return {
    campaign: id,
    spend: Math.round(spent * level),
    impressions,
    clicks: age === 0 ? clicked : clicked - Math.floor(clicked * 0.02),
    purchases,
    worth: purchases * Math.round(40 * level),
  };
}

/** What it says of a day is as it stands at the reading. */
export const dayRecord = (world: World, day: DayText, figures: Figures): AdDayRecord => ({
  kind: "adDay",
  id: `${figures.campaign}:${day}`,
  versionAt: world.now.toISOString(),
  document: null,
  day,
  part: "campaign",
  counts: true,
  currency: world.currency,
  level: "campaign",
  campaignId: figures.campaign,
  adsetId: null,
  adId: null,
  spend: money(figures.spend, world),
  impressions: String(figures.impressions),
  clicks: String(figures.clicks),
  linkClicks: null,
  outboundClicks: null,
  uniqueOutboundClicks: null,
  purchases: String(figures.purchases),
  purchaseValue: money(figures.worth, world),
  attribution: null,
  breakdown: null,
});

const STARTED = "2025-01-06T06:00:00Z";

export const campaignRecords: readonly CampaignRecord[] = CAMPAIGNS.map(({ id, name }) => ({
  kind: "campaign",
  id,
  versionAt: STARTED,
  document: null,
  level: "campaign",
  parentId: null,
  name,
  status: "ACTIVE",
  objective: null,
  channel: null,
  startedAt: STARTED,
  endedAt: null,
  sentAt: null,
}));

// An ad account that is nowhere: spend and results by campaign and day, restated for some days as ads are.
import type { Aggregate, Connector, Page, Reconcile, SliceSpec, Stream } from "../contract.ts";
import { addDays } from "../days.ts";
import { sumOf } from "../decimal.ts";
import { pagesByDay } from "../sample/pages.ts";
import { native } from "../sample/native.ts";
import { money, worldOf } from "../sample/world.ts";
import type { SourceSession } from "../session.ts";
import { campaignRecords, dayRecord, figuresOf, RESTATED_DAYS } from "./campaigns.ts";
import { sampleAdsCatalog } from "./catalog.ts";

const DAY_MS = 86_400_000;
const CAMPAIGN_DAYS = "campaign";

const campaignsByDay: Stream = {
  name: "campaignsByDay",
  kinds: ["adDay"],
  needs: [],
  optional: false,
  // A day more than is restated: its last change comes with a midnight, and is read after it.
  window: { history: "byTime", overlapMs: DAY_MS, restatedDays: RESTATED_DAYS + 1, longestMs: null },
  pages: (session, slice, from) =>
    pagesByDay(session, slice, from, {
      read: (world, day) => ({
        records: figuresOf(world, day).map((figures) => dayRecord(world, day, figures)),
        whole: [
          { kind: "adDay", part: CAMPAIGN_DAYS, from: day, until: addDays(day, 1), since: world.now.toISOString() },
        ],
      }),
    }),
};

const campaigns: Stream = {
  name: "campaigns",
  kinds: ["campaign"],
  needs: [],
  optional: false,
  window: { history: "snapshot", overlapMs: 0, restatedDays: 0, longestMs: null },
  pages: allCampaigns,
};

async function* allCampaigns({ clock }: SourceSession, { to }: SliceSpec): AsyncGenerator<Page> {
  const now = clock.now();
  yield {
    kind: "records",
    records: campaignRecords,
    rejected: [],
    cursor: {},
    through: to < now ? to : now,
    done: true,
  };
}

const reconcile: Reconcile = {
  settledAfterHours: RESTATED_DAYS * 24 + 3,
  aggregates: async (session, day) => {
    const world = worldOf(session, session.clock.now());
    const rows = figuresOf(world, day);
    const told = (metric: string, values: readonly string[]): Aggregate => ({
      metric,
      day,
      value: sumOf(values),
      currency: world.currency,
      figure: "sampleReport",
    });
    return [
      told(
        "ad_spend",
        rows.map(({ spend }) => money(spend, world)),
      ),
      told(
        "ad_clicks",
        rows.map(({ clicks }) => String(clicks)),
      ),
      told(
        "ad_purchases",
        rows.map(({ purchases }) => String(purchases)),
      ),
      told(
        "ad_purchase_value",
        rows.map(({ worth }) => money(worth, world)),
      ),
    ];
  },
};

export const connector: Connector = {
  ...native,
  catalog: sampleAdsCatalog,
  streams: [campaignsByDay, campaigns],
  reconcile,
};

import { useEffect } from "react";
import type { LiveDatasource } from "../live/live.documents.ts";
import type { Tab } from "../routes.ts";
import { ago, ahead, datasourceFixture, fetchingBackfill, reason, streamFixture } from "./fixtures.ts";
import {
  givenAnswer,
  lateStanding,
  newStore,
  quietStanding,
  pausedStanding,
  replacedFixture,
  standingFixture,
} from "./repair-answers.ts";
import type { Scene } from "./scene.ts";
import type { SceneSetting } from "./scene-frame.tsx";
import { DetailScene, list, ListScene } from "./scene-pages.tsx";
import { overviewFixture, source as overviewSource } from "./numbers.ts";
import { OverviewPage } from "../screens/overview/overview-page.tsx";
import { Shell } from "../shell/shell.tsx";
import { clearPending, setPending } from "../screens/commands/pending.ts";

const detail =
  (tab: Tab = "overview") =>
  () => <DetailScene id="shopify" tab={tab} />;
const at = (answers: SceneSetting["answers"] & {}, tab = ""): SceneSetting => ({
  path: `${list}/shopify${tab}`,
  answers,
});

const pausedByUs = datasourceFixture({
  dataSync: {
    status: "INACTIVE",
    reason: reason("Paused by Headwater: 10 failures, last 20:12", {
      since: ago(155),
      by: { kind: "SYSTEM", name: "Headwater" },
      remedy: { kind: "RESUME", label: "Look at Shopify’s status page, then resume.", url: null },
    }),
  },
  needsAttention: true,
  nextRunAt: null,
  completeThrough: ago(215),
  lastSuccessAt: ago(215),
  viewerCan: (["RESUME", "DISCONNECT", "RENAME", "REPLACE"] as const).map((action) => ({
    action,
    isAllowed: true,
    reason: null,
  })),
});

/** Stopped for two days and some hours, and resumed a minute ago. */
const filling = datasourceFixture({
  isStale: true,
  completeThrough: ago(3240),
  lastSuccessAt: ago(3240),
  lastAttemptAt: ago(1),
  currentRun: { id: "r", kind: "SYNC", startedAt: ago(1), counts: { read: "1250" } },
});
const noProgress = datasourceFixture({
  dataSync: { status: "FETCHING_HISTORICAL_DATA", reason: null },
  backfill: fetchingBackfill,
  streams: [
    streamFixture({ id: "orders", title: "Orders", state: "RUNNING", percent: 12, rows: "1204", movedAt: ago(12) }),
    streamFixture({
      id: "transactions",
      title: "Transactions",
      state: "RUNNING",
      percent: 40,
      rows: "1520400",
      rowsPerMinute: 12,
      movedAt: ago(1),
      finishedAt: null,
    }),
  ],
});

/** How a datasource stands: late, paused by us, being filled, in the place of another. */
const stopped = (id: string, code: string, by: string | null): LiveDatasource =>
  datasourceFixture({
    id,
    name: id,
    dataSync: { status: "INACTIVE", reason: reason("Stopped", { code, by: by ? { kind: "PERSON", name: by } : null }) },
  });

const oldStore = overviewSource("Old store", "COMPLETE", ago(9));

/** Two that end within the days shown, and one that was stopped, and one that was replaced, after them. */
const stoppedSources: SceneSetting = {
  datasources: [
    stopped("Shopify", "pausedByPerson", "Arjun Rao"),
    stopped("Klaviyo", "credentialsDoNotWork", null),
    stopped("Meta Ads", "pausedByPerson", "Arjun Rao"),
  ],
  answers: {
    Overview: {
      overview: overviewFixture({
        sources: [
          overviewSource("Shopify", "PARTIAL", "2026-11-19T13:10:00Z"),
          overviewSource("Klaviyo", "MISSING", null),
          overviewSource("Meta Ads", "COMPLETE", ago(9)),
          { ...oldStore, datasource: { ...oldStore.datasource, countsUntil: "2026-11-20" } },
        ],
      }),
    },
  },
};

/** Its history was read in hours, and some of it once more in minutes since. */
const readAgainSince = datasourceFixture({
  streams: [streamFixture({ id: "orders", title: "Orders" }), streamFixture({ id: "products", title: "Products" })],
});
const took = [
  { id: "orders", workedSeconds: 29_520 },
  { id: "products", workedSeconds: null },
];

/** Sync now was pressed, and the source does not answer. */
const unanswered = datasourceFixture({
  dataSync: {
    status: "ACTIVE",
    reason: reason("Shopify does not answer. Headwater asks again today 22:48 and goes on by itself.", {
      code: "providerDown",
      until: ahead(1),
    }),
  },
});

/** As long as the scene is shown: the page of the next one is not that of somebody who pressed here. */
function AskedToSync() {
  useEffect(() => {
    setPending(unanswered.id, "SYNC_NOW", { commandId: null, runBefore: null, waitBefore: null });
    return () => clearPending(unanswered.id, "SYNC_NOW");
  }, []);
  return <DetailScene id="shopify" tab="overview" />;
}

export const standingScenes: Scene[] = [
  {
    name: "detail-took",
    setting: {
      ...at({ StreamTimes: { datasource: { id: "shopify", streams: took } } }),
      datasources: [readAgainSince],
    },
    show: detail(),
  },
  {
    name: "detail-sync-waits",
    setting: { ...at({}), datasources: [unanswered] },
    show: () => <AskedToSync />,
  },
  {
    name: "overview-stopped",
    setting: stoppedSources,
    show: () => (
      <Shell crumbs={[{ label: "Brand Overview" }]}>
        <OverviewPage />
      </Shell>
    ),
  },
  {
    name: "detail-late",
    setting: at({ DatasourceStanding: { datasource: lateStanding } }),
    show: detail(),
  },
  {
    name: "detail-quiet",
    setting: at({ DatasourceStanding: { datasource: quietStanding } }),
    show: detail(),
  },
  {
    name: "detail-filling",
    setting: { ...at({}), datasources: [filling] },
    show: detail(),
  },
  { name: "datasources-syncing", setting: { path: list, datasources: [filling] }, show: () => <ListScene /> },
  {
    name: "detail-no-progress",
    setting: { ...at({}), datasources: [noProgress] },
    show: detail(),
  },
  {
    name: "detail-standing-failed",
    setting: at({ DatasourceStanding: new Error("down") }),
    show: detail(),
  },
  {
    name: "detail-paused-by-us",
    setting: {
      ...at({
        DatasourceStanding: { datasource: pausedStanding },
        ResumeDatasource: givenAnswer("ResumeDatasourceSuccess"),
      }),
      datasources: [pausedByUs],
    },
    show: detail(),
  },
  {
    name: "detail-replaced",
    setting: at({
      DatasourceStanding: {
        datasource: standingFixture({
          countsUntil: "2026-11-20",
          replacedAt: ago(1),
          replacedBy: newStore,
        }),
      },
    }),
    show: detail(),
  },
  {
    name: "detail-replaced-unread",
    setting: {
      ...at({
        DatasourceStanding: {
          datasource: standingFixture({
            countsUntil: "2026-11-20",
            replacedAt: ago(60),
            replacedBy: newStore,
          }),
        },
      }),
      datasources: [datasourceFixture({ disconnectedAt: ago(60), completeThrough: ago(360) })],
    },
    show: detail(),
  },
  {
    name: "detail-replaces",
    setting: at({
      DatasourceStanding: {
        datasource: standingFixture({ replaces: { id: "amazon-seller", name: "Amazon Seller" } }),
      },
      ReplacedDatasource: { datasource: replacedFixture() },
    }),
    show: detail(),
  },
];

import { useLiveDatasource } from "../live/live.tsx";
import { ResyncDialog } from "../screens/detail/resync-dialog.tsx";
import { mapFixture } from "./answers.ts";
import { lateStanding, standingFixture } from "./repair-answers.ts";
import { ago, ahead, backfillFixture, datasourceFixture, fetchingBackfill, reason, streamFixture } from "./fixtures.ts";
import type { Scene } from "./scene.ts";
import { DetailScene, list } from "./scene-pages.tsx";

const pass = [
  { id: "orders", title: "Orders", rows: "152918" },
  { id: "orderLines", title: "Order lines", rows: "401277" },
  { id: "refunds", title: "Refunds", rows: "9120" },
] as const;

/** As Shopify gives them: an order comes with its lines and refunds. */
const carried = [
  ...pass.map((stream) =>
    streamFixture({ ...stream, readWith: pass.flatMap(({ id }) => (id === stream.id ? [] : [id])) }),
  ),
  streamFixture({ id: "customers", title: "Customers", about: "New and returning, no names", rows: "41286" }),
];

const downStanding = standingFixture({
  freshness: {
    ...lateStanding.freshness,
    slowedBy: [
      reason("Shopify has not answered since today 20:12.", {
        code: "sourceDown",
        meaning: "It is tried again by itself, and nothing is lost.",
        since: ago(155),
        until: ahead(3),
      }),
    ],
  },
});

/** Somebody had it read again; meanwhile a sync brings what came since. */
const readAgain = { windowsDone: 0, percent: 0, startedAt: ago(2), finishedAt: null };
const resyncing = [
  streamFixture({ ...readAgain, ...pass[0], state: "RUNNING", windowsDone: 6, percent: 25, rowsPerMinute: 2140 }),
  streamFixture({
    ...readAgain,
    ...pass[2],
    state: "WAITING",
    reason: reason("Waiting for Shopify’s bulk operation"),
  }),
  streamFixture({ ...readAgain, id: "customers", title: "Customers", state: "QUEUED", rows: "41286", startedAt: null }),
  streamFixture({ id: "products", title: "Products", state: "RUNNING", rows: "730", rowsPerMinute: 20 }),
];
const asked = (kind: string) => ({
  id: kind,
  kind,
  state: "ACCEPTED" as const,
  createdAt: ago(1),
  settledAt: null,
  outcome: null,
});

function ResyncScene() {
  const datasource = useLiveDatasource("shopify");
  return (
    <DetailScene id="shopify">
      {datasource && <ResyncDialog datasource={datasource} stream="orders" onClose={() => undefined} />}
    </DetailScene>
  );
}

const why = "3 records rejected since today 04:12: totalPriceSet is missing.";
const short = [
  streamFixture({ ...pass[0], reason: reason(why, { code: "rejected" }) }),
  streamFixture({ id: "customers", title: "Customers", about: "New and returning, no names", rows: "41286" }),
];

/** A history that is in, and what is asked of it after. */
export const historyScenes: Scene[] = [
  {
    name: "detail-resync-together",
    setting: {
      path: `${list}/shopify`,
      datasources: [datasourceFixture({ streams: carried, rowsTotal: "604601" })],
      answers: { HistoryCalls: { datasource: { id: "shopify", backfill: { calls: "1284" } } } },
    },
    show: () => <ResyncScene />,
  },
  {
    name: "detail-records-rejected",
    setting: {
      path: `${list}/shopify`,
      datasources: [
        datasourceFixture({
          streams: short,
          dataSync: {
            status: "ACTIVE",
            reason: {
              ...reason("3 records of Shopify rejected since today 04:12: totalPriceSet is missing.", {
                code: "recordsRejected",
              }),
              meaning:
                "They are kept aside and read again once they come whole. What was here before is kept; the rest goes on.",
            },
          },
        }),
      ],
    },
    show: () => <DetailScene id="shopify" />,
  },
  {
    name: "detail-read-again",
    setting: { path: `${list}/shopify`, datasources: [datasourceFixture({ streams: resyncing })] },
    show: () => <DetailScene id="shopify" />,
  },
  {
    name: "detail-extended",
    setting: {
      path: `${list}/shopify`,
      datasources: [datasourceFixture({ backfill: backfillFixture({ daysTotal: 1271, historyFrom: "2023-05-30" }) })],
      answers: {
        BackfillMap: {
          datasource: {
            id: "x",
            backfill: { runs: 2, workedSeconds: 21, said: null, broughtForward: [], map: mapFixture() },
          },
        },
      },
    },
    show: () => <DetailScene id="shopify" />,
  },
  {
    name: "detail-read-whole",
    setting: {
      path: `${list}/shopify`,
      search: "stream=customers",
      datasources: [
        datasourceFixture({
          dataSync: { status: "FETCHING_HISTORICAL_DATA", reason: null },
          backfill: fetchingBackfill,
          streams: carried,
        }),
      ],
      answers: {
        BackfillMap: {
          datasource: {
            id: "x",
            backfill: { runs: 1, workedSeconds: null, said: null, broughtForward: [], countedStreams: [], map: [] },
          },
        },
      },
    },
    show: () => <DetailScene id="shopify" />,
  },
  {
    name: "detail-nearly-done",
    setting: {
      path: `${list}/shopify`,
      datasources: [
        datasourceFixture({
          dataSync: { status: "FETCHING_HISTORICAL_DATA", reason: null },
          backfill: {
            ...fetchingBackfill,
            eta: { minSeconds: 300, maxSeconds: 600, isLate: false, message: "5–10 min left", reason: null },
          },
          streams: carried,
        }),
      ],
    },
    show: () => <DetailScene id="shopify" />,
  },
  {
    name: "detail-source-down",
    setting: {
      path: `${list}/shopify`,
      answers: { DatasourceStanding: { datasource: downStanding } },
    },
    show: () => <DetailScene id="shopify" />,
  },
  {
    name: "settings-extension-queued",
    setting: {
      path: `${list}/shopify/settings`,
      datasources: [datasourceFixture({ streams: resyncing, commands: [asked("extendHistory"), asked("resync")] })],
    },
    show: () => <DetailScene id="shopify" tab="settings" />,
  },
];

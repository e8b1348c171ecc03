import type { ReactNode } from "react";
import type { LiveDatasource } from "../live/live.documents.ts";
import { useLiveDatasource } from "../live/live.tsx";
import { OverviewPage } from "../screens/overview/overview-page.tsx";
import { Shell } from "../shell/shell.tsx";
import { ConnectView } from "../screens/connect/connect-drawer.tsx";
import type { ConnectFlow, Purpose } from "../screens/connect/connect-flow.ts";
import { DisconnectDialog } from "../screens/detail/disconnect-dialog.tsx";
import { shopifyFixture } from "./answers.ts";
import { consentWindow, preparing, waiting } from "./connect-scenes.tsx";
import {
  ago,
  ahead,
  attemptFixture,
  backfillFixture,
  datasourceFixture,
  fetchingBackfill,
  reason,
  scopeMissing,
  storyDatasources,
  streamFixture,
} from "./fixtures.ts";
import { apartFixture, chartFixture, cutShortFixture, replacedFixture } from "./numbers.ts";
import type { Scene } from "./scene.ts";
import { DetailScene, list, ListScene } from "./scene-pages.tsx";

const none = (): void => undefined;

/** Consent came back without what is needed: the source has not even told the account. */
const ungranted = datasourceFixture({
  id: "ungranted",
  name: "Shopify",
  account: null,
  connection: { status: "REAUTHORIZE", isDead: true, reason: scopeMissing },
  dataSync: {
    status: "NOT_SYNCED",
    reason: reason("Nothing can be read from Shopify until it is authorized again.", {
      code: "credentialsDoNotWork",
      remedy: { kind: "REAUTHORIZE", label: "Reauthorize", url: null },
    }),
  },
  needsAttention: true,
  attempt: attemptFixture("FAILED", { askedFor: "tokyo-paper.myshopify.com", problem: scopeMissing }),
  grant: null,
  backfill: backfillFixture({ state: "NONE", daysTotal: 0, daysReady: 0, daysSome: 0, rows: "0" }),
  completeThrough: null,
  lastSuccessAt: null,
  nextRunAt: null,
  firstNumbersAt: null,
  rowsLastDay: "0",
  rowsTotal: "0",
  runs: "",
});

const waitingFor = (id: string, askedFor: string): LiveDatasource =>
  datasourceFixture({
    id,
    name: "Shopify",
    account: null,
    connection: null,
    dataSync: null,
    attempt: attemptFixture("WAITING_FOR_CONSENT", { askedFor }),
    viewerCan: [{ action: "CANCEL_CONNECT", isAllowed: true, reason: null }],
  });

/** Disconnected, and its undo has not lapsed. */
export const gone = datasourceFixture({
  id: "gone",
  name: "Klaviyo",
  category: "EMAIL_SMS",
  connection: null,
  dataSync: null,
  disconnectedAt: ago(2),
  undoUntil: ahead(8),
  viewerCan: [{ action: "UNDO_DISCONNECT", isAllowed: true, reason: null }],
});

const stopped = datasourceFixture({
  dataSync: {
    status: "INACTIVE",
    reason: reason("Paused by Arjun Rao, Wed 18 Nov 16:02: stock take.", {
      code: "pausedByPerson",
      until: ahead(1440),
      remedy: { kind: "RESUME", label: "Resume", url: null },
    }),
  },
  viewerCan: (["RESUME", "DISCONNECT", "REAUTHORIZE"] as const).map((action) => ({
    action,
    isAllowed: true,
    reason: null,
  })),
  nextRunAt: null,
});

const stoppedForGood: LiveDatasource = {
  ...stopped,
  dataSync: {
    status: "INACTIVE",
    reason: reason("Paused by Arjun Rao, Wed 18 Nov 16:02: stock take.", {
      code: "pausedByPerson",
      remedy: { kind: "RESUME", label: "Resume", url: null },
    }),
  },
};

const frozen: LiveDatasource = {
  ...stopped,
  needsAttention: true,
  dataSync: {
    status: "INACTIVE",
    reason: reason("The account is closed or frozen at Shopify; it is asked once a day.", {
      code: "frozenAtSource",
      meaning: "Nothing new is read; what is here is kept.",
      remedy: { kind: "AT_SOURCE", label: "Settle it at the source", url: null },
    }),
  },
};

function DisconnectScene({ id }: { id: string }) {
  const datasource = useLiveDatasource(id);
  return (
    <DetailScene id={id}>
      {datasource && <DisconnectDialog datasource={datasource} onClose={none} onInstead={none} />}
    </DetailScene>
  );
}

const drawer = (flow: ConnectFlow, purpose: Purpose = { kind: "connect" }): ReactNode => (
  <ConnectView platform={shopifyFixture()} purpose={purpose} flow={flow} onClose={none} />
);

const consent = (state: "FAILED" | "CONNECTED", purpose: "CONNECT" | "REAUTHORIZE", datasource: LiveDatasource) =>
  waiting(
    attemptFixture(state, { purpose, problem: state === "FAILED" ? scopeMissing : null }),
    consentWindow("open"),
    datasource,
  );

const again: Purpose = { kind: "reauthorize", datasource: "shopify" };

const counting = datasourceFixture({
  firstNumbersAt: null,
  dataSync: { status: "FETCHING_HISTORICAL_DATA", reason: null },
  backfill: backfillFixture({ state: "RUNNING", percent: null, rows: "0", daysReady: 0, daysSome: 0 }),
  streams: [
    streamFixture({ id: "orders", title: "Orders", state: "RUNNING", percent: 0 }),
    streamFixture({ id: "customers", title: "Customers", state: "NOT_GRANTED", percent: 0 }),
    streamFixture({ id: "products", title: "Products", state: "DONE", rows: "0" }),
  ],
});

const queued = datasourceFixture({
  firstNumbersAt: null,
  dataSync: { status: "NOT_SYNCED", reason: reason("First sync queued, starts within a minute") },
  backfill: backfillFixture({ state: "QUEUED", percent: null, daysReady: 0, daysSome: 0, rows: "0" }),
  streams: [],
});

const inCurrencies = apartFixture();
const switched = replacedFixture();

export const troubleScenes: Scene[] = [
  {
    name: "datasources-ungranted",
    setting: {
      path: list,
      datasources: [
        ...storyDatasources().slice(0, 2),
        ungranted,
        frozen,
        waitingFor("one", "lord-howe-surf.myshopify.com"),
        waitingFor("two", "kathmandu-tea.myshopify.com"),
        gone,
      ],
    },
    show: () => <ListScene />,
  },
  {
    name: "datasources-undo-refused",
    setting: {
      path: list,
      datasources: [
        { ...gone, name: "kathmandu-tea", platform: stopped.platform },
        waitingFor("two", "kathmandu-tea.myshopify.com"),
      ],
      answers: {
        UndoDisconnect: {
          result: {
            __typename: "AlreadyConnected",
            code: "ALREADY_CONNECTED",
            message: "A sign-in at Shopify is under way already.",
            meaning: "Go on with it, or end it and begin anew. Nothing was changed.",
            remedy: null,
            existing: { id: "two" },
          },
        },
      },
    },
    show: () => <ListScene />,
  },
  {
    name: "detail-ungranted",
    setting: { path: `${list}/ungranted`, datasources: [ungranted] },
    show: () => <DetailScene id="ungranted" />,
  },
  {
    name: "detail-stopped-runs",
    setting: { path: `${list}/shopify/runs`, datasources: [stopped] },
    show: () => <DetailScene id="shopify" tab="runs" />,
  },
  {
    name: "detail-frozen",
    setting: { path: `${list}/shopify`, datasources: [frozen] },
    show: () => <DetailScene id="shopify" />,
  },
  {
    name: "connect-grant-again",
    setting: { datasources: [ungranted] },
    show: () => drawer(consent("FAILED", "CONNECT", ungranted)),
  },
  {
    name: "connect-stands-already",
    setting: { datasources: [ungranted] },
    show: () =>
      drawer(
        preparing({
          kind: "prepare",
          problem: {
            code: "ALREADY_CONNECTED",
            message: "tokyo-paper.myshopify.com is connected already.",
            meaning: "Nothing was changed.",
            remedy: null,
            existing: { id: "ungranted" },
          },
          fields: [],
        }),
      ),
  },
  { name: "connect-counting", setting: {}, show: () => drawer(consent("CONNECTED", "CONNECT", counting)) },
  { name: "connect-queued", setting: {}, show: () => drawer(consent("CONNECTED", "CONNECT", queued)) },
  {
    name: "reauthorize-verifying",
    setting: {},
    show: () => drawer(consent("CONNECTED", "REAUTHORIZE", ungranted), again),
  },
  {
    name: "connect-works-again",
    setting: {},
    show: () => drawer(consent("CONNECTED", "REAUTHORIZE", datasourceFixture({ completeThrough: ago(3240) })), again),
  },
  {
    name: "connect-works-filling",
    setting: {},
    show: () => drawer(consent("CONNECTED", "REAUTHORIZE", datasourceFixture({ backfill: fetchingBackfill })), again),
  },
  {
    name: "connect-works-unmissed",
    setting: {},
    show: () => drawer(consent("CONNECTED", "REAUTHORIZE", datasourceFixture()), again),
  },
  {
    name: "connect-works-stopped",
    setting: {},
    show: () => drawer(consent("CONNECTED", "REAUTHORIZE", stopped), again),
  },
  {
    name: "connect-stopped",
    setting: {},
    show: () => drawer(consent("CONNECTED", "CONNECT", { ...stopped, firstNumbersAt: null })),
  },
  {
    name: "connect-ready-stopped",
    setting: {},
    show: () => drawer(consent("CONNECTED", "CONNECT", { ...stopped, backfill: fetchingBackfill })),
  },
  {
    name: "detail-rehearsal-failed-files",
    setting: {
      path: `${list}/costs`,
      datasources: [datasourceFixture({ id: "costs", name: "Custom costs", method: "FILE_UPLOAD", grant: null })],
      answers: { Rehearsal: new Error("down") },
    },
    show: () => <DisconnectScene id="costs" />,
  },
  {
    name: "connect-stopped-for-good",
    setting: {},
    show: () => drawer(consent("CONNECTED", "CONNECT", { ...stoppedForGood, firstNumbersAt: null })),
  },
  {
    name: "overview-apart",
    setting: {
      answers: {
        Overview: { overview: inCurrencies.overview },
        OverviewSeries: { overview: { tiles: inCurrencies.charts } },
      },
    },
    show: () => (
      <Shell crumbs={[{ label: "Brand Overview" }]}>
        <OverviewPage />
      </Shell>
    ),
  },
  {
    name: "overview-replaced",
    setting: {
      path: "/monsoon-and-moss/overview?range=7d",
      answers: {
        Overview: { overview: switched.overview },
        OverviewSeries: { overview: { tiles: switched.charts } },
      },
    },
    show: () => (
      <Shell crumbs={[{ label: "Brand Overview" }]}>
        <OverviewPage />
      </Shell>
    ),
  },
  {
    name: "overview-cut-whole",
    setting: {
      path: "/monsoon-and-moss/overview",
      answers: {
        Overview: { overview: cutShortFixture("2026-11-19") },
        OverviewSeries: { overview: { tiles: chartFixture() } },
      },
    },
    show: () => (
      <Shell crumbs={[{ label: "Brand Overview" }]}>
        <OverviewPage />
      </Shell>
    ),
  },
  {
    name: "overview-cut-short",
    setting: {
      path: "/monsoon-and-moss/overview",
      answers: { Overview: { overview: cutShortFixture() }, OverviewSeries: { overview: { tiles: chartFixture() } } },
    },
    show: () => (
      <Shell crumbs={[{ label: "Brand Overview" }]}>
        <OverviewPage />
      </Shell>
    ),
  },
  {
    name: "overview-chart-behind",
    setting: {
      path: "/monsoon-and-moss/overview",
      answers: {
        OverviewSeries: {
          overview: {
            tiles: chartFixture().map((tile) => ({
              ...tile,
              series: tile.series.map((point) => ({ ...point, value: null })),
            })),
          },
        },
      },
    },
    show: () => (
      <Shell crumbs={[{ label: "Brand Overview" }]}>
        <OverviewPage />
      </Shell>
    ),
  },
  {
    name: "overview-long-currency",
    setting: {
      answers: {
        OverviewSeries: {
          overview: {
            tiles: chartFixture().map((tile) => (tile.unit === "MONEY" ? { ...tile, currency: "TRY" } : tile)),
          },
        },
      },
    },
    show: () => (
      <Shell crumbs={[{ label: "Brand Overview" }]}>
        <OverviewPage />
      </Shell>
    ),
  },
  {
    name: "connect-in-preparation",
    setting: {},
    show: () => (
      <ConnectView
        platform={shopifyFixture({
          id: "p-klaviyo",
          name: "klaviyo",
          title: "Klaviyo",
          category: "EMAIL_SMS",
          method: "API_KEY",
          isConnectable: false,
          availability: "IN_PREPARATION",
          notConnectableReason: reason("Klaviyo is in preparation.", {
            remedy: { kind: "WAIT", label: "Nothing to do", url: null },
          }),
        })}
        purpose={{ kind: "connect" }}
        flow={preparing({ kind: "prepare", problem: null, fields: [] })}
        onClose={none}
      />
    ),
  },
];

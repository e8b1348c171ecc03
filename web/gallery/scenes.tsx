import { type ReactNode, useEffect } from "react";
import {
  attemptFixture,
  backfillFixture,
  datasourceFixture,
  fetchingBackfill,
  ago,
  reason,
  storyDatasources,
  streamFixture,
} from "./fixtures.ts";
import { tokensBehindRevoked, tokensFixture, tokensInPages } from "./answers.ts";
import { chartFixture, nothingYet, overviewFixture, tileStates } from "./numbers.ts";
import { rehearsalFixture } from "./repair-answers.ts";
import type { Scene } from "./scene.ts";
import type { SceneSetting } from "./scene-frame.tsx";
import { DisconnectDialog } from "../screens/detail/disconnect-dialog.tsx";
import { ResyncDialog } from "../screens/detail/resync-dialog.tsx";
import { StopDialog } from "../screens/detail/stop-dialog.tsx";
import { OverviewPage } from "../screens/overview/overview-page.tsx";
import { TokensPage } from "../screens/tokens/tokens-page.tsx";
import { SecretShown } from "../screens/tokens/create-token.tsx";
import { Dialog, DialogHead } from "../parts/dialog.tsx";
import { Confirm } from "../screens/entry/confirm.tsx";
import { MailSent } from "../screens/entry/mail-sent.tsx";
import { SignIn } from "../screens/entry/sign-in.tsx";
import { ChangePassword } from "../screens/entry/change-password.tsx";
import { Recover } from "../screens/entry/recover.tsx";
import { SignUp } from "../screens/entry/sign-up.tsx";
import { ProblemNote } from "../screens/commands/problems.tsx";
import { Shell } from "../shell/shell.tsx";
import { useLiveDatasource } from "../live/live.tsx";
import { choiceScenes } from "./choice-scenes.tsx";
import { connectScenes } from "./connect-scenes.tsx";
import { endedScenes } from "./ended-scenes.tsx";
import { costs, filesScenes } from "./files-scenes.tsx";
import { historyScenes } from "./history-scenes.tsx";
import { paletteScenes } from "./palette-scenes.tsx";
import { repairScenes } from "./repair-scenes.tsx";
import { longScenes } from "./long-scenes.tsx";
import { numbersScenes } from "./numbers-scenes.tsx";
import { organisationScenes } from "./organisation-scenes.tsx";
import { DetailScene, list, ListScene, viewer } from "./scene-pages.tsx";
import { planScenes } from "./plan-scenes.tsx";
import { regionScenes } from "./region-scenes.tsx";
import { reviewScenes } from "./review-scenes.tsx";
import { sampleScenes } from "./sample-scenes.tsx";
import { standingScenes } from "./standing-scenes.tsx";
import { StatusBoard } from "./status-board.tsx";
import { takingScenes } from "./taking-scenes.tsx";
import { unreadScenes } from "./unread-scenes.tsx";
import { gone, troubleScenes } from "./trouble-scenes.tsx";
import { signInScenes } from "./sign-in-scenes.tsx";
import { welcomeScenes } from "./welcome-scenes.tsx";

function DialogScene({ kind }: { kind: "stop" | "resync" | "disconnect" }) {
  const datasource = useLiveDatasource("amazon-seller");
  const none = (): void => undefined;
  return (
    <DetailScene id="amazon-seller">
      {datasource && kind === "stop" && <StopDialog datasource={datasource} onClose={none} />}
      {datasource && kind === "resync" && <ResyncDialog datasource={datasource} onClose={none} />}
      {datasource && kind === "disconnect" && (
        <DisconnectDialog datasource={datasource} onClose={none} onInstead={none} />
      )}
    </DetailScene>
  );
}

/** As it stands once DATA was pressed, on any page. */
function DataScene() {
  useEffect(() => document.querySelector<HTMLElement>("#data-panel")?.showPopover(), []);
  return <ListScene />;
}

const stopRehearsal = rehearsalFixture({ action: "STOP", alternatives: ["CHANGE_CADENCE"] });

const overview = (): ReactNode => (
  <Shell crumbs={[{ label: "Brand Overview" }]}>
    <OverviewPage />
  </Shell>
);
const tokensOf = (nodes: readonly unknown[]) => ({
  organisation: { id: "o", apiTokens: { nodes, pageInfo: { endCursor: null, hasNextPage: false } } },
});
const uploading = { ...tokensFixture[0], id: "k3", name: "Nightly costs", scopes: ["COSTS_UPLOAD"] };

const tokens = (): ReactNode => (
  <Shell crumbs={[{ label: "Developers" }, { label: "API tokens" }]}>
    <TokensPage />
  </Shell>
);
const only = (more: Parameters<typeof datasourceFixture>[0]): SceneSetting => ({
  path: list,
  datasources: [datasourceFixture(more)],
});

const thousand = () =>
  Array.from({ length: 1_000 }, (_, n) =>
    datasourceFixture({
      id: `d${n}`,
      name: `Ads ${String(n).padStart(3, "0")}`,
      category: n < 8 ? "ECOMMERCE" : n < 990 ? "ADS" : "PAYMENTS",
      dataSync: { status: n < 400 ? "ACTIVE" : "INACTIVE", reason: null },
    }),
  );

const listScenes: Scene[] = [
  { name: "datasources", setting: { path: list }, show: () => <ListScene /> },
  {
    name: "datasources-loading",
    setting: { path: list, isLoading: true, answers: { Catalog: null } },
    show: () => <ListScene />,
  },
  {
    name: "datasources-first",
    setting: { path: list, datasources: [], organisation: { slots: { used: 0, allowance: 10, free: 10 } } },
    show: () => <ListScene />,
  },
  {
    name: "datasources-catalog-failed",
    setting: { path: list, answers: { Catalog: new Error("down") } },
    show: () => <ListScene />,
  },
  { name: "datasources-thousand", setting: { path: list, datasources: thousand() }, show: () => <ListScene /> },
  { name: "data-panel", setting: { path: list }, show: () => <DataScene /> },
  { name: "data-panel-thousand", setting: { path: list, datasources: thousand() }, show: () => <DataScene /> },
  { name: "datasources-viewer", setting: { path: list, organisation: viewer }, show: () => <ListScene /> },
  { name: "datasources-paused-filter", setting: { path: list, search: "show=paused" }, show: () => <ListScene /> },
  { name: "datasources-lost", setting: { path: list, link: { kind: "lost" } }, show: () => <ListScene /> },
  {
    name: "datasources-no-worker",
    setting: { path: list, health: { isFetching: false, notFetchingSince: ago(4) } },
    show: () => <ListScene />,
  },
  {
    name: "datasources-being-connected",
    setting: {
      path: list,
      datasources: [
        ...storyDatasources().slice(0, 2),
        datasourceFixture({
          id: "new",
          name: "Shopify",
          account: null,
          connection: null,
          dataSync: null,
          attempt: attemptFixture("WAITING_FOR_CONSENT"),
          viewerCan: [{ action: "CANCEL_CONNECT", isAllowed: true, reason: null }],
        }),
        gone,
      ],
    },
    show: () => <ListScene />,
  },
];

const detailScenes: Scene[] = [
  {
    name: "detail-fetching",
    setting: { path: `${list}/amazon-seller` },
    show: () => <DetailScene id="amazon-seller" />,
  },
  { name: "detail-active", setting: { path: `${list}/shopify` }, show: () => <DetailScene id="shopify" /> },
  { name: "detail-dead", setting: { path: `${list}/klaviyo` }, show: () => <DetailScene id="klaviyo" /> },
  {
    name: "detail-dead-viewer",
    setting: {
      path: `${list}/klaviyo`,
      organisation: viewer,
      datasources: storyDatasources().map((each) => ({ ...each, viewerCan: [] })),
    },
    show: () => <DetailScene id="klaviyo" />,
  },
  { name: "detail-paused", setting: { path: `${list}/shiprocket` }, show: () => <DetailScene id="shiprocket" /> },
  {
    name: "detail-runs",
    setting: { path: `${list}/amazon-seller/runs` },
    show: () => <DetailScene id="amazon-seller" tab="runs" />,
  },
  {
    name: "detail-timeline",
    setting: { path: `${list}/amazon-seller/timeline` },
    show: () => <DetailScene id="amazon-seller" tab="timeline" />,
  },
  {
    name: "detail-access",
    setting: { path: `${list}/amazon-seller/access` },
    show: () => <DetailScene id="amazon-seller" tab="access" />,
  },
  {
    name: "detail-settings",
    setting: { path: `${list}/amazon-seller/settings` },
    show: () => <DetailScene id="amazon-seller" tab="settings" />,
  },
  {
    name: "detail-stop",
    setting: {
      path: `${list}/amazon-seller`,
      answers: { Rehearsal: { datasource: { id: "x", rehearsal: stopRehearsal } } },
    },
    show: () => <DialogScene kind="stop" />,
  },
  { name: "detail-resync", setting: { path: `${list}/amazon-seller` }, show: () => <DialogScene kind="resync" /> },
  {
    name: "detail-disconnect",
    setting: { path: `${list}/amazon-seller` },
    show: () => <DialogScene kind="disconnect" />,
  },
  {
    name: "detail-counting",
    setting: only({
      dataSync: { status: "FETCHING_HISTORICAL_DATA", reason: null },
      backfill: { ...fetchingBackfill, percent: null, eta: null, daysReady: 0, daysSome: 12, rows: "412" },
      streams: [
        streamFixture({
          id: "orders",
          title: "Orders",
          about: "Lines, discounts, refunds",
          state: "RUNNING",
          percent: 2,
          rows: "412",
          finishedAt: null,
          movedAt: ago(8),
        }),
        streamFixture({
          id: "customers",
          title: "Customers",
          about: "New and returning",
          state: "QUEUED",
          percent: 0,
          rows: "0",
          startedAt: null,
          finishedAt: null,
          firstDay: null,
        }),
        streamFixture({
          id: "products",
          title: "Products",
          about: "Titles, variants, unit cost",
          state: "FAILED",
          percent: 40,
          rows: "120",
          reason: reason("Shopify answered with an error page three times."),
        }),
        streamFixture({
          id: "fees",
          title: "Payment fees",
          about: "Shopify Payments",
          state: "NOT_GRANTED",
          percent: 0,
          startedAt: null,
          finishedAt: null,
          reason: reason("Scope read_shopify_payments_payouts was not given"),
        }),
      ],
    }),
    show: () => <DetailScene id="shopify" />,
  },
  {
    name: "detail-not-synced",
    setting: only({
      dataSync: { status: "NOT_SYNCED", reason: reason("First sync queued, starts within a minute") },
      backfill: backfillFixture({ state: "QUEUED", percent: null, daysReady: 0, daysSome: 0, rows: "0" }),
      completeThrough: null,
      lastSuccessAt: null,
      firstNumbersAt: null,
      runs: "",
    }),
    show: () => <DetailScene id="shopify" />,
  },
];

const overviewScenes: Scene[] = [
  { name: "overview", setting: {}, show: overview },
  { name: "overview-states", setting: { answers: { Overview: { overview: tileStates() } } }, show: overview },
  {
    name: "overview-nothing",
    setting: { datasources: [], answers: { Overview: { overview: nothingYet() } } },
    show: overview,
  },
  { name: "overview-loading", setting: { answers: { Overview: null, OverviewSeries: null } }, show: overview },
  { name: "overview-failed", setting: { answers: { Overview: new Error("down") } }, show: overview },
  {
    name: "overview-28d",
    setting: {
      search: "range=28d",
      answers: {
        Overview: {
          overview: overviewFixture({
            range: { from: "2026-10-23", to: "2026-11-19", days: 28 },
            comparedWith: { from: "2026-09-25", to: "2026-10-22", days: 28 },
          }),
        },
        OverviewSeries: { overview: { currency: "INR", tiles: chartFixture() } },
      },
    },
    show: overview,
  },
];

const otherScenes: Scene[] = [
  { name: "tokens", setting: { path: "/monsoon-and-moss/settings/developers/tokens" }, show: tokens },
  {
    name: "tokens-pages",
    setting: {
      answers: {
        ApiTokens: tokensInPages(),
        RevokeApiToken: { result: { __typename: "RevokeApiTokenSuccess", token: tokensFixture[1] } },
      },
    },
    show: tokens,
  },
  { name: "tokens-behind-revoked", setting: { answers: { ApiTokens: tokensBehindRevoked } }, show: tokens },
  {
    name: "tokens-upload",
    setting: {
      datasources: [costs],
      answers: {
        ApiTokens: tokensOf([uploading]),
        CreateApiToken: { result: { __typename: "CreateApiTokenSuccess", secret: "hw_0199f0c2", token: uploading } },
      },
    },
    show: tokens,
  },
  {
    name: "tokens-viewer",
    setting: { path: "/monsoon-and-moss/settings/developers/tokens", organisation: viewer },
    show: tokens,
  },
  {
    name: "tokens-none",
    setting: { answers: { ApiTokens: tokensOf([]) } },
    show: tokens,
  },
  {
    name: "token-secret",
    setting: {},
    show: () => (
      <Dialog className="dlg narrow" labelledBy="secret" onClose={() => undefined}>
        <DialogHead id="secret" onClose={null}>
          Copy the token now
        </DialogHead>
        <SecretShown
          use="MANAGE"
          secret="hw_0199f0c2b7d87c6e9a53d0a1b2c3d4e50199f0c2c1a77f30b1e2a3b4c5d6e7f8_Zk3vQp7sT1uX9yB2nM5rC8wE4aH6jL0dF3gK7oP9qS_2f9a1c"
          onDone={() => undefined}
        />
      </Dialog>
    ),
  },
  { name: "sign-in", setting: {}, show: () => <SignIn onSignedIn={() => undefined} /> },
  { name: "sign-up", setting: {}, show: () => <SignUp /> },
  { name: "recover", setting: {}, show: () => <Recover token="" /> },
  { name: "recover-choose", setting: {}, show: () => <Recover token="x" /> },
  { name: "change-password", setting: {}, show: () => <ChangePassword onClose={() => undefined} /> },
  { name: "sign-up-sent", setting: {}, show: () => <MailSent email="mira@monsoonandmoss.in" mailbox="/mailbox" /> },
  { name: "sign-up-confirm", setting: {}, show: () => <Confirm token="" /> },
  { name: "statuses", setting: {}, show: () => <StatusBoard /> },
  {
    name: "problem",
    setting: {},
    show: () => (
      <main className="main">
        <h1>Problem</h1>
        <ProblemNote
          problem={{
            code: "SLOT_LIMIT_REACHED",
            message: "All 10 apps are in use.",
            meaning: "Amazon Ads is not connected yet; your sign-in is kept for 58 min.",
            remedy: { kind: "UPGRADE", label: "Upgrade", url: "/plan" },
          }}
          onClose={() => undefined}
        />
        <ProblemNote problem={{ code: "UNREACHABLE" }} />
      </main>
    ),
  },
];

export const scenes: readonly Scene[] = [
  ...listScenes,
  ...detailScenes,
  ...repairScenes,
  ...endedScenes,
  ...historyScenes,
  ...regionScenes,
  ...sampleScenes,
  ...standingScenes,
  ...connectScenes,
  ...choiceScenes,
  ...filesScenes,
  ...takingScenes,
  ...unreadScenes,
  ...longScenes,
  ...paletteScenes,
  ...numbersScenes,
  ...organisationScenes,
  ...reviewScenes,
  ...welcomeScenes,
  ...signInScenes,
  ...planScenes,
  ...troubleScenes,
  ...overviewScenes,
  ...otherScenes,
];

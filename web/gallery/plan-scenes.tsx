import { ConnectView } from "../screens/connect/connect-drawer.tsx";
import { useKey } from "../screens/connect/use-key.ts";
import type { Candidate, ConnectPlatform } from "../screens/connect/connect.documents.ts";
import { shopifyFixture } from "./answers.ts";
import { idle, klaviyo, preparing, scoped, waiting } from "./connect-scenes.tsx";
import { ago, ahead, attemptFixture, datasourceFixture, reason } from "./fixtures.ts";
import { lostFixture, overviewFixture, source } from "./numbers.ts";
import { plan, planSmaller, usage } from "./organisation-scenes.tsx";
import { reachFixture, standingFixture, switched } from "./repair-answers.ts";
import type { Scene } from "./scene.ts";
import { DetailScene, list, ListScene } from "./scene-pages.tsx";
import { OverviewPage } from "../screens/overview/overview-page.tsx";
import { Shell } from "../shell/shell.tsx";
import { to } from "../routes.ts";
import { gone } from "./trouble-scenes.tsx";

const none = (): void => undefined;
const full = { slots: { used: 10, allowance: 10, free: 0 } };

const limit: NonNullable<ConnectPlatform["slotLimit"]> = {
  __typename: "SlotLimitReached",
  code: "SLOT_LIMIT_REACHED",
  message: "All 10 slots of the plan are in use.",
  meaning: "Another app that takes a slot can be connected once one is free.",
  remedy: null,
  limit: 10,
  used: 10,
  ways: [
    { kind: "DISCONNECT_ONE", label: "Disconnect one", url: null },
    { kind: "REPLACE_ONE", label: "Replace one", url: null },
    { kind: "UPGRADE", label: "Upgrade the plan", url: null },
    { kind: "CONTACT_SUPPORT", label: "Contact support", url: "mailto:help@headwater.example" },
  ],
  leastUsed: { id: "klaviyo", name: "Klaviyo", lastSuccessAt: ago(4 * 1440), lastOpenedAt: ago(31 * 1440) },
};

const preparingFor = (purpose: Parameters<typeof ConnectView>[0]["purpose"]) => () => (
  <ConnectView
    platform={shopifyFixture({ slotLimit: limit })}
    purpose={purpose}
    flow={preparing(idle)}
    onClose={none}
  />
);

const candidate = (externalId: string): Candidate => ({
  externalId,
  name: `Client ${externalId}`,
  currency: "INR",
  zone: "Asia/Kolkata",
  domain: null,
  group: null,
  state: null,
  activity: null,
  connected: null,
  isSelectable: true,
  reason: null,
});

function PastedScene({ slotLimit }: Pick<ConnectPlatform, "slotLimit">) {
  const key = useKey("klaviyo", { datasource: null, replaces: null }, none);
  return (
    <ConnectView
      platform={{ ...klaviyo, slotLimit }}
      purpose={{ kind: "connect" }}
      flow={{ ...preparing({ kind: "pasting" }), key }}
      onClose={none}
    />
  );
}

const { freshness } = standingFixture();
const goneStanding = standingFixture({ freshness: { ...freshness, nextRunAt: null } });
const deleting = { ...gone, deletesDataAt: ahead(8) };

/** Chosen to pause, and it may be stopped beside that. */
const heldByPlan = datasourceFixture({
  id: "held",
  name: "Google Ads",
  category: "ADS",
  dataSync: {
    status: "INACTIVE",
    reason: reason("The plan does not cover it since 18 Nov.", {
      code: "plan",
      remedy: { kind: "UPGRADE", label: "Upgrade the plan", url: null },
    }),
  },
  needsAttention: true,
});

/** Three of one name, two of them of one platform, beside one that nobody mistakes. */
const alikeOf = (id: string, title: string, externalId: string, domain: string | null = null) => ({
  id,
  name: "Monsoon & Moss",
  platform: { id: title, title, category: "ECOMMERCE" as const },
  account: { externalId, name: "Monsoon & Moss", domain },
});
const alike = [
  alikeOf("in", "Shopify", "100", "moss-in.myshopify.com"),
  alikeOf("us", "Shopify", "200", "moss-us.myshopify.com"),
  alikeOf("list", "Klaviyo", "XyZ123"),
];
const usageNow = usage(4);
const [known] = usageNow.usage.apps;
const alikeApps = known
  ? [...alike.map((one) => ({ ...known, datasource: { ...known.datasource, ...one } })), known]
  : [];
const alikeSources = [...alike, null].map((one) => {
  const shown = source("Google Ads", "COMPLETE", ago(6));
  return { ...shown, datasource: { ...shown.datasource, ...one } };
});

/** Took another's place on the day that is on screen. */
const newStore = source("New store", "COMPLETE", ago(9));
const sinceSwitch = { ...newStore, datasource: { ...newStore.datasource, countsFrom: "2026-11-19" } };

const alikeScenes: Scene[] = [
  {
    name: "overview-alike",
    setting: { answers: { Overview: { overview: overviewFixture({ sources: alikeSources }) } } },
    show: () => (
      <Shell crumbs={[{ label: "Brand Overview" }]}>
        <OverviewPage />
      </Shell>
    ),
  },
  {
    name: "overview-lost",
    setting: { path: "/monsoon-and-moss/overview", answers: { Overview: { overview: lostFixture() } } },
    show: () => (
      <Shell crumbs={[{ label: "Brand Overview" }]}>
        <OverviewPage />
      </Shell>
    ),
  },
  {
    name: "overview-since-switch",
    setting: { answers: { Overview: { overview: overviewFixture({ sources: [sinceSwitch] }) } } },
    show: () => (
      <Shell crumbs={[{ label: "Brand Overview" }]}>
        <OverviewPage />
      </Shell>
    ),
  },
  {
    name: "settings-replacement-alike",
    setting: {
      path: `${list}/shopify/settings`,
      datasources: [datasourceFixture({ name: "Monsoon & Moss" })],
      answers: {
        HistoryReach: {
          datasource: reachFixture({
            countsFrom: "2026-11-20",
            replaces: switched("Monsoon & Moss", "2026-11-20T04:12:00Z"),
          }),
        },
      },
    },
    show: () => <DetailScene id="shopify" tab="settings" />,
  },
  {
    name: "plan-alike",
    setting: {
      path: to.plan("monsoon-and-moss"),
      answers: { PlanUsage: { organisation: { ...usageNow, usage: { ...usageNow.usage, apps: alikeApps } } } },
    },
    show: plan,
  },
  {
    name: "plan-smaller-alike",
    setting: {},
    show: () =>
      planSmaller(alikeApps.map(({ datasource }) => ({ ...datasource, lastSuccessAt: ago(6), lastOpenedAt: null }))),
  },
];

export const planScenes: Scene[] = [
  ...alikeScenes,
  {
    name: "detail-held-by-plan",
    setting: { path: `${list}/held/runs`, organisation: full, datasources: [datasourceFixture(), heldByPlan] },
    show: () => <DetailScene id="held" tab="runs" />,
  },
  {
    name: "datasources-undo-full",
    setting: {
      path: list,
      organisation: full,
      datasources: [datasourceFixture(), deleting],
      answers: { UndoDisconnect: { result: { ...limit, leastUsed: null } } },
    },
    show: () => <ListScene />,
  },
  {
    name: "detail-disconnected",
    setting: {
      path: `${list}/gone`,
      organisation: full,
      datasources: [datasourceFixture(), deleting],
      answers: { DatasourceStanding: { datasource: goneStanding } },
    },
    show: () => <DetailScene id="gone" />,
  },
  { name: "connect-full", setting: { organisation: full }, show: preparingFor({ kind: "connect" }) },
  {
    name: "connect-full-replacing",
    setting: { organisation: full },
    show: preparingFor({ kind: "replace", datasource: "klaviyo" }),
  },
  {
    name: "connect-choose-full",
    setting: {
      organisation: full,
      answers: {
        AccountCandidates: {
          datasource: {
            __typename: "Datasource",
            id: "shopify",
            accountCandidates: [candidate("101"), candidate("102")],
          },
        },
        ChooseAccount: { result: limit },
      },
    },
    show: () => (
      <ConnectView
        platform={shopifyFixture({ reachesManyAccounts: true })}
        purpose={{ kind: "connect" }}
        flow={waiting(attemptFixture("CHOOSING_ACCOUNT"))}
        onClose={none}
      />
    ),
  },
  {
    name: "connect-key-full",
    setting: {
      answers: {
        TryKey: { result: { __typename: "TryKeySuccess", checks: scoped, reads: { name: null, id: "XyZ123" } } },
        ConnectWithKey: { result: limit },
      },
    },
    show: () => <PastedScene slotLimit={null} />,
  },
];

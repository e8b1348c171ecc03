import type { ReactNode } from "react";
import type { KeyCheck } from "../screens/connect/key.documents.ts";
import { untried } from "../screens/connect/use-key.ts";
import { ConnectDrawer, ConnectView } from "../screens/connect/connect-drawer.tsx";
import type { ConnectFlow, Purpose } from "../screens/connect/connect-flow.ts";
import { shopifyFixture } from "./answers.ts";
import { preparing, waiting } from "./connect-scenes.tsx";
import type { LiveDatasource, Reason } from "../live/live.documents.ts";
import type { Attempt } from "../screens/connect/connect.documents.ts";
import { ahead, attemptFixture, datasourceFixture, roleMissing, scopeMissing } from "./fixtures.ts";
import { Shell } from "../shell/shell.tsx";
import type { Scene } from "./scene.ts";
import { list, ListScene } from "./scene-pages.tsx";

const none = (): void => undefined;
const meta = shopifyFixture({
  id: "p-meta-ads",
  name: "meta-ads",
  title: "Meta Ads",
  category: "ADS",
  summary: "Spend, clicks and conversions of each ad account, by day.",
  connectFields: [],
  reachesManyAccounts: true,
  scopes: [{ name: "ads_read", purpose: "Figures of ads", isRequired: true, feeds: ["Ad days"] }],
  powers: ["Ad spend"],
  prerequisites: ["Be an Analyst or more of the ad account."],
  historyMonths: 37,
  historyNote: "Meta Ads gives the last 1,125 days: what is older than 24 months is read when you ask.",
});
const drawer = (platform: typeof meta, flow: ConnectFlow, purpose: Purpose = { kind: "connect" }): ReactNode => (
  <ConnectView platform={platform} purpose={purpose} flow={flow} onClose={none} />
);
const unfinished = datasourceFixture({
  platformName: "meta-ads",
  category: "ADS",
  name: "Meta Ads",
  account: null,
  connection: null,
  dataSync: null,
  viewerCan: [{ action: "CANCEL_CONNECT", isAllowed: true, reason: null }],
});
const costs = shopifyFixture({
  id: "p-custom-costs",
  name: "custom-costs",
  title: "Custom costs",
  category: "OTHER",
  method: "FILE_UPLOAD",
  summary: "Your own costs by SKU, from a CSV.",
  scopes: [],
  connectFields: [],
  prerequisites: [],
  powers: ["Costs"],
  historyMonths: null,
  historyNote: "Any day from 2000 on, as your files say.",
  policyUrl: null,
});
const refused = (problem: Reason, lacks: string) => attemptFixture("FAILED", { lacks: [lacks], problem });

/** Gone on with from its address: what was asked of the server decides what stands there. */
function takenUp(name: string, search: string, answers: Record<string, unknown>, datasource = unfinished): Scene {
  const more = { ConnectPlatform: { platform: meta }, ...answers };
  return {
    name,
    setting: { search: `continue=${unfinished.id}&${search}`, datasources: [datasource, replaceable], answers: more },
    show: () => <ConnectDrawer platform={meta.name} onClose={none} />,
  };
}

const replaceable = datasourceFixture({ id: "old-meta", name: "Old Meta Ads" });
const named = (state: Attempt["state"]) => ({
  connectAttempt: { ...attemptFixture(state), datasource: state === "EXPIRED" ? null : unfinished },
});
const replaces = (id: string | null) => ({ datasource: { id: unfinished.id, replaces: id && { id } } });

/** The first time nothing is answered. */
function secondTime(answer: unknown): () => unknown {
  let asked = 0;
  return () => {
    asked += 1;
    return asked === 1 ? new Error("unreachable") : answer;
  };
}

const newer: LiveDatasource = { ...unfinished, attempt: attemptFixture("CHOOSING_ACCOUNT", { id: "b" }) };

const takenUpScenes: Scene[] = [
  takenUp("connect-finding", "attempt=a", { ConnectAttempt: null, UnfinishedConnect: replaces(null) }),
  takenUp("connect-finding-failed", "attempt=a", {
    ConnectAttempt: secondTime(named("WAITING_FOR_CONSENT")),
    UnfinishedConnect: replaces(null),
  }),
  takenUp("connect-found-waiting", "attempt=a", {
    ConnectAttempt: named("WAITING_FOR_CONSENT"),
    UnfinishedConnect: replaces(null),
  }),
  takenUp("connect-continue-lost", "attempt=a", {
    ConnectAttempt: named("WAITING_FOR_CONSENT"),
    UnfinishedConnect: replaces(null),
    ContinueConnect: new Error("unreachable"),
  }),
  takenUp(
    "connect-found-newer",
    "attempt=a",
    {
      ConnectAttempt: named("EXPIRED"),
      UnfinishedConnect: replaces(null),
      AccountCandidates: { datasource: { id: unfinished.id, accountCandidates: [] } },
    },
    newer,
  ),
  takenUp("connect-replaces-unread", "attempt=a", {
    ConnectAttempt: named("EXPIRED"),
    UnfinishedConnect: secondTime(replaces(replaceable.id)),
  }),
  takenUp(`connect-replaces-told`, `attempt=a&replaces=${replaceable.id}`, {
    ConnectAttempt: named("EXPIRED"),
    UnfinishedConnect: null,
  }),
];

const secret = (name: string, label: string): (typeof meta)["connectFields"][number] => ({
  name,
  label,
  hint: "Shown once.",
  example: "…",
  suffix: null,
  isSecret: true,
  mistakenFor: [],
});
const isRefused: KeyCheck = {
  name: "accepted",
  title: "The key is accepted",
  state: "FAILED",
  isRequired: true,
  feeds: [],
  message: "The source no longer accepts the key.",
  remedy: { kind: "FIX_INPUT", label: "Paste another one.", url: null },
};

function answeredOnce(): () => unknown {
  let asked = 0;
  return () => {
    asked += 1;
    return asked === 1 ? { me: null, organisation: null } : new Error("down");
  };
}

export const signInScenes: Scene[] = [
  {
    name: "session-ends",
    setting: { path: list, sessionEnd: { at: ahead(2), canStay: true }, answers: { Session: answeredOnce() } },
    show: () => <ListScene />,
  },
  {
    name: "connect-ends",
    setting: {},
    show: () => drawer(meta, waiting(attemptFixture("WAITING_FOR_CONSENT", { expiresAt: ahead(2) }))),
  },
  {
    name: "session-ends-for-good",
    setting: { path: list, sessionEnd: { at: ahead(2), canStay: false } },
    show: () => <ListScene />,
  },
  ...takenUpScenes,
  {
    name: "connect-two-secrets",
    setting: {},
    show: () =>
      drawer(
        { ...meta, method: "API_KEY", connectFields: [secret("id", "Key"), secret("secret", "Secret")] },
        {
          ...preparing({ kind: "pasting" }),
          key: { trial: { ...untried, checks: [isRefused] }, forget: none, tryIt: none, keep: none },
        },
      ),
  },
  {
    name: "connect-sign-in-waits",
    setting: { datasources: [unfinished] },
    show: () =>
      drawer(
        meta,
        preparing({
          kind: "prepare",
          problem: {
            code: "ALREADY_CONNECTED",
            message: "A sign-in at Meta Ads waits for its accounts to be chosen. It is kept until 23:39.",
            meaning: "Go on with it, or end it and begin anew. Nothing was changed.",
            remedy: null,
            existing: { id: "meta-ads" },
          },
          fields: [],
        }),
      ),
  },
  {
    name: "connect-needs-no-sign-in",
    setting: {},
    show: () =>
      drawer(costs, preparing({ kind: "prepare", problem: null, fields: [] }), {
        kind: "reauthorize",
        datasource: "costs",
      }),
  },
  {
    name: "connect-left",
    setting: {},
    show: () => (
      <Shell crumbs={[{ label: "Datasources" }]}>
        <h1>Datasources</h1>
        {drawer(meta, waiting(attemptFixture("WAITING_FOR_CONSENT")))}
      </Shell>
    ),
  },
  {
    name: "connect-scope-lacking",
    setting: {},
    show: () => drawer(shopifyFixture(), waiting(refused(scopeMissing, "read_orders"))),
  },
  {
    name: "connect-role-lacking",
    setting: {},
    show: () => drawer(meta, waiting(refused(roleMissing, "Analyst"))),
  },
];

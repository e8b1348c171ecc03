import type { ReactNode } from "react";
import { ConnectView } from "../screens/connect/connect-drawer.tsx";
import type { ConnectFlow, Purpose } from "../screens/connect/connect-flow.ts";
import { shopifyFixture } from "./answers.ts";
import { preparing, waiting } from "./connect-scenes.tsx";
import type { Reason } from "../live/live.documents.ts";
import { attemptFixture, datasourceFixture, roleMissing, scopeMissing } from "./fixtures.ts";
import type { Scene } from "./scene.ts";

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
  historyNote: "Meta Ads gives the last 1125 days: the newest 24 months are read, and more when you ask.",
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

export const signInScenes: Scene[] = [
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

// Meta Ads: insights by day at once or by report, limits told in headers, sixty-day tokens without a refresh, one login for many
// ad accounts.
import type { Connector, Stream, StreamWindow } from "../contract.ts";
import { isSourceFailure } from "../failure.ts";
import type { SourceSession } from "../session.ts";
import { metaAdsAccount } from "./account.ts";
import { inspectGrant, metaAdsAuthorization } from "./authorization.ts";
import { campaignPages } from "./campaigns.ts";
import { metaAdsCatalog } from "./catalog.ts";
import { callGraph, GRAPH_HOST, withProof } from "./graph.ts";
import { dayPages } from "./insights/pages.ts";
import { CHUNK_DAYS } from "./insights/place.ts";
import type { Level } from "./insights/request.ts";
import { metaAdsReconcile } from "./reconcile.ts";
import { metaAdsKey } from "./key.ts";
import { HOURLY } from "./usage.ts";
import { metaAdsWebhooks } from "./webhooks.ts";

const DAY_MS = 86_400_000;

/**
 * Purchases are attributed until 28 days after a day's end; the last three days are read again every hour, all of them every
 * night. Today and the 28 before it are not enough: a day's last reading has to come after its last purchase, also where a
 * night in between was an hour short.
 */
const days: StreamWindow = {
  history: "byTime",
  overlapMs: DAY_MS,
  restatedDays: 3,
  refresh: { days: 31, everyDays: 1 },
  longestMs: CHUNK_DAYS * DAY_MS,
};
const needs = ["ads_read"];

const byDay = (name: string, level: Level, optional: boolean): Stream => ({
  name,
  kinds: ["adDay"],
  needs,
  optional,
  window: days,
  pages: (session, slice, from) => dayPages(session, slice, from, level),
});

export const connector: Connector = {
  catalog: metaAdsCatalog,
  authorization: metaAdsAuthorization,
  key: metaAdsKey,
  hosts: () => ({ credential: [GRAPH_HOST], open: [] }),
  sign: ({ url, headers }, credential, app) => ({
    url: withProof(url, credential["accessToken"] ?? "", app),
    headers: { ...headers, authorization: `Bearer ${credential["accessToken"] ?? ""}` },
  }),
  account: metaAdsAccount,
  inspect: inspectGrant,
  streams: [
    byDay("campaignsByDay", "campaign", false),
    byDay("accountByDay", "account", false),
    {
      name: "campaigns",
      kinds: ["campaign"],
      needs,
      optional: false,
      window: { history: "snapshot", overlapMs: 3_600_000, restatedDays: 0, longestMs: null },
      pages: campaignPages,
    },
    byDay("adsByDay", "ad", true),
  ],
  uses: {
    account: needs,
    accounts: needs,
    "accounts.": needs,
    campaigns: needs,
    "insights.": needs,
    "report.": needs,
    reconcile: needs,
    // Whom it stands for: comes with every sign-in, and cannot be taken away.
    permissions: ["public_profile"],
    revoke: [],
  },
  // The allowance is the ad account's; before one is chosen, the login's. The smaller tier's, until an answer says better.
  rate: {
    bucketKey: (login, account) => account?.externalId ?? login.key,
    initial: { maximum: HOURLY.development, restorePerSecond: HOURLY.development / 3600 },
    concurrency: 2,
  },
  revoke,
  webhooks: metaAdsWebhooks,
  reconcile: metaAdsReconcile,
};

/** Ends every ad account of that login: the caller knows that nobody stands on it any more. */
async function revoke(session: SourceSession): Promise<void> {
  try {
    await callGraph(session, { method: "DELETE", path: `${session.login.key}/permissions`, purpose: "revoke" });
  } catch (error) {
    // A dead token is a dead grant, and of a login that is not there nothing is left.
    if (!isSourceFailure(error) || !["reauthorize", "gone"].includes(error.failure.class)) throw error;
  }
}

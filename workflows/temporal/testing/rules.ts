/** What the tests' platforms are like. */
import { BUDGET } from "../../lifecycle/budget.ts";
import type { FailureBudget } from "../../lifecycle/budget.ts";
import type { PlatformRules } from "../../activities/deps.ts";

export const RULES: PlatformRules = {
  manyAccounts: false,
  daily: {},
  concurrency: 2,
  streams: [
    { name: "orders", carries: ["refunds"], needs: ["read"], isSnapshot: false, longestDays: null },
    { name: "products", carries: [], needs: ["read"], isSnapshot: true, longestDays: null },
  ],
};

/** A platform with one account, one whose logins reach several, one with every daily kind. */
export const RULES_BY_PLATFORM: Readonly<Record<string, PlatformRules>> = {
  shopify: RULES,
  "meta-ads": { ...RULES, manyAccounts: true },
  "custom-costs": { manyAccounts: false, isNative: true, daily: {}, concurrency: 1, streams: [] },
  klaviyo: { ...RULES, daily: { reread: 1, sweep: 1, spotCheck: 1 } },
  /** Its source restates a month, and tells of its end. */
  "tiktok-ads": { ...RULES, daily: { refresh: 1 }, webhooks: true },
};

/** As many failures as ever, with short waits between them. */
export const QUICK_BUDGET: FailureBudget = { ...BUDGET, firstWaitMs: 20, longestWaitMs: 200 };

import type { CatalogEntry } from "../catalog-entry.ts";

export const klaviyoCatalog: CatalogEntry = {
  platform: "klaviyo",
  name: "Klaviyo",
  category: "emailAndSms",
  methods: ["key"],
  state: "ready",
  takesSlot: true,
  scopes: [
    { scope: "accounts:read", purpose: "accountProfile", required: true },
    { scope: "metrics:read", purpose: "messageResults", required: true },
    { scope: "campaigns:read", purpose: "campaigns", required: false },
    { scope: "flows:read", purpose: "flows", required: false },
  ],
  prerequisites: ["adminRole", "readOnlyKey"],
  requiresOneOf: [],
  excludes: [],
  powers: ["emailRevenue", "messages"],
  yields: ["campaign", "messageDay"],
  cadenceMinutes: 60,
  historyDays: null,
  restatedDays: 30,
  deletesVisible: "bySource",
  warnDaysBeforeEnd: 14,
  policyUrl: "https://www.klaviyo.com/legal/privacy",
  settings: [],
};

import type { CatalogEntry } from "../catalog-entry.ts";

export const metaAdsCatalog: CatalogEntry = {
  platform: "meta-ads",
  name: "Meta Ads",
  category: "ads",
  methods: ["oauth", "key"],
  state: "ready",
  takesSlot: true,
  // Never ads_management, which writes; business_management only adds a way to list, and writes too.
  scopes: [{ scope: "ads_read", purpose: "adReports", required: true }],
  prerequisites: ["adAccountRole"],
  requiresOneOf: [],
  excludes: [],
  powers: ["adSpend", "adResults"],
  yields: ["campaign", "adDay"],
  cadenceMinutes: 60,
  historyDays: 1125,
  restatedDays: 28,
  deletesVisible: "bySource",
  warnDaysBeforeEnd: 14,
  policyUrl: "https://www.facebook.com/privacy/policy",
  settings: ["META_ADS_CLIENT_ID", "META_ADS_CLIENT_SECRET"],
};

import type { CatalogEntry } from "../catalog-entry.ts";
import { HISTORY_DAYS } from "../sample/pages.ts";
import { RESTATED_DAYS } from "./campaigns.ts";

export const sampleAdsCatalog: CatalogEntry = {
  platform: "sample-ads",
  name: "Sample Ads",
  category: "ads",
  methods: ["none"],
  state: "ready",
  takesSlot: false,
  scopes: [],
  prerequisites: [],
  requiresOneOf: [],
  excludes: [],
  powers: ["adSpend", "adResults"],
  yields: ["adDay", "campaign"],
  cadenceMinutes: 60,
  historyDays: HISTORY_DAYS,
  restatedDays: RESTATED_DAYS,
  deletesVisible: "never",
  warnDaysBeforeEnd: 14,
  policyUrl: null,
  settings: [],
};

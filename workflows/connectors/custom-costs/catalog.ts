import type { CatalogEntry } from "../catalog-entry.ts";

export const customCostsCatalog: CatalogEntry = {
  platform: "custom-costs",
  name: "Custom costs (CSV)",
  category: "other",
  methods: ["upload"],
  state: "ready",
  takesSlot: false,
  scopes: [],
  prerequisites: ["csvFile"],
  requiresOneOf: [],
  excludes: [],
  powers: ["costs"],
  yields: ["cost"],
  cadenceMinutes: null,
  historyDays: null,
  restatedDays: 0,
  deletesVisible: "bySource",
  warnDaysBeforeEnd: 14,
  policyUrl: null,
  settings: [],
};

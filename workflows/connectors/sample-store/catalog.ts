import type { CatalogEntry } from "../catalog-entry.ts";
import { HISTORY_DAYS } from "../sample/pages.ts";

export const sampleStoreCatalog: CatalogEntry = {
  platform: "sample-store",
  name: "Sample Store",
  category: "ecommerce",
  methods: ["none"],
  state: "ready",
  takesSlot: false,
  scopes: [],
  prerequisites: [],
  requiresOneOf: [],
  excludes: [],
  powers: ["orders", "sales", "discounts", "returns", "newCustomers"],
  yields: ["customer", "order", "orderLine", "refund"],
  cadenceMinutes: 60,
  historyDays: HISTORY_DAYS,
  restatedDays: 0,
  deletesVisible: "never",
  warnDaysBeforeEnd: 14,
  policyUrl: null,
  settings: [],
};

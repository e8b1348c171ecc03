// Platforms without a connector yet, as the catalog shows them. Once a platform has a folder, its own entry is used.
import type { CatalogEntry, ScopeUse } from "../catalog-entry.ts";

type Given = Pick<CatalogEntry, "platform" | "name" | "category" | "methods" | "powers" | "yields" | "prerequisites"> &
  Partial<CatalogEntry>;

export function planned(given: Given): CatalogEntry {
  return {
    state: "inPreparation",
    takesSlot: true,
    scopes: [],
    requiresOneOf: [],
    excludes: [],
    cadenceMinutes: 60,
    historyDays: null,
    restatedDays: 0,
    deletesVisible: "byComparison",
    warnDaysBeforeEnd: 14,
    policyUrl: null,
    settings: [],
    ...given,
  };
}

export const need = (scope: string, purpose: string): ScopeUse => ({ scope, purpose, required: true });
export const option = (scope: string, purpose: string): ScopeUse => ({ scope, purpose, required: false });

// All platforms, connectable or not: those with a connector speak for themselves, the others are as planned.
import type { CatalogEntry } from "./catalog-entry.ts";
import { connectorByPlatform } from "./connectors.ts";
import { plannedAds } from "./planned/ads.ts";
import { plannedAudience } from "./planned/audience.ts";
import { plannedCommerce } from "./planned/commerce.ts";
import { plannedOperations } from "./planned/operations.ts";
import { PLATFORMS, type PlatformId } from "./platforms.ts";

const plannedEntries = [...plannedCommerce, ...plannedAds, ...plannedAudience, ...plannedOperations];

const entryByPlatform = new Map<string, CatalogEntry>([
  ...plannedEntries.map((entry) => [entry.platform, entry] as const),
  ...[...connectorByPlatform].map(([platform, connector]) => [platform, connector.catalog] as const),
]);

export const catalog: readonly CatalogEntry[] = PLATFORMS.map(catalogEntry);

export function catalogEntry(platform: PlatformId): CatalogEntry {
  const entry = entryByPlatform.get(platform);
  if (entry === undefined) throw new Error(`${platform} is in no catalog`);
  return entry;
}

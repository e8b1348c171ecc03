/** All platforms as the catalog lists them, in the order that people learn: by category, then by name. */
import { catalog, catalogEntry } from "@headwater/connectors/catalog.ts";
import type { CatalogEntry, Category } from "@headwater/connectors/catalog-entry.ts";
import { SAMPLE_PLATFORMS } from "@headwater/connectors/platforms.ts";

const ORDER: readonly Category[] = [
  "ecommerce",
  "ads",
  "analytics",
  "emailAndSms",
  "messaging",
  "subscriptions",
  "attribution",
  "operations",
  "support",
  "payments",
  "other",
];

const place = (entry: CatalogEntry): string =>
  `${String(ORDER.indexOf(entry.category)).padStart(2, "0")} ${entry.name}`;

export const sortedCatalog: readonly CatalogEntry[] = catalog.toSorted((a, b) => place(a).localeCompare(place(b)));

const entryByPlatform: ReadonlyMap<string, CatalogEntry> = new Map(
  [...catalog, ...SAMPLE_PLATFORMS.map(catalogEntry)].map((entry) => [entry.platform, entry]),
);

/** Those of sample data too, which the catalog does not list. */
export const platformEntry = (platform: string): CatalogEntry | null => entryByPlatform.get(platform) ?? null;

/** Files come when somebody sends them: none is late. */
export const hasRhythm = (platform: string): boolean => platformEntry(platform)?.cadenceMinutes !== null;

/** Of a platform that a row names: the database holds none that the catalog does not. */
export function knownPlatform(platform: string): CatalogEntry {
  const entry = platformEntry(platform);
  if (entry === null) throw new Error(`the catalog has no platform ${platform}`);
  return entry;
}

/** Where a datasource of this platform stands in every list: places are learned and never move. */
export const catalogPlace = (platform: string): string => {
  const entry = platformEntry(platform);
  return entry === null ? `99 ${platform}` : String(ORDER.indexOf(entry.category)).padStart(2, "0");
};

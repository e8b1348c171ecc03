/**
 * What connecting a platform beside what stands would count twice, and how much money that is where our own rows can tell.
 * Declared here once; a pair is the same from either side.
 */
import { and, eq, gte, inArray, sql } from "drizzle-orm";
import { transactions } from "@headwater/db/schema/tables.ts";
import type { AccountId, DatasourceId } from "@headwater/db/schema/ids.ts";
import type { CatalogEntry } from "@headwater/connectors/catalog-entry.ts";
import type { PlatformId } from "@headwater/connectors/platforms.ts";
import { platformEntry, sortedCatalog } from "./catalog.ts";
import { readDatasources } from "./datasources.ts";
import type { DatasourceView } from "./datasources.ts";
import { yieldsCosts } from "./metrics.ts";
import type { Transaction } from "./transaction.ts";

export interface WarningView {
  readonly kind: "OVERLAP" | "EXCLUSION" | "PREREQUISITE" | "SAME_ACCOUNT";
  /** `warning.<code>` words it. */
  readonly code: string;
  readonly values: Readonly<Record<string, string>>;
  readonly amount: { readonly amount: string; readonly currency: string } | null;
  readonly other: DatasourceView | null;
}

interface Overlap {
  readonly code: "payments" | "attribution" | "measurement" | "adSpend";
  readonly one: readonly PlatformId[];
  readonly other: readonly PlatformId[];
  /** Of the store's payments: the gateways that the platform settles. */
  readonly gateways?: Readonly<Record<string, string>>;
}

const STORES: readonly PlatformId[] = ["shopify", "bigcommerce", "woocommerce"];
const ADS: readonly PlatformId[] = sortedCatalog.flatMap(({ platform, category }) =>
  category === "ads" ? [platform] : [],
);
const FILES: readonly PlatformId[] = ["custom-costs"];
const PARTNERS: readonly PlatformId[] = ["refersion", "impact", "social-snowball"];

const OVERLAPS: readonly Overlap[] = [
  {
    code: "payments",
    one: ["stripe", "razorpay"],
    other: STORES,
    gateways: { stripe: "stripe", razorpay: "razorpay" },
  },
  { code: "attribution", one: PARTNERS, other: PARTNERS },
  { code: "measurement", one: ["ga4"], other: ["meta-pixel"] },
  { code: "adSpend", one: ADS, other: FILES },
];
const LOOKED_AT_DAYS = 30;

export async function readWarnings(db: Transaction, entry: CatalogEntry, now: Date): Promise<WarningView[]> {
  const standing = (await readDatasources(db, now)).filter(({ status }) => status.standing === "datasource");
  const here = new Set<string>(standing.map(({ row }) => row.platform));
  const warnings: WarningView[] = [];
  if (entry.requiresOneOf.length > 0 && !entry.requiresOneOf.some((id) => here.has(id)))
    warnings.push({
      ...nothing,
      kind: "PREREQUISITE",
      code: "prerequisite",
      values: { needs: namesOf(entry.requiresOneOf) },
    });
  for (const other of standing) {
    const name = platformEntry(other.row.platform)?.name ?? other.row.platform;
    const account = other.account?.name ?? other.row.name;
    if (other.row.platform === entry.platform && !yieldsCosts(entry))
      warnings.push({ ...nothing, kind: "SAME_ACCOUNT", code: "sameAccount", values: { account }, other });
    const excluded: readonly string[] = entry.excludes;
    if (excluded.includes(other.row.platform))
      warnings.push({ ...nothing, kind: "EXCLUSION", code: "exclusion", values: { other: name }, other });
    const overlap = overlapOf(entry.platform, other.row.platform);
    if (overlap === null || other.row.platform === entry.platform) continue;
    const amount = await amountAtRisk(db, overlap, { platform: entry.platform, other, now });
    const isTold = warnings.some(
      (told) => told.code === overlap.code && told.other?.row.platform === other.row.platform,
    );
    if (amount !== null || !isTold)
      warnings.push({ kind: "OVERLAP", code: overlap.code, values: { other: name, account }, amount, other });
  }
  return warnings;
}

const nothing = { values: {}, amount: null, other: null };
const namesOf = (ids: readonly string[]): string => ids.map((id) => platformEntry(id)?.name ?? id).join(", ");

const holds = (list: readonly string[], platform: string): boolean => list.includes(platform);

const overlapOf = (a: string, b: string): Overlap | null =>
  OVERLAPS.find(({ one, other }) => (holds(one, a) && holds(other, b)) || (holds(one, b) && holds(other, a))) ?? null;

/** What the rows of the last thirty days that are here already say; null where nothing tells. */
async function amountAtRisk(
  db: Transaction,
  { code, gateways }: Overlap,
  { platform, other, now }: { readonly platform: string; readonly other: DatasourceView; readonly now: Date },
): Promise<WarningView["amount"]> {
  if (code === "adSpend") return holds(FILES, other.row.platform) ? adSpendOf(db, other.row.id, now) : null;
  if (gateways === undefined) return null;
  const gateway = gateways[platform] ?? gateways[other.row.platform];
  const account = holds(STORES, other.row.platform) ? other.row.accountId : null;
  return gateway === undefined || account === null ? null : settledBy(db, account, gateway, now);
}

const lookedAtSince = (now: Date): string =>
  new Date(now.getTime() - LOOKED_AT_DAYS * 86_400_000).toISOString().slice(0, 10);

/** What its files call ad spend. */
async function adSpendOf(db: Transaction, files: DatasourceId, now: Date): Promise<WarningView["amount"]> {
  const [row] = await db.execute<{ currency: string; amount: string }>(sql`
    select currency, sum(value)::text as amount from cost_totals(${lookedAtSince(now)}::date, ${now.toISOString().slice(0, 10)}::date)
    where datasource_id = ${files} and metric = 'cost_ad_spend'
    group by currency order by sum(value) desc limit 1`);
  return row ?? null;
}

async function settledBy(
  db: Transaction,
  account: AccountId,
  gateway: string,
  now: Date,
): Promise<WarningView["amount"]> {
  const [row] = await db
    .select({ currency: transactions.currency, amount: sql<string>`sum(${transactions.amount})::text` })
    .from(transactions)
    .where(
      and(
        eq(transactions.accountId, account),
        gte(transactions.day, lookedAtSince(now)),
        eq(transactions.isTest, false),
        sql`${transactions.deletedAt} is null`,
        sql`lower(${transactions.status}) = 'success'`,
        inArray(sql`lower(${transactions.kind})`, ["sale", "capture"]),
        sql`lower(${transactions.gateway}) like ${`${gateway}%`}`,
      ),
    )
    .groupBy(transactions.currency)
    .orderBy(sql`sum(${transactions.amount}) desc`)
    .limit(1);
  return row === undefined ? null : { amount: row.amount, currency: row.currency };
}

// What Headwater holds, read with the owner's eyes: past row-level security, tombstones included.
import postgres from "postgres";
import { factKey, isoSecond, plainAmount, type AuditedKind, type Fact, type Facts } from "./facts.ts";
import type { RollupRow } from "./compare.ts";

export interface HeldAccount {
  readonly organisationId: string;
  readonly accountId: string;
  readonly domain: string;
}

type Row = Readonly<Record<string, unknown>>;
type Sql = postgres.Sql;

const words = (value: unknown): string | null =>
  value === null || value === undefined
    ? null
    : value instanceof Date
      ? isoSecond(value)
      : typeof value === "string"
        ? value
        : JSON.stringify(value);
const bare = (value: unknown): string => (words(value) ?? "").replace(/^gid:\/\/[^/]+\/[A-Za-z]+\//, "");
const amount = (value: unknown): string | null => plainAmount(words(value));

const columns: Record<AuditedKind, (row: Row) => Fact["says"]> = {
  orders: (row) => ({
    ordered_at: words(row["ordered_at"]),
    cancelled_at: words(row["cancelled_at"]),
    is_test: words(row["is_test"]),
    customer: row["customer_id"] === null ? null : bare(row["customer_id"]),
    currency: words(row["currency"]),
    lines: words(row["line_count"]),
    gross: amount(row["gross"]),
    discounts: amount(row["discounts"]),
    shipping: amount(row["shipping"]),
    tax: amount(row["tax"]),
    duties: amount(row["duties"]),
    tips: amount(row["tips"]),
    total: amount(row["total"]),
  }),
  order_lines: (row) => ({
    order: bare(row["order_id"]),
    quantity: words(row["quantity"]),
    gross: amount(row["gross"]),
    discount: amount(row["discount"]),
    tax: amount(row["tax"]),
    is_gift_card: words(row["is_gift_card"]),
  }),
  refunds: (row) => ({
    order: bare(row["order_id"]),
    refunded_at: words(row["refunded_at"]),
    amount: amount(row["amount"]),
    returned: amount(row["returned"]),
    returned_tax: amount(row["returned_tax"]),
    adjustments: amount(row["adjustments"]),
  }),
  transactions: (row) => ({
    order: bare(row["order_id"]),
    kind: words(row["kind"]),
    amount: amount(row["amount"]),
    fee: amount(row["fee"]) ?? "0",
  }),
  fulfilments: (row) => ({
    order: bare(row["order_id"]),
    shipped_at: words(row["shipped_at"]),
    delivered_at: words(row["delivered_at"]),
  }),
};

const selected: Record<AuditedKind, string> = {
  orders:
    "ordered_at, cancelled_at, is_test, customer_id, currency, line_count, gross, discounts, shipping, tax, duties, tips, total",
  order_lines: "order_id, quantity, gross, discount, tax, is_gift_card",
  refunds: "order_id, refunded_at, amount, returned, returned_tax, adjustments",
  transactions: "order_id, kind, amount, fee",
  fulfilments: "order_id, shipped_at, delivered_at",
};

export async function findAccounts(sql: Sql, domain: string): Promise<HeldAccount[]> {
  const rows = await sql`select organisation_id, id, domain from accounts where domain = ${domain}`;
  return rows.map((row) => ({ organisationId: String(row["organisation_id"]), accountId: String(row["id"]), domain }));
}

async function readKind(sql: Sql, account: HeldAccount, kind: AuditedKind, into: Map<string, Fact>): Promise<string[]> {
  const twice: string[] = [];
  const query = `select id, version_at, deleted_at, ${selected[kind]} from ${kind} where organisation_id = $1 and account_id = $2`;
  const cursor = sql.unsafe<Row[]>(query, [account.organisationId, account.accountId]).cursor(2_000);
  for await (const rows of cursor) {
    for (const row of rows) {
      const id = bare(row["id"]);
      const key = factKey(kind, id);
      const fact: Fact = {
        kind,
        id,
        versionAt: words(row["version_at"]) ?? "",
        isDeleted: row["deleted_at"] !== null,
        says: columns[kind](row),
      };
      if (into.has(key)) twice.push(key);
      into.set(key, fact);
    }
  }
  return twice;
}

export interface Held {
  readonly facts: Facts;
  /** One source record under two ids of ours. */
  readonly twice: readonly string[];
  readonly rollups: readonly RollupRow[];
}

export async function readHeld(sql: Sql, account: HeldAccount, kinds: readonly AuditedKind[]): Promise<Held> {
  const facts = new Map<string, Fact>();
  const twice: string[] = [];
  for (const kind of kinds) twice.push(...(await readKind(sql, account, kind, facts)));
  const rows = await sql`
    select metric, day::text as day, sum(value)::text as value from rollups
    where organisation_id = ${account.organisationId} and account_id = ${account.accountId} group by metric, day`;
  const rollups = rows.map((row) => ({
    metric: String(row["metric"]),
    day: String(row["day"]),
    value: String(row["value"]),
  }));
  return { facts, twice, rollups };
}

/**
 * Rows of costs as COPY takes them, into a temporary table of the connection (COPY is refused where row-level security
 * stands) and from there into the rows of the book. Columns that no column of the file fills are not sent at all.
 */
import { pipeline } from "node:stream/promises";
import type { TransactionSql } from "postgres";
import { cleanJson, copyField, copyJson } from "../load/copy-text.ts";
import type { CostRow } from "../costs/rows.ts";
import type { Target } from "../costs/vocabulary.ts";
import { DIMENSIONS } from "../costs/vocabulary.ts";
import { Overtaken } from "./upload-row.ts";
import type { UploadRef } from "./upload-row.ts";

const stageColumns = `line bigint, part smallint, identity uuid, content uuid, cost_type text, basis text, amount numeric, currency char(3),
  start_day date, end_day date, recurrence text, is_ad_spend boolean, applies_to text, action text, cost_id text, sku text, variant_id text,
  product_id text, order_id text, channel text, country text, payment_gateway text, campaign text, vendor text, category text, name text,
  note text, extra jsonb`;

interface CopiedColumn {
  readonly name: string;
  readonly of: (row: CostRow) => string;
  /** What it is where the file has no such column; null: it is sent always. */
  readonly without: string | null;
  readonly target: Target;
}

const always = (name: string, of: (row: CostRow) => string): CopiedColumn => ({
  name,
  of,
  without: null,
  target: "ignore",
});
const filled = (target: Target, without: string, of: (row: CostRow) => string): CopiedColumn => ({
  name: target,
  of,
  without,
  target,
});

const COLUMNS: readonly CopiedColumn[] = [
  always("line", ({ line }) => String(line)),
  always("part", ({ part }) => String(part)),
  always("identity", ({ identity }) => identity),
  always("content", ({ content }) => content),
  always("cost_type", ({ costType }) => costType),
  always("basis", ({ basis }) => basis),
  always("amount", ({ amount }) => amount),
  always("currency", ({ currency }) => currency),
  always("start_day", ({ startDay }) => startDay),
  always("end_day", ({ endDay }) => endDay ?? "\\N"),
  always("is_ad_spend", ({ isAdSpend }) => (isAdSpend ? "t" : "f")),
  filled("recurrence", "'none'", ({ recurrence }) => recurrence),
  filled("applies_to", "'revenue'", ({ appliesTo }) => appliesTo),
  filled("action", "'upsert'", ({ action }) => action),
  filled("cost_id", "null", ({ costId }) => copyField(costId)),
  filled("sku", "null", ({ sku }) => copyField(sku)),
  filled("variant_id", "null", ({ variantId }) => copyField(variantId)),
  filled("product_id", "null", ({ productId }) => copyField(productId)),
  filled("order_id", "null", ({ orderId }) => copyField(orderId)),
  ...DIMENSIONS.map((dimension) =>
    filled(dimension, "null", ({ dimensions }: CostRow) => copyField(dimensions[dimension] ?? null)),
  ),
  filled("extra", "null", ({ extra }) => (extra === null ? "\\N" : copyJson(cleanJson(JSON.stringify(extra)).text))),
];

/** How the rows of one file travel. */
export interface CopyPlan {
  readonly lineOf: (row: CostRow) => string;
  readonly copy: string;
  readonly insert: string;
}

export function copyPlan(targets: readonly Target[]): CopyPlan {
  const sent = COLUMNS.filter(({ without, target }) => without === null || targets.includes(target));
  const unsent = COLUMNS.filter((column) => !sent.includes(column));
  const names = sent.map(({ name }) => name).join(", ");
  const unsentNames = unsent.map(({ name }) => `, ${name}`).join("");
  const values = unsent.map(({ without }) => `, ${without ?? "null"}`).join("");
  return {
    lineOf: (row) => sent.map(({ of }) => of(row)).join("\t"),
    copy: `copy pg_temp.cost_stage (${names}) from stdin`,
    insert: `insert into cost_rows (organisation_id, datasource_id, since, ${names}${unsentNames})
      select $1, $2, $3, ${names}${values} from pg_temp.cost_stage`,
  };
}

/** Rows that are there already are another worker's on the same file, one of the two believed dead. */
export async function copyRows(
  tx: TransactionSql,
  ref: UploadRef,
  { version, plan, pieces }: { readonly version: number; readonly plan: CopyPlan; readonly pieces: readonly Buffer[] },
): Promise<void> {
  if (pieces.length === 0) return;
  await tx.unsafe(`create temporary table if not exists cost_stage (${stageColumns}) on commit delete rows`);
  await pipeline(pieces, await tx.unsafe(plan.copy).writable());
  const given = [ref.organisationId, ref.datasourceId, version] as const;
  await tx.unsafe(plan.insert, [...given], { prepare: true }).catch((error: unknown) => {
    throw isThere(error) ? new Overtaken() : error;
  });
}

const isThere = (error: unknown): boolean =>
  error instanceof Error && "constraint_name" in error && error.constraint_name === "cost_rows_pkey";

/** The rows behind Brand Overview, in one statement: rollups, and where costs are kept what they come to on each day. */
import { sql } from "drizzle-orm";
import { ROLLUP_KEYS } from "./metrics.ts";
import type { Rollup } from "./metrics.ts";
import { withCostNumbers } from "./overview-cost-rows.ts";
import type { Days } from "./overview-cost-rows.ts";
import type { Transaction } from "./transaction.ts";

export type StampedRollup = Rollup & { readonly accountId: string; readonly updatedMs: number | null };

export async function readRows(db: Transaction, days: Days, hasCosts: boolean): Promise<StampedRollup[]> {
  const { from, to } = days;
  const keys = sql`array[${sql.join(
    [...ROLLUP_KEYS, ...(hasCosts ? ["payment_fees"] : [])].map((key) => sql`${key}`),
    sql`, `,
  )}]`;
  const plain = sql`select account_id, metric, day, currency, value, updated_at from rollups
    where day between ${from}::date and ${to}::date and metric = any(${keys})`;
  // Thousands of rows: they are named here as they are used, and none is made anew.
  return db.execute<StampedRollup>(sql`
    ${hasCosts ? withCostNumbers(days) : sql``}
    select account_id as "accountId", metric, day::text as day, currency, trim_scale(value)::text as value,
      (extract(epoch from updated_at) * 1000)::float8 as "updatedMs"
    from (${hasCosts ? sql`${plain} union all select * from cost_numbers` : plain}) as numbers`);
}

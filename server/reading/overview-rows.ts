/** The numbers behind Brand Overview, in one statement: rollups, and where costs are kept what they come to on each day. */
import { sql } from "drizzle-orm";
import type { Day } from "./days.ts";
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
  // Thousands of days: a row for each would take longer than all that is done with them.
  const rows = await db.execute<Omit<StampedRollup, "days"> & { days: string }>(sql`
    ${
      hasCosts
        ? sql`${withCostNumbers(days)}, numbers as (
            select account_id, metric, day, currency, sum(value) as value, max(updated_at) as updated_at
            from (${plain} union all select * from cost_numbers) as every group by 1, 2, 3, 4)`
        : sql`with numbers as (${plain})`
    }
    select account_id as "accountId", metric, currency, string_agg(day || ' ' || trim_scale(value), ',') as days,
      (extract(epoch from max(updated_at)) * 1000)::float8 as "updatedMs"
    from numbers group by account_id, metric, currency`);
  return rows.map((row) => ({ ...row, days: readDays(row.days) }));
}

/** Some shop says what its goods cost: what they cost now, whenever they were sold. */
export async function knowsUnitCosts(db: Transaction): Promise<boolean> {
  const [row] = await db.execute<{ known: boolean }>(sql`
    select exists (select from store_cost_marks m join datasources d
      on d.organisation_id = m.organisation_id and d.account_id = m.account_id and d.disconnected_at is null) as known`);
  return row?.known === true;
}

/** `2026-11-20 1234.5,2026-11-21 0` */
const readDays = (text: string): ReadonlyMap<Day, string> =>
  new Map(text.split(",").map((one) => [one.slice(0, 10), one.slice(11)]));

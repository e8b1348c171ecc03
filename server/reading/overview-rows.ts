/** The rows behind Brand Overview, in one statement: rollups, and where costs are kept what they come to on each day. */
import { sql } from "drizzle-orm";
import type { Day } from "./days.ts";
import { ROLLUP_KEYS } from "./metrics.ts";
import type { Rollup } from "./metrics.ts";
import type { Transaction } from "./transaction.ts";

export type StampedRollup = Rollup & { readonly accountId: string; readonly updatedAt: Date | null };

interface Row extends Record<string, unknown> {
  account_id: string;
  metric: string;
  day: Day;
  currency: string;
  value: string;
  updated_ms: number | null;
}

export async function readRows(db: Transaction, from: Day, to: Day, hasCosts: boolean): Promise<StampedRollup[]> {
  const keys = sql`array[${sql.join(
    [...ROLLUP_KEYS, ...(hasCosts ? ["payment_fees"] : [])].map((key) => sql`${key}`),
    sql`, `,
  )}]`;
  const plain = sql`select account_id, metric, day, currency, value, updated_at from rollups
    where day between ${from}::date and ${to}::date and metric = any(${keys})`;
  const rows = await db.execute<Row>(sql`
    ${hasCosts ? costs(from, to) : sql``}
    select account_id, metric, day::text as day, currency, trim_scale(value)::text as value,
      (extract(epoch from updated_at) * 1000)::float8 as updated_ms
    from (${hasCosts ? sql`${plain} union all select * from cost_numbers` : plain}) as numbers`);
  return rows.map((row) => ({
    accountId: row.account_id,
    metric: row.metric,
    day: row.day,
    currency: row.currency,
    value: row.value,
    updatedAt: row.updated_ms === null ? null : new Date(row.updated_ms),
  }));
}

/**
 * What files say of days, what hangs on orders (only where it was counted with the costs that stand now; else the day is
 * said to be stale), and shares of ad spend, which are known when that is.
 */
const costs = (from: Day, to: Day) => sql`
  with grounds as materialized (
    select a.organisation_id, a.id, cost_ground(a.organisation_id, a.id) as ground from accounts a),
  totals as materialized (
    select account_id, metric, day, currency, value from cost_totals(${from}::date, ${to}::date)),
  of_orders as materialized (
    select c.account_id, c.metric, c.day, c.currency, c.value, c.updated_at from grounds g
      join order_costs c on c.organisation_id = g.organisation_id and c.account_id = g.id and c.ground = g.ground
    where c.day between ${from}::date and ${to}::date),
  stale as materialized (
    select distinct r.account_id, r.day from grounds g
      join rollups r on r.organisation_id = g.organisation_id and r.account_id = g.id and r.metric in ('orders', 'refunds')
        and r.day between ${from}::date and ${to}::date
    where g.ground is not null and not exists (
      select from of_orders c where c.account_id = r.account_id and c.day = r.day and c.metric = 'cost_units')),
  shares as materialized (
    select r.*, d.account_id, least(coalesce(r.end_day, ${to}::date), ${to}::date,
        coalesce((d.disconnected_at at time zone coalesce(a.zone, 'UTC'))::date, ${to}::date)) as last_day
    from cost_books b
      join datasources d on d.organisation_id = b.organisation_id and d.id = b.datasource_id
      join accounts a on a.organisation_id = d.organisation_id and a.id = d.account_id
      join cost_rows r on r.organisation_id = b.organisation_id and r.datasource_id = b.datasource_id
    where r.basis = 'percent' and r.applies_to = 'ad_spend' and r.found_by is null and r.channel is null and r.country is null and r.campaign is null and r.payment_gateway is null
      and r.start_day <= ${to}::date and (r.end_day is null or r.end_day >= ${from}::date)
      and r.since <= b.head and (r.until is null or r.until > b.head)),
  spend as materialized (
    select s.day, s.currency, sum(s.value) as value from (
      select r.day, r.currency, r.value from rollups r cross join lateral (
        select d.counts_from, d.counts_until from datasources d
        where d.organisation_id = r.organisation_id and d.account_id = r.account_id order by d.created_at desc limit 1) as d
      where r.metric = 'ad_spend' and r.day between ${from}::date and ${to}::date and exists (select from shares)
        and (d.counts_from is null or r.day >= d.counts_from) and (d.counts_until is null or r.day < d.counts_until)
      union all select day, currency, value from totals where metric = 'cost_ad_spend'
      union all select day, currency, value from of_orders where metric = 'cost_ad_spend') as s group by 1, 2),
  taken as materialized (
    select w.account_id, w.cost_type, w.is_ad_spend, s.day, s.currency, w.amount * 0.01 * s.value as value
    from spend s cross join lateral (
      select distinct on (r.cost_type, lower(r.name), lower(r.vendor), lower(r.category)) r.* from shares r
      where s.day between r.start_day and r.last_day
      order by r.cost_type, lower(r.name), lower(r.vendor), lower(r.category), r.start_day desc, r.since desc, r.line desc) as w),
  cost_numbers as (
    select account_id, metric, day, currency, value, null::timestamptz as updated_at from totals
    union all select account_id, metric, day, currency, value, updated_at from of_orders
    union all select account_id, 'cost_stale', day, 'PCS', 1, null from stale
    union all select t.account_id, m.metric, t.day, t.currency, t.value, null from taken t
      cross join lateral (select 'cost_' || t.cost_type as metric union all select 'cost_ad_spend' where t.is_ad_spend) as m)`;

/**
 * What costs come to on each day, as named pieces of the overview's one statement: what files say of days; what hangs on
 * orders; shares of ad spend, which are known when that is; and what of the files is counted nowhere.
 */
import { sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import type { Day } from "./days.ts";

/** `asked` is the first day that is asked for; those from `from` on are only compared with. */
export interface Days {
  readonly from: Day;
  readonly to: Day;
  readonly asked: Day;
}

/** The costs that stand now, by account. */
const grounds = sql`
  grounds as materialized (
    select a.organisation_id, a.id, cost_ground(a.organisation_id, a.id) as ground from accounts a)`;

const totals = ({ from, to }: Days) => sql`
  totals as materialized (
    select account_id, metric, day, currency, value from cost_totals(${from}::date, ${to}::date))`;

/** Only where it was counted with the costs that stand now. */
const ofOrders = ({ from, to }: Days) => sql`
  of_orders as materialized (
    select c.account_id, c.metric, c.day, c.currency, c.value, c.updated_at from grounds g
      join order_costs c on c.organisation_id = g.organisation_id and c.account_id = g.id and c.ground = g.ground
    where c.day between ${from}::date and ${to}::date)`;

/** Days with orders that were counted with other costs, or not yet. */
const stale = ({ from, to }: Days) => sql`
  stale as materialized (
    select distinct r.account_id, r.day from grounds g
      join rollups r on r.organisation_id = g.organisation_id and r.account_id = g.id and r.metric in ('orders', 'refunds')
        and r.day between ${from}::date and ${to}::date
    where g.ground is not null and not exists (
      select from of_orders c where c.account_id = r.account_id and c.day = r.day and c.metric = 'cost_units'))`;

/** Of datasource `d` with account `a`: `to`, or the day on which it was disconnected. */
const lastDay = ({ to }: Days) =>
  sql`least(${to}::date, coalesce((d.disconnected_at at time zone coalesce(a.zone, 'UTC'))::date, ${to}::date))`;

/** Those with one number in `thing` are for the same: of these one counts. */
const shares = (days: Days) => sql`
  shares as materialized (
    select d.account_id, r.cost_type, r.is_ad_spend, r.amount, r.start_day, r.since, r.line, cost_word(r.channel) as platform,
      least(r.end_day, ${lastDay(days)}) as last_day,
      dense_rank() over (order by r.cost_type, cost_word(r.channel), lower(r.name), lower(r.vendor), lower(r.category)) as thing
    from cost_books b
      join datasources d on d.organisation_id = b.organisation_id and d.id = b.datasource_id
      join accounts a on a.organisation_id = d.organisation_id and a.id = d.account_id
      join cost_rows r on r.organisation_id = b.organisation_id and r.datasource_id = b.datasource_id
    where r.basis = 'percent' and r.applies_to = 'ad_spend' and r.found_by is null
      and r.country is null and r.campaign is null and r.payment_gateway is null
      and r.start_day <= ${days.to}::date and (r.end_day is null or r.end_day >= ${days.from}::date)
      and r.since <= b.head and (r.until is null or r.until > b.head))`;

/** Of each account what people call its platform, and the days on which it counts: once, not for each of its days. */
const platforms = sql`
  platforms as materialized (
    select a.organisation_id, a.id, array[cost_word(a.platform), cost_word(regexp_replace(a.platform, '-ads$', ''))] as names,
      (select range_agg(daterange(d.counts_from, d.counts_until)) from datasources d
        where d.organisation_id = a.organisation_id and d.account_id = a.id
          and coalesce(d.counts_from <= d.counts_until, true)) as counting
    from accounts a where exists (select from shares))`;

/** By the platform whose ad accounts spent it. Of what files call ad spend nobody says the platform. */
const spend = ({ from, to }: Days) => sql`
  spend as materialized (
    select row_number() over () as n, s.day, s.currency, s.platform, sum(s.value) as value from (
      select r.day, r.currency, p.names as platform, r.value from platforms p
        join rollups r on r.organisation_id = p.organisation_id and r.account_id = p.id
      where r.metric = 'ad_spend' and r.day between ${from}::date and ${to}::date
        and p.counting @> r.day
      union all select day, currency, null, value from totals where metric = 'cost_ad_spend'
      union all select day, currency, null, value from of_orders where metric = 'cost_ad_spend') as s group by 2, 3, 4)`;

/** A share for one channel is one of what that platform's ad accounts spend; of shares for one thing the newest counts. */
const taken = sql`
  taken as materialized (
    select distinct on (s.n, w.thing) w.account_id, w.cost_type, w.is_ad_spend, s.day, s.currency, w.amount * 0.01 * s.value as value
    from spend s join shares w on s.day between w.start_day and w.last_day and (w.platform is null or w.platform = any(s.platform))
    order by s.n, w.thing, w.start_day desc, w.since desc, w.line desc)`;

/** On the last of its days that is shown. */
const leftOut = (days: Days) => sql`
  left_out as materialized (
    select d.account_id, l.reason, l.currency, least(max(l.last_day), e.last_day) as day, sum(l.rows) as rows, sum(l.amount) as amount
    from cost_books b
      join cost_left_out l on l.organisation_id = b.organisation_id and l.datasource_id = b.datasource_id
      join datasources d on d.organisation_id = b.organisation_id and d.id = b.datasource_id
      join accounts a on a.organisation_id = d.organisation_id and a.id = d.account_id
      cross join lateral (select ${lastDay(days)} as last_day) as e
    where b.left_out_of = b.head and l.first_day <= e.last_day and least(l.last_day, e.last_day) >= ${days.asked}::date
    group by d.account_id, l.reason, l.currency, e.last_day)`;

/** When the last file was taken or undone, and the last that moved ad spend: what they come to was calculated no earlier. */
const moved = ({ to }: Days) => sql`
  moved as materialized (
    select d.account_id, ${to}::date as day, max(u.settled_at) as updated_at,
      max(u.settled_at) filter (where coalesce((u.counts->>'adSpend')::bigint, 1) > 0) as ad_spend_at
    from cost_books b
      join datasources d on d.organisation_id = b.organisation_id and d.id = b.datasource_id and d.disconnected_at is null
      join uploads u on u.organisation_id = b.organisation_id and u.datasource_id = b.datasource_id and u.state in ('committed', 'undone')
    where b.head > 0 and d.account_id is not null group by d.account_id)`;

const costNumbers = sql`
  cost_numbers as (
    select account_id, metric, day, currency, value, null::timestamptz as updated_at from totals
    union all select account_id, metric, day, currency, value, updated_at from of_orders
    union all select account_id, 'cost_stale', day, 'PCS', 1, null from stale
    union all select account_id, 'cost_files', day, 'PCS', 1, updated_at from moved
    union all select account_id, 'ad_spend_files', day, 'PCS', 1, ad_spend_at from moved where ad_spend_at is not null
    union all select account_id, 'left_out.' || reason, day, 'PCS', rows, null from left_out
    union all select account_id, 'left_out.' || reason, day, currency, amount, null from left_out where amount is not null
    union all select t.account_id, m.metric, t.day, t.currency, sum(t.value), null from taken t
      cross join lateral (select 'cost_' || t.cost_type as metric union all select 'cost_ad_spend' where t.is_ad_spend) as m
      group by 1, 2, 3, 4)`;

/** A `with` in which `cost_numbers` is all of it, in the columns of rollups. */
export const withCostNumbers = (days: Days): SQL =>
  sql`with ${sql.join(
    [
      grounds,
      totals(days),
      ofOrders(days),
      stale(days),
      shares(days),
      platforms,
      spend(days),
      taken,
      leftOut(days),
      moved(days),
      costNumbers,
    ],
    sql`,`,
  )}`;

/** What rows that begin or end with a file do to the days they count for. */
import { moveSteps } from "./move-steps.ts";

/** Of a row, what its days are counted from. */
export const columnsOf = (row: string): string =>
  [
    "cost_type",
    "basis",
    "amount",
    "currency",
    "start_day",
    "end_day",
    "recurrence",
    "is_ad_spend",
    "action",
    "order_id",
  ]
    .map((column) => `${row}.${column}`)
    .join(", ");

/** What stands at the number $4. */
export const visible = (row: string): string => `${row}.since <= $4 and (${row}.until is null or ${row}.until > $4)`;

/**
 * A day's value from the number $3 on, given as `changed` the rows that begin (+1) and rows that end (-1) with it. Most
 * costs are one day's: they are added up before anything is asked of their day.
 */
export const moveDays = `
  counted as (
    select sign, cost_type, is_ad_spend, currency, amount, start_day, end_day from changed
    where recurrence = 'none' and basis = 'total' and end_day is not null and action = 'upsert' and order_id is null),
  by_day as (
    select cost_type, is_ad_spend, currency, start_day as day, sign * sum(amount) as delta from counted where start_day = end_day
    group by 1, 2, 3, 4, sign
    union all
    select c.cost_type, c.is_ad_spend, c.currency, d.day::date,
      sum(c.sign * cost_share(c.amount, c.end_day - c.start_day + 1, d.day::date = c.end_day, cost_digits(c.currency)))
    from counted as c cross join lateral generate_series(c.start_day::timestamp, c.end_day::timestamp, interval '1 day') as d (day)
    where c.start_day < c.end_day group by 1, 2, 3, 4),
  shares as (
    select m.metric, b.day, b.currency, sum(b.delta) as delta from by_day as b
      cross join lateral (select 'cost_' || b.cost_type as metric union all select 'cost_ad_spend' where b.is_ad_spend) as m
    group by m.metric, b.day, b.currency having sum(b.delta) <> 0),
  closed as (
    update cost_days as t set until = $3 from shares as s
    where t.organisation_id = $1 and t.datasource_id = $2 and t.metric = s.metric and t.day = s.day and t.currency = s.currency
      and t.since <= $4 and (t.until is null or t.until > $4) and t.until is distinct from $3
    returning t.metric, t.day, t.currency, t.value),
  moved as (
    insert into cost_days as t (organisation_id, datasource_id, metric, day, currency, since, value)
      select $1, $2, s.metric, s.day, s.currency, $3, coalesce(c.value, 0) + s.delta
      from shares as s left join closed as c on c.metric = s.metric and c.day = s.day and c.currency = s.currency
      order by s.metric, s.day, s.currency
    on conflict (organisation_id, datasource_id, metric, day, currency, since) do update
      set value = t.value + excluded.value -- an earlier chunk has closed the day already, so nothing of it is in here twice
    returning 1),
  ${moveSteps}`;

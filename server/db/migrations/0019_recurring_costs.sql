-- 0019_recurring_costs.sql
-- Why: a cost that recurs without an end has no last day to roll it up to. What recurs is spread when it is read, so
--      that a rent entered once counts for as long as it stands, and an undo takes it back whole.
-- Locks: the view and cost_books for a moment.

alter table cost_books drop column horizon;
-- A file of a hundred thousand rows lands within seconds: statistics have to follow before it is merged, or the planner
-- looks each of its rows up by walking all of them.
grant maintain on cost_rows, cost_days to headwater_worker;
create index cost_rows_recurring on cost_rows (organisation_id, datasource_id) where recurrence <> 'none';

-- Places after the decimal mark that money of a currency has.
create function cost_digits(currency text) returns integer
language sql immutable set search_path = pg_catalog as $$
  select case when currency in ('JPY', 'KRW', 'VND', 'CLP', 'ISK', 'UGX', 'XAF', 'XOF', 'XPF', 'PYG', 'RWF', 'GNF',
      'DJF', 'KMF', 'VUV', 'BIF') then 0
    when currency in ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') then 3 else 2 end
$$;

-- An even share of a whole; what does not divide falls on the last day.
create function cost_share(amount numeric, days integer, is_last boolean, digits integer) returns numeric
language sql immutable set search_path = pg_catalog as $$
  select case when is_last then amount - trunc(amount / days, digits) * (days - 1) else trunc(amount / days, digits) end
$$;
revoke execute on function cost_digits, cost_share from public;
grant execute on function cost_digits, cost_share to headwater_api, headwater_worker;

create or replace view cost_rollups with (security_invoker = true) as
  with spread as (
    select c.organisation_id, c.datasource_id, c.metric, c.day, c.currency, c.value
    from cost_days c
      join cost_books b on b.organisation_id = c.organisation_id and b.datasource_id = c.datasource_id
    where c.since <= b.head and (c.until is null or c.until > b.head)
    union all
    select r.organisation_id, r.datasource_id, m.metric, d.day::date, r.currency,
      case r.recurrence
        when 'daily' then r.amount
        when 'weekly' then cost_share(r.amount, 7, (d.day::date - r.start_day) % 7 = 6, cost_digits(r.currency))
        when 'monthly' then cost_share(r.amount,
          extract(day from date_trunc('month', d.day) + interval '1 month' - interval '1 day')::integer,
          extract(day from d.day + interval '1 day') = 1, cost_digits(r.currency))
        else cost_share(r.amount, extract(doy from make_date(extract(year from d.day)::integer, 12, 31))::integer,
          extract(month from d.day) = 12 and extract(day from d.day) = 31, cost_digits(r.currency))
      end
    from cost_rows r
      join cost_books b on b.organisation_id = r.organisation_id and b.datasource_id = r.datasource_id
      cross join lateral generate_series(r.start_day::timestamp,
        least(coalesce(r.end_day, current_date + 400), current_date + 400)::timestamp, interval '1 day') as d (day)
      cross join lateral (
        select 'cost_' || r.cost_type as metric union all select 'cost_ad_spend' where r.is_ad_spend) as m
    where r.recurrence <> 'none' and r.basis = 'total'
      and r.since <= b.head and (r.until is null or r.until > b.head)
  )
  select d.organisation_id, d.account_id, s.metric, s.day, s.currency, sum(s.value) as value
  from spread s join datasources d on d.organisation_id = s.organisation_id and d.id = s.datasource_id
  where d.account_id is not null
  group by d.organisation_id, d.account_id, s.metric, s.day, s.currency
  having sum(s.value) <> 0;

-- 0026_costs_by_day.sql
-- Why: what costs come to by day, ready to be read: what recurs as steps of a sum, so that 200,000 recurring rows are read
--      like one; what hangs on orders (goods, parcels, fees) as days of a shop, counted with the orders themselves.
-- Locks: refunds while a column is filled from documents that are there; costs while their days are counted anew (an
--      order's own cost belongs to the order's day); uploads for a moment: what was being prepared is prepared again.

-- Which lines came back, and how many units of each: [{"line": "...", "units": 2}]. Null where the source does not say.
alter table refunds add column returned_lines jsonb;

-- An even share of a whole, in whole digits of its currency. By integer division: exact at any size.
create function cost_part(amount numeric, days integer, digits integer) returns numeric
language sql immutable set search_path = pg_catalog as $$
  select case digits when 0 then div(amount, days) when 3 then div(amount * 1000, days) * 0.001
    else div(amount * 100, days) * 0.01 end
$$;
create or replace function cost_share(amount numeric, days integer, is_last boolean, digits integer) returns numeric
language sql immutable set search_path = pg_catalog as $$
  select case when is_last then amount - public.cost_part(amount, days, digits) * (days - 1)
    else public.cost_part(amount, days, digits) end
$$;
-- A source's own id without what stands before it: gid://shopify/Order/5001 is 5001.
create function cost_key(id text) returns text
language sql immutable set search_path = pg_catalog as $$ select lower(regexp_replace(id, '^.*/', '')) $$;

-- Steps: from `day` on so much more, or less, stands. Their sum up to a day is what recurs on it; a version adds its own
-- steps and changes none, so that an undo only leaves them out. Shares: of 28, 29, 30, 31 days; of 7; of 365, 366.
create table cost_recurring (
  organisation_id uuid not null,
  datasource_id uuid not null,
  metric text not null,
  recurrence text not null,
  phase integer not null,
  currency char(3) not null,
  day date not null,
  since integer not null,
  amount numeric not null,
  share_1 numeric not null,
  share_2 numeric not null,
  share_3 numeric not null,
  share_4 numeric not null,
  primary key (organisation_id, datasource_id, metric, recurrence, phase, currency, day, since)
);
create index cost_recurring_by_version on cost_recurring (organisation_id, datasource_id, since);

-- A shop's days, each counted on some ground: which versions of which costs. Another ground, and the day is counted again.
create table order_costs (
  organisation_id uuid not null,
  account_id uuid not null,
  metric text not null,
  day date not null,
  currency char(3) not null,
  value numeric not null,
  ground text not null,
  updated_at timestamptz(3) not null default now(),
  primary key (organisation_id, account_id, metric, day, currency)
) with (fillfactor = 80);
create index order_costs_by_day on order_costs (organisation_id, day);

-- How often a shop's own costs of its variants have changed.
create table store_cost_marks (
  organisation_id uuid not null,
  account_id uuid not null,
  changes bigint not null,
  primary key (organisation_id, account_id)
);
create function store_costs_changed() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  if tg_op = 'INSERT' then
    insert into public.store_cost_marks as m (organisation_id, account_id, changes)
      select distinct organisation_id, account_id, 1 from after where unit_cost is not null
      on conflict (organisation_id, account_id) do update set changes = m.changes + 1;
  else
    insert into public.store_cost_marks as m (organisation_id, account_id, changes)
      select distinct a.organisation_id, a.account_id, 1 from after as a
        join before as b on b.organisation_id = a.organisation_id and b.account_id = a.account_id and b.id = a.id
        where (b.unit_cost, b.currency) is distinct from (a.unit_cost, a.currency)
      on conflict (organisation_id, account_id) do update set changes = m.changes + 1;
  end if;
  return null;
end
$$;
revoke execute on function store_costs_changed from public;
create trigger store_costs_inserted after insert on variants referencing new table as after
  for each statement execute function store_costs_changed();
create trigger store_costs_updated after update on variants referencing old table as before new table as after
  for each statement execute function store_costs_changed();

create index cost_rows_of_variant on cost_rows (organisation_id, datasource_id, cost_key(variant_id)) where variant_id is not null;
create index cost_rows_of_product on cost_rows (organisation_id, datasource_id, cost_key(product_id)) where product_id is not null;
create index cost_rows_of_rules on cost_rows (organisation_id, datasource_id, basis, start_day) where basis <> 'total'
  and sku is null and variant_id is null and product_id is null;
-- What hangs on orders, or takes the place of what they would cost: when it began, and when it ended.
create index cost_rows_ground on cost_rows (organisation_id, datasource_id, since)
  where basis <> 'total' or order_id is not null or cost_type = 'cogs';
create index cost_rows_ground_ended on cost_rows (organisation_id, datasource_id, until)
  where until is not null and (basis <> 'total' or order_id is not null or cost_type = 'cogs');

-- Functions over rows that a policy guards: whoever migrates may not look at those, so the bodies are looked at when called.
set local check_function_bodies = off;

-- Null where nobody keeps costs here.
create function cost_ground(organisation uuid, account uuid) returns text language sql stable as $$
  select string_agg(b.datasource_id::text || '@' || coalesce(greatest(
      (select max(r.since) from cost_rows r where r.organisation_id = b.organisation_id and r.datasource_id = b.datasource_id
        and r.since <= b.head and (r.basis <> 'total' or r.order_id is not null or r.cost_type = 'cogs')),
      (select max(r.until) from cost_rows r where r.organisation_id = b.organisation_id and r.datasource_id = b.datasource_id
        and r.until is not null and r.until <= b.head and (r.basis <> 'total' or r.order_id is not null or r.cost_type = 'cogs'))), 0),
      ' ' order by b.datasource_id)
    || coalesce('+' || (select m.changes from store_cost_marks m where m.organisation_id = organisation and m.account_id = account), '')
  from cost_books b where b.organisation_id = organisation
$$;

-- What costs alone come to, day by day. Of a datasource that was disconnected nothing counts after the day of its end.
create function cost_totals(first_day date, last_day date)
returns table (organisation_id uuid, datasource_id uuid, account_id uuid, metric text, day date, currency char(3), value numeric)
language sql stable as $$
  with standing as (
    select b.organisation_id, b.datasource_id, b.head, d.account_id,
      least(last_day, coalesce((d.disconnected_at at time zone coalesce(a.zone, 'UTC'))::date, last_day)) as last_day
    from cost_books b
      join datasources d on d.organisation_id = b.organisation_id and d.id = b.datasource_id
      join accounts a on a.organisation_id = d.organisation_id and a.id = d.account_id),
  steps as (
    select s.organisation_id, s.datasource_id, s.account_id, s.last_day, r.metric, r.recurrence, r.phase, r.currency,
      greatest(r.day, first_day) as day, sum(r.amount) as amount, sum(r.share_1) as share_1, sum(r.share_2) as share_2,
      sum(r.share_3) as share_3, sum(r.share_4) as share_4
    from standing s
      join cost_recurring r on r.organisation_id = s.organisation_id and r.datasource_id = s.datasource_id
    where r.since <= s.head and r.day <= s.last_day
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9),
  stretches as (
    select t.organisation_id, t.datasource_id, t.account_id, t.metric, t.recurrence, t.phase, t.currency, t.day as from_day,
      coalesce(lead(t.day) over w - 1, t.last_day) as to_day, sum(t.amount) over w as amount, sum(t.share_1) over w as share_1,
      sum(t.share_2) over w as share_2, sum(t.share_3) over w as share_3, sum(t.share_4) over w as share_4
    from steps t
    window w as (partition by t.organisation_id, t.datasource_id, t.account_id, t.metric, t.recurrence, t.phase, t.currency
      order by t.day)),
  spread as (
    select c.organisation_id, c.datasource_id, s.account_id, c.metric, c.day, c.currency, c.value
    from standing s join cost_days c on c.organisation_id = s.organisation_id and c.datasource_id = s.datasource_id
    where c.since <= s.head and (c.until is null or c.until > s.head) and c.day between first_day and s.last_day
    union all
    select t.organisation_id, t.datasource_id, t.account_id, t.metric, g.day::date, t.currency,
      case t.recurrence
        when 'daily' then t.amount
        when 'weekly' then case when (g.day::date - date '2000-01-01') % 7 = (t.phase + 6) % 7
          then t.amount - t.share_1 * 6 else t.share_1 end
        when 'monthly' then case when extract(day from g.day + interval '1 day') <> 1 then l.share
          else t.amount - l.share * (l.days - 1) end
        else case when to_char(g.day, 'MMDD') <> '1231' then y.share else t.amount - y.share * (y.days - 1) end
      end
    from stretches t
      cross join lateral generate_series(t.from_day::timestamp, t.to_day::timestamp, interval '1 day') as g (day)
      cross join lateral (select extract(day from date_trunc('month', g.day) + interval '1 month' - interval '1 day')::integer) as m (days)
      cross join lateral (select m.days, case m.days when 28 then t.share_1 when 29 then t.share_2 when 30 then t.share_3
        else t.share_4 end as share) as l
      cross join lateral (select extract(doy from make_date(extract(year from g.day)::integer, 12, 31))::integer) as n (days)
      cross join lateral (select n.days, case n.days when 365 then t.share_1 else t.share_2 end as share) as y)
  select x.organisation_id, x.datasource_id, x.account_id, x.metric, x.day, x.currency, sum(x.value)
  from spread x group by 1, 2, 3, 4, 5, 6 having sum(x.value) <> 0
$$;

drop view cost_rollups;
create view cost_rollups with (security_invoker = true) as
  select t.organisation_id, t.account_id, t.metric, t.day, t.currency, sum(t.value) as value
  from cost_totals(date '2000-01-01', current_date + 400) as t
  group by t.organisation_id, t.account_id, t.metric, t.day, t.currency having sum(t.value) <> 0;

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array['cost_recurring', 'order_costs', 'store_cost_marks'] loop
    execute format($policy$create policy organisation on %I
      using (organisation_id = nullif(current_setting('app.tenant', true), '')::uuid)
      with check (organisation_id = nullif(current_setting('app.tenant', true), '')::uuid)$policy$, tenant_table);
    execute format('alter table %I enable row level security', tenant_table);
    execute format('alter table %I force row level security', tenant_table);
    execute format('grant select, insert, update, delete on %I to headwater_worker', tenant_table);
    execute format('grant select on %I to headwater_api', tenant_table);
  end loop;
end
$$;
grant maintain on cost_recurring to headwater_worker;
grant select on cost_rollups to headwater_api, headwater_worker;
revoke execute on function cost_part, cost_key, cost_ground, cost_totals from public;
grant execute on function cost_part, cost_key, cost_ground, cost_totals to headwater_api, headwater_worker;

-- What is there already, as it would now come in. Row-level security is held even to the owner, so it rests meanwhile.
do $$
declare
  kept text;
begin
  foreach kept in array array['refunds', 'uploads', 'cost_books', 'cost_rows', 'cost_days', 'cost_recurring'] loop
    execute format('alter table %I no force row level security', kept);
  end loop;
  update refunds set returned_lines = (
      select coalesce(jsonb_agg(jsonb_build_object('line', n -> 'lineItem' ->> 'id', 'units', (n ->> 'quantity')::integer)), '[]')
      from jsonb_array_elements(document -> 'refundLineItems' -> 'nodes') as n where n -> 'lineItem' ->> 'id' is not null)
    where jsonb_typeof(document -> 'refundLineItems' -> 'nodes') = 'array';
  update uploads set place = null where place is not null;
  delete from cost_days;
  insert into cost_days (organisation_id, datasource_id, metric, day, currency, since, until, value)
    select organisation_id, datasource_id, metric, day, currency, version, lead(version) over w, sum(delta) over w
    from (
      select r.organisation_id, r.datasource_id, m.metric, d.day::date as day, r.currency, v.version,
        sum(v.sign * cost_share(r.amount, r.end_day - r.start_day + 1, d.day::date = r.end_day, cost_digits(r.currency))) as delta
      from cost_rows r
        join cost_books b on b.organisation_id = r.organisation_id and b.datasource_id = r.datasource_id
        cross join lateral (values (r.since, 1), (r.until, -1)) as v (version, sign)
        cross join lateral generate_series(r.start_day::timestamp, r.end_day::timestamp, interval '1 day') as d (day)
        cross join lateral (select 'cost_' || r.cost_type as metric union all select 'cost_ad_spend' where r.is_ad_spend) as m
      where v.version <= b.head and r.recurrence = 'none' and r.basis = 'total' and r.end_day is not null
        and r.order_id is null and r.action = 'upsert'
      group by 1, 2, 3, 4, 5, 6) as changes
    window w as (partition by organisation_id, datasource_id, metric, day, currency order by version);
  insert into cost_recurring (organisation_id, datasource_id, metric, recurrence, phase, currency, day, since, amount,
      share_1, share_2, share_3, share_4)
    select r.organisation_id, r.datasource_id, m.metric, r.recurrence,
      case r.recurrence when 'weekly' then (r.start_day - date '2000-01-01') % 7 else 0 end, r.currency, e.day, v.version,
      sum(e.sign * v.sign * r.amount), sum(e.sign * v.sign * p.share_1), sum(e.sign * v.sign * p.share_2),
      sum(e.sign * v.sign * p.share_3), sum(e.sign * v.sign * p.share_4)
    from cost_rows r
      join cost_books b on b.organisation_id = r.organisation_id and b.datasource_id = r.datasource_id
      cross join lateral (values (r.since, 1), (r.until, -1)) as v (version, sign)
      cross join lateral (values (r.start_day, 1), (r.end_day + 1, -1)) as e (day, sign)
      cross join lateral (select 'cost_' || r.cost_type as metric union all select 'cost_ad_spend' where r.is_ad_spend) as m
      cross join lateral (select cost_digits(r.currency) as digits) as c
      cross join lateral (select
        case r.recurrence when 'weekly' then cost_part(r.amount, 7, c.digits) when 'monthly' then cost_part(r.amount, 28, c.digits)
          when 'yearly' then cost_part(r.amount, 365, c.digits) else 0 end as share_1,
        case r.recurrence when 'monthly' then cost_part(r.amount, 29, c.digits)
          when 'yearly' then cost_part(r.amount, 366, c.digits) else 0 end as share_2,
        case r.recurrence when 'monthly' then cost_part(r.amount, 30, c.digits) else 0 end as share_3,
        case r.recurrence when 'monthly' then cost_part(r.amount, 31, c.digits) else 0 end as share_4) as p
    where v.version <= b.head and e.day is not null and r.recurrence <> 'none' and r.basis = 'total' and r.order_id is null
      and r.action = 'upsert'
    group by 1, 2, 3, 4, 5, 6, 7, 8;
  foreach kept in array array['refunds', 'uploads', 'cost_books', 'cost_rows', 'cost_days', 'cost_recurring'] loop
    execute format('alter table %I force row level security', kept);
  end loop;
end
$$;

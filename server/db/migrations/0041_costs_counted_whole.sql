-- 0041_costs_counted_whole.sql
-- Why: a rate for one channel counts for the orders that came through it; what cannot be counted at all is told with its
--      rows and its money; and a day's share is cut at the smallest coin that its currency has by ISO 4217.
-- Locks: orders while a column is filled from documents that are there; costs in three currencies while their days are cut
--      anew; uploads of their organisations for a moment: what was being prepared is prepared again.

-- Places after the decimal mark that money of a currency has, by ISO 4217.
create or replace function cost_digits(currency text) returns integer
language sql immutable set search_path = pg_catalog as $$
  select case when currency in ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND',
      'VUV', 'XAF', 'XOF', 'XPF') then 0
    when currency in ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') then 3
    when currency in ('CLF', 'UYW') then 4 else 2 end
$$;
create or replace function cost_part(amount numeric, days integer, digits integer) returns numeric
language sql immutable set search_path = pg_catalog as $$
  select case digits when 0 then div(amount, days) when 3 then div(amount * 1000, days) * 0.001
    when 4 then div(amount * 10000, days) * 0.0001 else div(amount * 100, days) * 0.01 end
$$;

-- One word for one gateway or platform, however it is written: Shopify Payments is shopify_payments.
create function cost_word(word text) returns text
language sql immutable set search_path = pg_catalog as $$ select translate(lower(word), ' _.-', '') $$;
-- A channel as its orders carry it, for the name that people know it by.
create function cost_channel(word text) returns text
language sql immutable set search_path = pg_catalog as $$
  select case translate(lower(word), ' _.-', '') when 'onlinestore' then 'web' when 'pointofsale' then 'pos'
    when 'draftorder' then 'shopifydraftorder' when 'draftorders' then 'shopifydraftorder'
    else translate(lower(word), ' _.-', '') end
$$;
revoke execute on function cost_word, cost_channel from public;
grant execute on function cost_word, cost_channel to headwater_api, headwater_worker;

-- Where an order was placed, as its source says it.
alter table orders add column channel text;

-- What costs alone cannot be counted for, and when it would: rows of files, and their money where they are sums of it.
create table cost_left_out (
  organisation_id uuid not null,
  datasource_id uuid not null,
  reason text not null constraint cost_left_out_reason_check check (reason in ('country', 'campaign', 'channel', 'gateway',
    'product', 'goods', 'order', 'oneOrder')),
  first_day date not null,
  last_day date not null,
  currency char(3) not null,
  rows bigint not null,
  amount numeric,
  primary key (organisation_id, datasource_id, reason, first_day, last_day, currency),
  foreign key (organisation_id, datasource_id) references cost_books (organisation_id, datasource_id) on delete cascade
);
create policy organisation on cost_left_out
  using (organisation_id = nullif(current_setting('app.tenant', true), '')::uuid)
  with check (organisation_id = nullif(current_setting('app.tenant', true), '')::uuid);
alter table cost_left_out enable row level security;
alter table cost_left_out force row level security;
grant select on cost_left_out to headwater_api;
grant select, insert, update, delete on cost_left_out to headwater_worker;
-- Which of the book's versions that was looked up for.
alter table cost_books add column left_out_of integer;

-- Another formula is another ground: the days of orders are counted again.
set local check_function_bodies = off;
create or replace function cost_ground(organisation uuid, account uuid) returns text
language sql stable set search_path = pg_catalog, public as $$
  select '2 ' || string_agg(b.datasource_id::text || '@' || coalesce(greatest(
      (select max(r.since) from cost_rows r where r.organisation_id = b.organisation_id and r.datasource_id = b.datasource_id
        and r.since <= b.head and (r.basis <> 'total' or r.order_id is not null or r.cost_type = 'cogs')),
      (select max(r.until) from cost_rows r where r.organisation_id = b.organisation_id and r.datasource_id = b.datasource_id
        and r.until is not null and r.until <= b.head and (r.basis <> 'total' or r.order_id is not null or r.cost_type = 'cogs'))), 0),
      ' ' order by b.datasource_id)
    || coalesce('+' || (select m.changes from store_cost_marks m where m.organisation_id = organisation and m.account_id = account), '')
  from cost_books b where b.organisation_id = organisation
$$;

-- What is there already, as it would now come in. Row-level security is held even to the owner, so it rests meanwhile.
do $$
declare
  kept text;
  recut constant text[] := array['CLF', 'UYI', 'UYW'];
begin
  foreach kept in array array['orders', 'uploads', 'cost_books', 'cost_rows', 'cost_days', 'cost_recurring'] loop
    execute format('alter table %I no force row level security', kept);
  end loop;
  update orders set channel = document ->> 'sourceName' where document ? 'sourceName';
  update uploads u set place = null where u.place is not null
    and exists (select from cost_rows r where r.organisation_id = u.organisation_id and r.currency = any(recut));
  delete from cost_days where currency = any(recut);
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
        and r.order_id is null and r.action = 'upsert' and r.currency = any(recut)
      group by 1, 2, 3, 4, 5, 6) as changes
    window w as (partition by organisation_id, datasource_id, metric, day, currency order by version);
  delete from cost_recurring where currency = any(recut);
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
      and r.action = 'upsert' and r.currency = any(recut)
    group by 1, 2, 3, 4, 5, 6, 7, 8;
  foreach kept in array array['orders', 'uploads', 'cost_books', 'cost_rows', 'cost_days', 'cost_recurring'] loop
    execute format('alter table %I force row level security', kept);
  end loop;
end
$$;

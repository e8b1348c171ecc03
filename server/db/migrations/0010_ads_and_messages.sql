-- 0010_ads_and_messages.sql
-- Why: record kinds of ads and messages: campaigns, and days that the source itself has cut and goes on restating.
-- Locks: none (new tables).
-- A row of such a day has no version at the source: version_at is when it was read. `part` names which of the source's
-- own cuts it belongs to (a level, a measure); rows of two parts may overlap, so only those that `counts` make metrics.
-- Counts are numeric like money: attribution credits halves.

create table campaigns (
  organisation_id uuid not null,
  account_id uuid not null,
  id text not null,
  version_at timestamptz(3) not null,
  read_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  document jsonb,
  level text not null,
  parent_id text,
  name text not null,
  status text,
  objective text,
  channel text,
  started_at timestamptz(3),
  ended_at timestamptz(3),
  sent_at timestamptz(3),
  primary key (organisation_id, account_id, id)
);
create index campaigns_of_parent on campaigns (organisation_id, account_id, parent_id) where parent_id is not null;

create table ad_days (
  organisation_id uuid not null,
  account_id uuid not null,
  id text not null,
  version_at timestamptz(3) not null,
  read_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  document jsonb,
  day date not null,
  part text not null,
  counts boolean not null,
  level text not null,
  campaign_id text,
  adset_id text,
  ad_id text,
  spend numeric,
  impressions numeric,
  clicks numeric,
  link_clicks numeric,
  outbound_clicks numeric,
  unique_outbound_clicks numeric,
  purchases numeric,
  purchase_value numeric,
  attribution text,
  breakdown jsonb,
  currency char(3) not null,
  primary key (organisation_id, account_id, id)
) with (fillfactor = 85);
create index ad_days_by_day on ad_days (organisation_id, account_id, day);

create table message_days (
  organisation_id uuid not null,
  account_id uuid not null,
  id text not null,
  version_at timestamptz(3) not null,
  read_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  document jsonb,
  day date not null,
  part text not null,
  counts boolean not null,
  channel text,
  campaign_id text,
  flow_id text,
  message_id text,
  sends numeric,
  opens numeric,
  clicks numeric,
  unsubscribes numeric,
  orders numeric,
  revenue numeric,
  currency char(3) not null,
  primary key (organisation_id, account_id, id)
) with (fillfactor = 85);
create index message_days_by_day on message_days (organisation_id, account_id, day);

grant select on campaigns, ad_days, message_days to headwater_api;
grant select, insert, update, delete on campaigns, ad_days, message_days to headwater_worker;

do $$
declare
  kind text;
  has_lz4 boolean := exists (select from pg_settings where name = 'default_toast_compression' and 'lz4' = any (enumvals));
begin
  foreach kind in array array['campaigns', 'ad_days', 'message_days'] loop
    execute format($policy$create policy organisation on %I
      using (organisation_id = nullif(current_setting('app.tenant', true), '')::uuid)
      with check (organisation_id = nullif(current_setting('app.tenant', true), '')::uuid)$policy$, kind);
    execute format('alter table %I enable row level security', kind);
    execute format('alter table %I force row level security', kind);
    execute format('create statistics %I (dependencies, ndistinct) on organisation_id, account_id from %I',
      kind || '_of_account', kind);
    execute format('alter table %I set (autovacuum_analyze_threshold = 2000, autovacuum_analyze_scale_factor = 0.05,
      autovacuum_vacuum_insert_scale_factor = 0.1)', kind);
    if has_lz4 then
      execute format('alter table %I alter column document set compression lz4', kind);
    end if;
  end loop;
end
$$;

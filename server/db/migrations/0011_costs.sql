-- 0011_costs.sql
-- Why: costs that no API carries come as files. Each file is an immutable version; its rows carry the version that
--      brought them and the one that ended them, so that a commit, and an undo, move one number at any size.
-- Locks: api_tokens for a moment (a constraint that lets one more scope in); all else is new.
-- A reader goes through the views: what stands is what `head` says, whole or not at all. Everything above `head` is
-- being prepared, or left over from what was discarded, and is cleaned before the next file lands.

alter table api_tokens drop constraint api_tokens_scopes_check;
alter table api_tokens add constraint api_tokens_scopes_check
  check (scopes <@ array['read', 'manage', 'costs:upload'] and cardinality(scopes) > 0) not valid;

create table cost_feeds (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  datasource_id uuid not null,
  kind text not null constraint cost_feeds_kind_check check (kind in ('https', 'sftp')),
  name text not null,
  address jsonb not null,
  grant_id uuid,
  host_key text,
  every_minutes integer not null check (every_minutes >= 15),
  mode text not null constraint cost_feeds_mode_check check (mode in ('upsert', 'replace_range')),
  mapping jsonb not null default '{}',
  state text not null default 'unproven'
    constraint cost_feeds_state_check check (state in ('unproven', 'ok', 'refused', 'missing', 'failing', 'invalid')),
  reason jsonb,
  state_since timestamptz(3) not null default now(),
  asked_at timestamptz(3),
  marks jsonb not null default '{}',
  misses integer not null default 0,
  tried_at timestamptz(3),
  pulled_at timestamptz(3),
  due_at timestamptz(3),
  created_by uuid,
  created_at timestamptz(3) not null default now(),
  removed_at timestamptz(3),
  primary key (organisation_id, id),
  foreign key (organisation_id, datasource_id) references datasources (organisation_id, id) on delete cascade
);
create index cost_feeds_of_datasource on cost_feeds (organisation_id, datasource_id) where removed_at is null;

-- What an SFTP feed has taken already: names, sizes and times, never renamed or deleted over there.
create table feed_files (
  organisation_id uuid not null,
  feed_id uuid not null,
  name text not null,
  size bigint not null,
  modified_at timestamptz(3) not null,
  sha256 text,
  taken_at timestamptz(3) not null default now(),
  primary key (organisation_id, feed_id, name),
  foreign key (organisation_id, feed_id) references cost_feeds (organisation_id, id) on delete cascade
);

create table uploads (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  datasource_id uuid not null,
  feed_id uuid,
  how text not null constraint uploads_how_check check (how in ('browser', 'api', 'https', 'sftp')),
  filename text not null check (length(filename) <= 120),
  by jsonb not null,
  mode text not null constraint uploads_mode_check check (mode in ('upsert', 'replace_range', 'replace_all')),
  dry_run boolean not null default false,
  state text not null default 'announced' constraint uploads_state_check check (state in ('announced', 'received',
    'validating', 'needs_confirmation', 'held', 'committed', 'rejected', 'unchanged', 'undone', 'discarded')),
  reason jsonb,
  size bigint not null,
  sha256 text not null,
  idempotency_key text,
  args_hash text,
  put_hash text,
  put_until timestamptz(3),
  -- How the file is sealed: the data key, wrapped for the key pair that key_id names.
  wrapped_key bytea,
  key_id text,
  erased_at timestamptz(3),
  mapping jsonb not null default '{}',
  mapping_hash text,
  survey jsonb,
  place jsonb,
  counts jsonb not null default '{}',
  totals jsonb not null default '[]',
  preview jsonb not null default '[]',
  percent integer not null default 0,
  -- What somebody wants of it; the worker answers and clears it.
  asked text constraint uploads_asked_check check (asked in ('prepare', 'commit', 'discard', 'undo')),
  asked_by jsonb,
  asked_at timestamptz(3),
  confirm jsonb not null default '{}',
  -- Its number once it lands; what stood before it.
  version integer,
  previous integer,
  created_at timestamptz(3) not null default now(),
  received_at timestamptz(3),
  settled_at timestamptz(3),
  primary key (organisation_id, id),
  foreign key (organisation_id, datasource_id) references datasources (organisation_id, id) on delete cascade
);
create index uploads_of_datasource on uploads (organisation_id, datasource_id, created_at, id);
create index uploads_asked on uploads (organisation_id, datasource_id, asked_at) where asked is not null;
create index uploads_by_key on uploads (organisation_id, idempotency_key) where idempotency_key is not null;

-- What the API writes may not claim what only a worker can know.
create function upload_changes() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  if current_user = 'headwater_api' and new.state is distinct from old.state
    and not (old.state = 'announced' and new.state = 'received') then
    raise exception 'only a worker says what became of an upload' using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$$;
revoke execute on function upload_changes from public;
create trigger upload_changes before update on uploads for each row execute function upload_changes();

create table upload_findings (
  organisation_id uuid not null,
  upload_id uuid not null,
  line bigint not null,
  n integer not null,
  column_name text,
  code text not null,
  severity text not null constraint upload_findings_severity_check check (severity in ('error', 'warning')),
  value text not null default '',
  -- The record as it stood, beside its first error: the report repeats it.
  cells jsonb,
  primary key (organisation_id, upload_id, line, n),
  foreign key (organisation_id, upload_id) references uploads (organisation_id, id) on delete cascade
);

create table cost_books (
  organisation_id uuid not null,
  datasource_id uuid not null,
  head integer not null default 0,
  last_version integer not null default 0,
  -- Costs without an end are spread by day up to here.
  horizon date,
  primary key (organisation_id, datasource_id),
  foreign key (organisation_id, datasource_id) references datasources (organisation_id, id) on delete cascade
);

create table cost_rows (
  organisation_id uuid not null,
  datasource_id uuid not null,
  since integer not null,
  line bigint not null,
  part smallint not null,
  until integer,
  identity text not null,
  content text not null,
  cost_type text not null,
  basis text not null,
  amount numeric not null,
  currency char(3) not null,
  start_day date not null,
  end_day date,
  recurrence text not null,
  is_ad_spend boolean not null,
  applies_to text not null,
  action text not null,
  cost_id text,
  sku text,
  variant_id text,
  product_id text,
  order_id text,
  channel text,
  country text,
  payment_gateway text,
  campaign text,
  vendor text,
  category text,
  name text,
  note text,
  extra jsonb,
  primary key (organisation_id, datasource_id, since, line, part)
) with (autovacuum_analyze_threshold = 2000, autovacuum_analyze_scale_factor = 0.05);
create index cost_rows_by_identity on cost_rows (organisation_id, datasource_id, identity);
create index cost_rows_by_day on cost_rows (organisation_id, datasource_id, cost_type, start_day);
create index cost_rows_ended on cost_rows (organisation_id, datasource_id, until) where until is not null;
create index cost_rows_of_sku on cost_rows (organisation_id, datasource_id, lower(sku)) where sku is not null;
create index cost_rows_of_order on cost_rows (organisation_id, datasource_id, lower(order_id)) where order_id is not null;

-- What costs alone can say of a day: totals, spread over their days. A day's value from one version to the next.
create table cost_days (
  organisation_id uuid not null,
  datasource_id uuid not null,
  metric text not null,
  day date not null,
  currency char(3) not null,
  since integer not null,
  until integer,
  value numeric not null,
  primary key (organisation_id, datasource_id, metric, day, currency, since)
);
create index cost_days_ended on cost_days (organisation_id, datasource_id, until) where until is not null;
create index cost_days_by_version on cost_days (organisation_id, datasource_id, since);

create table cost_mappings (
  organisation_id uuid not null,
  datasource_id uuid not null,
  header_mark text not null,
  mapping jsonb not null,
  saved_at timestamptz(3) not null default now(),
  primary key (organisation_id, datasource_id, header_mark),
  foreign key (organisation_id, datasource_id) references datasources (organisation_id, id) on delete cascade
);

create view costs with (security_invoker = true) as
  select r.* from cost_rows r
    join cost_books b on b.organisation_id = r.organisation_id and b.datasource_id = r.datasource_id
  where r.since <= b.head and (r.until is null or r.until > b.head);

create view cost_rollups with (security_invoker = true) as
  select d.organisation_id, d.account_id, c.metric, c.day, c.currency, c.value
  from cost_days c
    join cost_books b on b.organisation_id = c.organisation_id and b.datasource_id = c.datasource_id
    join datasources d on d.organisation_id = c.organisation_id and d.id = c.datasource_id
  where c.since <= b.head and (c.until is null or c.until > b.head) and c.value <> 0 and d.account_id is not null;

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array['cost_feeds', 'feed_files', 'uploads', 'upload_findings', 'cost_books',
    'cost_rows', 'cost_days', 'cost_mappings'] loop
    execute format($policy$create policy organisation on %I
      using (organisation_id = nullif(current_setting('app.tenant', true), '')::uuid)
      with check (organisation_id = nullif(current_setting('app.tenant', true), '')::uuid)$policy$, tenant_table);
    execute format('alter table %I enable row level security', tenant_table);
    execute format('alter table %I force row level security', tenant_table);
    execute format('grant select, insert, update, delete on %I to headwater_worker', tenant_table);
  end loop;
end
$$;
create policy begins_announced on uploads as restrictive for insert to headwater_api
  with check (state = 'announced' and version is null and previous is null);
create policy begins_unproven on cost_feeds as restrictive for insert to headwater_api
  with check (state = 'unproven' and host_key is null);

grant select on cost_books, cost_rows, cost_days, upload_findings, cost_mappings, feed_files, costs, cost_rollups
  to headwater_api;
grant select on costs, cost_rollups to headwater_worker;
grant select (organisation_id, id, datasource_id, feed_id, how, filename, by, mode, dry_run, state, reason, size, sha256,
    idempotency_key, args_hash, put_hash, put_until, erased_at, mapping, mapping_hash, survey, place, counts, totals,
    preview, percent, asked, asked_by, asked_at, confirm, version, previous, created_at, received_at, settled_at),
  insert,
  update (mode, state, received_at, wrapped_key, key_id, put_hash, mapping, asked, asked_by, asked_at, confirm)
  on uploads to headwater_api;
grant select, insert, update (name, address, grant_id, every_minutes, mode, mapping, asked_at, removed_at)
  on cost_feeds to headwater_api;

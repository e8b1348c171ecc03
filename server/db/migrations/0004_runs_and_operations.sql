-- 0004_runs_and_operations.sql
-- Why: runs, slices, checkpoints, progress; what the engine writes down about itself.
-- Locks: none (new tables).
-- A fill factor leaves room for a row's next version on the same page: these rows are rewritten many times a minute.

create table runs (
  organisation_id uuid not null,
  id text not null,
  datasource_id uuid not null,
  kind text not null check (kind in ('sync', 'backfill', 'resync', 'refresh', 'reread', 'sweep', 'spotCheck', 'import')),
  n integer not null,
  asked_by uuid,
  state text not null default 'running' check (state in ('running', 'succeeded', 'failed', 'cancelled')),
  started_at timestamptz(3) not null default now(),
  finished_at timestamptz(3),
  attempts integer not null default 1,
  read bigint not null default 0,
  merged bigint not null default 0,
  unchanged bigint not null default 0,
  deduplicated bigint not null default 0,
  rejected bigint not null default 0,
  written bigint not null default 0,
  announced bigint,
  outcome jsonb,
  primary key (organisation_id, id),
  foreign key (organisation_id, datasource_id) references datasources (organisation_id, id) on delete cascade
);
create index runs_of_datasource on runs (organisation_id, datasource_id, started_at, id);
create index runs_unfinished on runs (organisation_id, datasource_id) where finished_at is null;

create table slices (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  run_id text not null,
  datasource_id uuid not null,
  stream text not null,
  from_at timestamptz(3),
  to_at timestamptz(3),
  position integer not null,
  state text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed')),
  cursor jsonb,
  pages bigint not null default 0,
  rows bigint not null default 0,
  expected bigint,
  announced bigint,
  read bigint not null default 0,
  merged bigint not null default 0,
  unchanged bigint not null default 0,
  deduplicated bigint not null default 0,
  rejected bigint not null default 0,
  written bigint not null default 0,
  landed bigint not null default 0, -- records of the stream's first kind, against what was announced
  attempts integer not null default 0,
  started_at timestamptz(3),
  finished_at timestamptz(3),
  failure jsonb,
  primary key (organisation_id, id),
  constraint slices_once unique (organisation_id, run_id, stream, position),
  foreign key (organisation_id, run_id) references runs (organisation_id, id) on delete cascade
) with (fillfactor = 80);
create index slices_of_datasource on slices (organisation_id, datasource_id, stream, position);
create index slices_unfinished on slices (organisation_id, run_id) where finished_at is null;

create table checkpoints (
  organisation_id uuid not null,
  datasource_id uuid not null,
  stream text not null,
  cursor jsonb,
  through timestamptz(3),
  updated_at timestamptz(3) not null default now(),
  primary key (organisation_id, datasource_id, stream),
  foreign key (organisation_id, datasource_id) references datasources (organisation_id, id) on delete cascade
) with (fillfactor = 70);

create table progress (
  organisation_id uuid not null,
  datasource_id uuid not null,
  stream text not null,
  state text not null default 'queued',
  rows bigint not null default 0,
  windows_done integer not null default 0,
  windows_total integer not null default 0,
  rate_per_minute numeric,
  first_day date,
  last_day date,
  through timestamptz(3),
  started_at timestamptz(3),
  finished_at timestamptz(3),
  waiting_for jsonb,
  moved_at timestamptz(3),
  primary key (organisation_id, datasource_id, stream),
  foreign key (organisation_id, datasource_id) references datasources (organisation_id, id) on delete cascade
) with (fillfactor = 70);

create table quarantine (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  datasource_id uuid not null,
  account_id uuid,
  run_id text,
  stream text not null,
  source_id text,
  reason text not null,
  detail text,
  document bytea,
  at timestamptz(3) not null default now(),
  primary key (organisation_id, id),
  foreign key (organisation_id, datasource_id) references datasources (organisation_id, id) on delete cascade
);
create index quarantine_of_datasource on quarantine (organisation_id, datasource_id, stream);

create table calls (
  organisation_id uuid not null references organisations (id) on delete cascade,
  datasource_id uuid not null,
  hour timestamptz(3) not null,
  method text not null,
  path text not null,
  calls bigint not null default 0,
  failures bigint not null default 0,
  throttled bigint not null default 0,
  bytes bigint not null default 0,
  primary key (organisation_id, datasource_id, hour, method, path)
);

create table rate_buckets (
  platform text not null,
  bucket_key text not null,
  available numeric not null,
  maximum numeric not null,
  restore_per_second numeric not null,
  measured_at timestamptz(3) not null default now(),
  primary key (platform, bucket_key)
) with (fillfactor = 50);

create table inbound_webhooks (
  platform text not null,
  webhook_id text not null,
  topic text not null,
  account_key text not null,
  headers jsonb not null default '{}',
  body bytea not null,
  received_at timestamptz(3) not null default now(),
  handled_at timestamptz(3),
  attempts integer not null default 0,
  failure text,
  primary key (platform, webhook_id)
);
create index inbound_webhooks_waiting on inbound_webhooks (received_at) where handled_at is null;

create table processes (
  id uuid primary key default uuidv7(),
  kind text not null,
  started_at timestamptz(3) not null default now(),
  seen_at timestamptz(3) not null default now(),
  version text
) with (fillfactor = 50);

-- Payload: `organisation:datasource`, ids only. It takes a database-wide lock at commit, so it goes out in the small
-- progress transaction; equal payloads of one transaction are sent once.
create function announce_change(datasource uuid) returns void language sql set search_path = pg_catalog as $$
  select pg_notify('changed', nullif(current_setting('app.tenant', true), '') || ':' || datasource)
$$;

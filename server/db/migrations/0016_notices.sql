-- 0016_notices.sql
-- Why: trouble that lasts is one row that opens and closes, not an entry an hour: whoever is told of it, is told once
--      that it began and once that it is over.
-- Locks: nothing that stands (a new table).

create table notices (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  datasource_id uuid not null,
  kind text not null constraint notices_kind_check check (kind in ('sourceDown', 'streamsFailed')),
  detail jsonb not null default '{}',
  times integer not null default 1,
  since timestamptz(3) not null default now(),
  last_at timestamptz(3) not null default now(),
  resolved_at timestamptz(3),
  primary key (organisation_id, id),
  foreign key (organisation_id, datasource_id) references datasources (organisation_id, id) on delete cascade
);
-- However many runs fail at once, one of a kind stands open.
create unique index notices_standing on notices (organisation_id, datasource_id, kind) where resolved_at is null;
create index notices_of_datasource on notices (organisation_id, datasource_id, since, id);

create policy organisation on notices
  using (organisation_id = nullif(current_setting('app.tenant', true), '')::uuid)
  with check (organisation_id = nullif(current_setting('app.tenant', true), '')::uuid);
alter table notices enable row level security;
alter table notices force row level security;

grant select on notices to headwater_api;
grant select, insert, update, delete on notices to headwater_worker;

-- 0013_gaps_and_replacements.sql
-- Why: counts that came short, order of work in a history, kinds of what was refused, which figure a spot check took,
--      whether a shop tells us of its end, one datasource in the place of another, and the audit log's head day by day.
-- Locks: each altered table in ACCESS EXCLUSIVE for a moment (columns without a rewrite).

alter table slices
  add column shortfalls integer not null default 0, -- times that less came than the source had announced
  add column priority integer not null default 0;   -- the higher comes first; then by position
alter table runs add column plan_version integer not null default 0;
alter table quarantine add column kind text;
alter table spot_checks
  add column figure text,
  add column settled boolean not null default true;
alter table grants add column webhooks jsonb;
alter table datasources
  add column replaces uuid,
  add column replaced_by uuid,
  add column counts_from date,  -- days before belong to the account that it replaced
  add column counts_until date; -- days from here on belong to the account that replaced it
create index datasources_that_replace on datasources (organisation_id, replaces) where replaces is not null;

create table audit_heads (
  organisation_id uuid not null references organisations (id) on delete cascade,
  day date not null,
  n bigint not null,
  hash text not null,
  at timestamptz(3) not null default now(),
  primary key (organisation_id, day)
);
create policy organisation on audit_heads
  using (organisation_id = nullif(current_setting('app.tenant', true), '')::uuid)
  with check (organisation_id = nullif(current_setting('app.tenant', true), '')::uuid);
alter table audit_heads enable row level security;
alter table audit_heads force row level security;

grant select on audit_heads to headwater_api;
grant select, insert on audit_heads to headwater_worker;
grant select (kind) on quarantine to headwater_api;
grant update (counts_from, counts_until) on datasources to headwater_api;

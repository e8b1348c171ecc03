-- 0036_costs_held_against_files.sql
-- Why: what stands of a file of costs is held against the file again, every day that the file is kept. For that, what did
--      not come to stand of it, and what was forgotten since, is counted; and a person may say which total is expected.
-- Locks: uploads and notices exclusively for a moment (checks are replaced, columns added); no rewrite.

alter table uploads drop constraint uploads_asked_check;
alter table uploads add constraint uploads_asked_check check (asked in ('prepare', 'commit', 'discard', 'undo', 'check'));
alter table uploads
  add column expected jsonb not null default '[]',
  add column checked jsonb,
  add column checked_at timestamptz(3),
  add column check_place jsonb;
create index uploads_to_check on uploads (organisation_id, checked_at) where state = 'committed' and erased_at is null;
grant select (expected, checked, checked_at), update (expected) on uploads to headwater_api;

-- Of a file, by kind of cost: what was left out as it landed (twins, what stood already, what it deletes), and what ended
-- so long ago that its rows are gone.
create table cost_tallies (
  organisation_id uuid not null,
  datasource_id uuid not null,
  since integer not null,
  kind text not null constraint cost_tallies_kind_check check (kind in ('leftOut', 'forgotten')),
  cost_type text not null,
  currency char(3) not null,
  rows bigint not null,
  amount numeric not null,
  marks numeric not null,
  primary key (organisation_id, datasource_id, since, kind, cost_type, currency)
);
create policy organisation on cost_tallies
  using (organisation_id = nullif(current_setting('app.tenant', true), '')::uuid)
  with check (organisation_id = nullif(current_setting('app.tenant', true), '')::uuid);
alter table cost_tallies enable row level security;
alter table cost_tallies force row level security;
grant select, insert, update, delete on cost_tallies to headwater_worker;

alter table notices drop constraint notices_kind_check;
alter table notices add constraint notices_kind_check check (kind in ('sourceDown', 'streamsFailed', 'grantEnding',
  'accessLost', 'pausedByPlatform', 'linkFollowed', 'shapeChanged', 'costsDiffer'));

-- 0037_attempts_of_runs.sql
-- Why: of a run one could see how often it was tried and how it failed last, and not what each attempt met, what the source
--      said to it and what was done about it. Each is a row now, the newest fifty of a run; the run counts them all.
-- Locks: runs exclusively for a moment (a column with a constant default is no rewrite).

alter table runs add column noted integer not null default 0;

create table run_attempts (
  organisation_id uuid not null,
  run_id text not null,
  n integer not null,
  datasource_id uuid not null,
  slice_id uuid,
  stream text,
  started_at timestamptz(3) not null,
  finished_at timestamptz(3) not null,
  ended text not null constraint run_attempts_ended_check check (ended in
    ('well', 'reauthorize', 'permission', 'rate_limit', 'transient', 'invalid_request', 'gone', 'bug')),
  code text,
  said text,
  read bigint not null default 0,
  next text constraint run_attempts_next_check check (next in
    ('waits', 'again', 'nextSync', 'counted', 'paused', 'asks', 'held', 'looksAgain', 'setAside')),
  next_at timestamptz(3),
  budget jsonb,
  primary key (organisation_id, run_id, n),
  foreign key (organisation_id, run_id) references runs (organisation_id, id) on delete cascade
);
create index run_attempts_of_datasource on run_attempts (organisation_id, datasource_id);

create policy organisation on run_attempts
  using (organisation_id = nullif(current_setting('app.tenant', true), '')::uuid)
  with check (organisation_id = nullif(current_setting('app.tenant', true), '')::uuid);
alter table run_attempts enable row level security;
alter table run_attempts force row level security;

grant select on run_attempts to headwater_api;
grant select, insert, update, delete on run_attempts to headwater_worker;

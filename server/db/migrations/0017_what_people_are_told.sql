-- 0017_what_people_are_told.sql
-- Why: more that people are told of in the app (a grant that ends, access that is lost, a sync that Headwater paused, a
--      link that was followed), what each has read of it, and the holds of a smaller plan, chosen by the person.
-- Locks: notices exclusively for a moment (its check is replaced; the new one allows all that the old one did).

alter table notices drop constraint notices_kind_check;
alter table notices add constraint notices_kind_check check (kind in ('sourceDown', 'streamsFailed', 'grantEnding',
  'accessLost', 'pausedByPlatform', 'linkFollowed'));

create table notice_reads (
  organisation_id uuid not null,
  notice_id uuid not null,
  user_id uuid not null references users (id) on delete cascade,
  at timestamptz(3) not null default now(),
  primary key (organisation_id, notice_id, user_id),
  foreign key (organisation_id, notice_id) references notices (organisation_id, id) on delete cascade
);
create policy organisation on notice_reads
  using (organisation_id = nullif(current_setting('app.tenant', true), '')::uuid)
  with check (organisation_id = nullif(current_setting('app.tenant', true), '')::uuid);
alter table notice_reads enable row level security;
alter table notice_reads force row level security;
grant select, insert, update (at) on notice_reads to headwater_api;

grant insert on notices to headwater_api;
create policy only_what_people_did on notices as restrictive for insert to headwater_api
  with check (kind = 'linkFollowed');

-- Which connected apps are held when a smaller plan is chosen is for the person to say; nothing else is held by the API.
grant insert on holds to headwater_api;
create policy only_for_a_plan on holds as restrictive for insert to headwater_api
  with check (scope = 'source' and reason = 'plan' and released_at is null);

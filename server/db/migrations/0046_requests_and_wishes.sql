-- 0046_requests_and_wishes.sql
-- Why: who may not do a thing asks those who may, and sees that they asked; who waits for a platform is told once it can be
--      connected; who asked for a deletion is told what it took. What is told of no datasource is told by the same notices,
--      and some of it to one person alone.
-- Locks: notices exclusively for a moment (checks are replaced, columns without a default, a key over the rows that are
--        there), organisations against writes for the same moment; else new tables.

alter table notices
  alter column datasource_id drop not null,
  add column for_user uuid, -- told to nobody else; whoever writes it sees no users
  drop constraint notices_kind_check,
  add constraint notices_kind_check check (kind in ('sourceDown', 'streamsFailed', 'grantEnding', 'accessLost',
    'pausedByPlatform', 'linkFollowed', 'shapeChanged', 'costsDiffer', 'versionRetired', 'requested', 'dataDeleted',
    'platformOpened')),
  add constraint notices_of_something check (datasource_id is not null or kind in ('requested', 'platformOpened'));
-- The key is held against the rows that are there, and the owner sees no organisation's.
alter table notices no force row level security;
alter table organisations no force row level security;
alter table notices add constraint notices_of_organisation foreign key (organisation_id) references organisations (id)
  on delete cascade;
alter table organisations force row level security;
alter table notices force row level security;
-- One thing is one notice, however many ask for it.
create unique index notices_requested on notices (organisation_id, (detail ->> 'about'), (detail ->> 'platform'))
  nulls not distinct where kind = 'requested' and datasource_id is null and resolved_at is null;

alter policy only_what_people_did on notices with check (kind in ('linkFollowed', 'requested'));
grant update (times, last_at, resolved_at) on notices to headwater_api;
create policy only_what_people_ask on notices as restrictive for update to headwater_api using (kind = 'requested');

-- Who asks for it stands on the notice for as long as that stands.
create table requests (
  organisation_id uuid not null,
  id uuid not null,
  notice_id uuid not null,
  asked_by uuid not null,
  asked_at timestamptz(3) not null default now(),
  primary key (organisation_id, id),
  constraint requests_once unique (organisation_id, notice_id, asked_by),
  foreign key (organisation_id, notice_id) references notices (organisation_id, id) on delete cascade,
  foreign key (organisation_id, asked_by) references memberships (organisation_id, user_id) on delete cascade
);
create index requests_of_person on requests (organisation_id, asked_by, asked_at);
create policy organisation on requests
  using (organisation_id = nullif(current_setting('app.tenant', true), '')::uuid)
  with check (organisation_id = nullif(current_setting('app.tenant', true), '')::uuid);
alter table requests enable row level security;
alter table requests force row level security;
grant select, insert on requests to headwater_api;

-- Gone once it is told, or taken back.
create table wishes (
  organisation_id uuid not null,
  user_id uuid not null,
  platform text not null,
  at timestamptz(3) not null default now(),
  primary key (organisation_id, user_id, platform),
  foreign key (organisation_id, user_id) references memberships (organisation_id, user_id) on delete cascade
);
create policy organisation on wishes
  using (organisation_id = nullif(current_setting('app.tenant', true), '')::uuid)
  with check (organisation_id = nullif(current_setting('app.tenant', true), '')::uuid);
create policy sweep on wishes for select to headwater_worker
  using (nullif(current_setting('app.tenant', true), '') is null);
alter table wishes enable row level security;
alter table wishes force row level security;
grant select, insert, delete on wishes to headwater_api;
grant select, delete on wishes to headwater_worker;

-- As `mail_managers`: a worker sees nobody's address, and may write to a member of the organisation it works in.
create function mail_member(member uuid, kind text, details jsonb, once text) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  tenant uuid := nullif(current_setting('app.tenant', true), '')::uuid;
  written integer;
begin
  if tenant is null then
    raise exception 'mail_member needs an organisation' using errcode = 'insufficient_privilege';
  end if;
  insert into public.mails (organisation_id, to_address, locale, kind, details, once)
    select tenant, u.email, u.locale, mail_member.kind, mail_member.details,
      tenant || ' ' || mail_member.once || ' ' || u.id
    from public.memberships m join public.users u on u.id = m.user_id
    where m.organisation_id = tenant and m.user_id = mail_member.member
  on conflict on constraint mails_once_key do nothing;
  get diagnostics written = row_count;
  return written;
end
$$;
revoke execute on function mail_member from public;
grant execute on function mail_member to headwater_worker;

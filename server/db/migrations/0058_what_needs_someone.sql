-- 0058_what_needs_someone.sql
-- Why: a store that its source has frozen and a history that ended with holes need somebody, and are told as what they are.
--      What was told of a datasource is over with its disconnect, whoever disconnects it. Whoever does not want the mails of
--      a kind is not written them; what keeps an account safe is written in any case.
-- Locks: notices exclusively for a moment (its check is replaced; the new one allows all that the old one did), users for
--        the same moment (a column with a constant default, a check that no row can break), datasources against writes (a trigger).

alter table notices drop constraint notices_kind_check;
alter table notices add constraint notices_kind_check check (kind in ('sourceDown', 'streamsFailed', 'grantEnding',
  'accessLost', 'pausedByPlatform', 'frozenAtSource', 'historyIncomplete', 'linkFollowed', 'shapeChanged', 'costsDiffer',
  'versionRetired', 'requested', 'dataDeleted', 'platformOpened'));

-- In the transaction of the disconnect. Only what a person did stays as it was told.
create function end_notices_with_disconnect() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public.notices set resolved_at = now(), detail = detail || '{"endedBy": "disconnect"}'
    where organisation_id = new.organisation_id and datasource_id = new.id and resolved_at is null
      and kind not in ('linkFollowed', 'dataDeleted');
  return null;
end
$$;
revoke execute on function end_notices_with_disconnect from public;
create trigger notices_end_with_disconnect after update of disconnected_at on datasources for each row
  when (old.disconnected_at is null and new.disconnected_at is not null) execute function end_notices_with_disconnect();

-- By the kinds that a mail has; these can be done without, and no others.
alter table users
  add column mails_off text[] not null default '{}',
  add constraint users_mails_off_check check (mails_off <@ array['grantEnding', 'grantEnded', 'loginEnded',
    'disconnectUndone', 'frozenAtSource', 'streamsFailed', 'historyIncomplete', 'planSmaller', 'requested', 'pausedByUs',
    'recovered', 'loginRecovered', 'historyDone', 'platformOpened']);

-- As before, and gives whom it told, now or before: nobody who turned that kind off.
create or replace function mail_people(kind text, details jsonb, once text, people uuid[] default null) returns uuid[]
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  tenant uuid := nullif(current_setting('app.tenant', true), '')::uuid;
  told uuid[];
begin
  if tenant is null then
    raise exception 'mail_people needs an organisation' using errcode = 'insufficient_privilege';
  end if;
  with meant as (
    select u.id, u.email, u.locale from public.memberships m join public.users u on u.id = m.user_id
    where m.organisation_id = tenant and mail_people.kind <> all(u.mails_off)
      and case when people is null then m.role in ('owner', 'admin') else m.user_id = any(people) end),
  written as (
    insert into public.mails (organisation_id, to_address, locale, kind, details, once)
      select tenant, meant.email, meant.locale, mail_people.kind, mail_people.details,
        tenant || ' ' || mail_people.once || ' ' || meant.id
      from meant
    on conflict on constraint mails_once_key do nothing)
  select coalesce(array_agg(meant.id order by meant.id), '{}') into told from meant;
  return told;
end
$$;

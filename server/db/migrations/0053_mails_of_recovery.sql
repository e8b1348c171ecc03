-- 0053_mails_of_recovery.sql
-- Why: whoever a mail told that something fails is told once that it works again. A notice keeps of which trouble that mail
--      was and whom it told, until they are told that it is over. One function writes to people, whoever they are.
-- Locks: notices exclusively for a moment (two columns without a default, a check that no row can break, an index of no
--        rows); else functions alone.

alter table notices
  add column mailed_as text, -- as `mails.once` names it, without organisation and person
  add column mailed_to uuid[],
  add constraint notices_mailed_whole check (num_nulls(mailed_as, mailed_to) in (0, 2));
create index notices_mailed on notices (organisation_id) where mailed_as is not null;

-- Sees everybody's address, for whoever calls it sees nobody's. It writes to members of the organisation it is called in:
-- to these, or to those who manage it. Gives whom it told, now or before.
create function mail_people(kind text, details jsonb, once text, people uuid[] default null) returns uuid[]
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
    where m.organisation_id = tenant
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
revoke execute on function mail_people from public;
grant execute on function mail_people to headwater_api, headwater_worker;
drop function mail_managers(text, jsonb, text);
drop function mail_member(uuid, text, jsonb, text);

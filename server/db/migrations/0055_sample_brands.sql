-- 0055_sample_brands.sql
-- Why: whoever wants to look around before connecting anything does so in a brand of made-up data. It is one person's, ends
--      by itself, and nobody is ever written to about it.
-- Locks: organisations exclusively for a moment (two columns without a default, a check and an index of few rows); mails
--        against writes for the same moment (a trigger).

alter table organisations
  add column sample_for uuid, -- whose it is while it stands: one a person
  add column sample_until timestamptz(3), -- null: a brand of one's own
  add constraint organisations_sample_ends check (sample_for is null or sample_until is not null);
create unique index organisations_sample_for on organisations (sample_for) where sample_for is not null;

-- Ends the sample brand that the transaction is in, asked or over: nobody belongs to it from here on, its datasources are
-- disconnected with all they brought in, and whoever had it may have another. Any other organisation it leaves alone.
create function end_sample() returns table (datasource uuid, version integer)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  tenant uuid := nullif(current_setting('app.tenant', true), '')::uuid;
begin
  update public.organisations set sample_for = null, sample_until = least(sample_until, now())
    where id = tenant and sample_for is not null;
  if not found then
    return;
  end if;
  delete from public.memberships where organisation_id = tenant;
  return query
    with ended as (
      update public.datasources d set disconnected_at = now(), disconnected_by = '{"kind":"system","name":"sample"}',
        delete_data = true, undo_until = now(), generation = d.generation + 1, intent_version = d.intent_version + 1
      where d.organisation_id = tenant and d.disconnected_at is null
      returning d.id, d.intent_version),
    rung as (
      insert into public.outbox (organisation_id, datasource_id, intent_version) select tenant, id, intent_version from ended),
    told as (
      select public.append_audit('{"kind":"system","name":"sample"}', 'datasource.disconnect', 'datasource', id::text, id,
        null, '{"deleteData":true}') from ended)
    select ended.id, ended.intent_version from ended, (select count(*) from told) as all_told;
end
$$;
revoke execute on function end_sample from public;
grant execute on function end_sample to headwater_api, headwater_worker;

create function no_mail_of_samples() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
  if exists (select 1 from public.organisations o where o.id = new.organisation_id and o.sample_until is not null) then
    return null;
  end if;
  return new;
end
$$;
create trigger no_mail_of_samples before insert on mails for each row execute function no_mail_of_samples();

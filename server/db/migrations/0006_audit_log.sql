-- 0006_audit_log.sql
-- Why: an append-only log of every change of access, credential or state, each row sealed by the hash of the one before.
-- Locks: none (new table).

create table audit_log (
  organisation_id uuid not null references organisations (id),
  n bigint not null,
  at timestamptz(3) not null,
  actor jsonb not null,
  verb text not null,
  object_type text not null,
  object_id text not null,
  datasource_id uuid,
  before jsonb,
  after jsonb,
  address text,
  previous_hash text not null,
  hash text not null,
  primary key (organisation_id, n)
);
create index audit_log_of_datasource on audit_log (organisation_id, datasource_id, n);

-- What a row's hash covers. The text of jsonb is canonical: keys sorted, once each, no spaces of the writer's.
create function audit_hash(entry audit_log) returns text
language sql immutable set search_path = pg_catalog as $$
  select encode(sha256(convert_to(jsonb_build_array(
    entry.previous_hash, entry.organisation_id, entry.n, extract(epoch from entry.at), entry.actor, entry.verb,
    entry.object_type, entry.object_id, entry.datasource_id, entry.before, entry.after, entry.address
  )::text, 'UTF8')), 'hex')
$$;

-- The only way to write the log. The organisation is the one of the transaction and cannot be given. The entry is put
-- down at once, with a number below zero; its place in the chain is given at the commit, so that writers of one
-- organisation wait for each other for that moment alone, and in no order that could end in a deadlock.
create sequence audit_unsealed;

create function append_audit(
  actor jsonb, verb text, object_type text, object_id text, datasource_id uuid default null,
  before jsonb default null, after jsonb default null, address text default null
) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  tenant uuid := nullif(current_setting('app.tenant', true), '')::uuid;
begin
  if tenant is null then
    raise exception 'append_audit needs an organisation' using errcode = 'insufficient_privilege';
  end if;
  insert into public.audit_log values (tenant, -nextval('public.audit_unsealed'),
    date_trunc('milliseconds', clock_timestamp()), actor, verb, object_type, object_id, datasource_id,
    before, after, address, '', '');
end
$$;

create function seal_audit_entry() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  entry public.audit_log := new;
  head record;
begin
  perform set_config('app.tenant', new.organisation_id::text, true); -- a transaction may have moved on to another
  perform pg_advisory_xact_lock(hashtextextended('audit ' || new.organisation_id, 0));
  select l.n, l.hash into head from public.audit_log l
    where l.organisation_id = new.organisation_id and l.n > 0 order by l.n desc limit 1;
  entry.n := coalesce(head.n, 0) + 1;
  entry.previous_hash := coalesce(head.hash, '');
  entry.hash := public.audit_hash(entry);
  update public.audit_log l set n = entry.n, previous_hash = entry.previous_hash, hash = entry.hash
    where l.organisation_id = new.organisation_id and l.n = new.n;
  return null;
end
$$;
create constraint trigger seal_audit_entry after insert on audit_log deferrable initially deferred
  for each row when (new.n < 0) execute function seal_audit_entry();

-- Every row of the transaction's organisation (of all, for a superuser) whose seal does not hold. A log cut off at its
-- end is found by comparing with a head that was exported before.
create function audit_faults() returns table (organisation_id uuid, n bigint, fault text)
language sql stable set search_path = pg_catalog as $$
  select seal.organisation_id, seal.n, seal.fault from (
    select entry.organisation_id, entry.n, case
      when public.audit_hash(entry) <> entry.hash then 'changed'
      when entry.n <> 1 + lag(entry.n, 1, 0::bigint) over chain then 'missing before'
      when entry.previous_hash <> lag(entry.hash, 1, '') over chain then 'replaced before'
    end as fault
    from public.audit_log entry where entry.n > 0
    window chain as (partition by entry.organisation_id order by entry.n)
    union all
    select entry.organisation_id, entry.n, 'never sealed' from public.audit_log entry where entry.n < 1
  ) seal where seal.fault is not null order by 1, 2
$$;

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

-- The only way to write the log. The organisation is the one of the transaction and cannot be given. Rows of one
-- organisation are numbered one after the other, so its writers wait here for each other until their commit: call it
-- as the last statement.
create function append_audit(
  actor jsonb, verb text, object_type text, object_id text, datasource_id uuid default null,
  before jsonb default null, after jsonb default null, address text default null
) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  tenant uuid := nullif(current_setting('app.tenant', true), '')::uuid;
  entry public.audit_log;
begin
  if tenant is null then
    raise exception 'append_audit needs an organisation' using errcode = 'insufficient_privilege';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('audit ' || tenant, 0));
  select head.n + 1, head.hash into entry.n, entry.previous_hash
    from public.audit_log head where head.organisation_id = tenant order by head.n desc limit 1;
  entry.n := coalesce(entry.n, 1);
  entry.previous_hash := coalesce(entry.previous_hash, '');
  entry.organisation_id := tenant;
  entry.at := date_trunc('milliseconds', clock_timestamp());
  entry.actor := actor;
  entry.verb := verb;
  entry.object_type := object_type;
  entry.object_id := object_id;
  entry.datasource_id := datasource_id;
  entry.before := before;
  entry.after := after;
  entry.address := address;
  entry.hash := public.audit_hash(entry);
  insert into public.audit_log values (entry.*);
  return entry.n;
end
$$;

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
    from public.audit_log entry window chain as (partition by entry.organisation_id order by entry.n)
  ) seal where seal.fault is not null order by 1, 2
$$;

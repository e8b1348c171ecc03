-- 0012_mails_and_links.sql
-- Why: mails as rows that a worker words and sends, links by which the holder of a grant authorizes again without an
--      account, and whether an organisation has put its first steps away.
-- Locks: organisations exclusively for a moment (a column without a default); else new tables.

-- Codes and values, never sentences: whoever sends it words it. What must not be read here (the address of a link) is
-- sealed for the workers and erased once it is sent.
create table mails (
  id uuid primary key default uuidv7(),
  organisation_id uuid references organisations (id) on delete cascade, -- null: about a person alone
  to_address text not null,
  locale text not null default 'en',
  kind text not null,
  details jsonb not null default '{}',
  sealed bytea,
  wrapped_key bytea,
  key_id text,
  once text unique, -- the same thing said twice is one mail
  created_at timestamptz(3) not null default now(),
  due_at timestamptz(3) not null default now(),
  attempts integer not null default 0,
  failure text,
  sent_at timestamptz(3),
  subject text, -- as it was worded; kept only where nothing hands mails on
  body text,
  constraint mails_sealed_whole check (num_nulls(sealed, wrapped_key, key_id) in (0, 3))
);
create index mails_waiting on mails (due_at) where sent_at is null;

create table reauthorize_links (
  organisation_id uuid not null references organisations (id) on delete cascade,
  id uuid not null default uuidv7(),
  datasource_id uuid not null,
  token_hash text not null,
  to_address text not null,
  created_by uuid not null,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  opened_at timestamptz(3),
  attempt_id uuid, -- the trip to the consent screen that used it up
  used_at timestamptz(3),
  revoked_at timestamptz(3),
  primary key (organisation_id, id),
  constraint reauthorize_links_once unique (token_hash),
  foreign key (organisation_id, datasource_id) references datasources (organisation_id, id) on delete cascade
);
create index reauthorize_links_of_datasource on reauthorize_links (organisation_id, datasource_id, id);
create policy organisation on reauthorize_links
  using (organisation_id = nullif(current_setting('app.tenant', true), '')::uuid)
  with check (organisation_id = nullif(current_setting('app.tenant', true), '')::uuid);
alter table reauthorize_links enable row level security;
alter table reauthorize_links force row level security;

alter table organisations add column onboarding_dismissed_at timestamptz(3);

-- A worker sees nobody's address. It may write to those who manage the organisation it works in, and to nobody else.
create function mail_managers(kind text, details jsonb, once text) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  tenant uuid := nullif(current_setting('app.tenant', true), '')::uuid;
  written integer;
begin
  if tenant is null then
    raise exception 'mail_managers needs an organisation' using errcode = 'insufficient_privilege';
  end if;
  insert into public.mails (organisation_id, to_address, locale, kind, details, once)
    select tenant, u.email, u.locale, mail_managers.kind, mail_managers.details,
      tenant || ' ' || mail_managers.once || ' ' || u.id
    from public.memberships m join public.users u on u.id = m.user_id
    where m.organisation_id = tenant and m.role in ('owner', 'admin')
  on conflict on constraint mails_once_key do nothing;
  get diagnostics written = row_count;
  return written;
end
$$;
revoke execute on function mail_managers from public;
grant execute on function mail_managers to headwater_api, headwater_worker;

grant select (id, to_address, kind, created_at, sent_at, subject, body), insert on mails to headwater_api;
grant select, insert, update, delete on mails to headwater_worker;
grant select, insert, update (opened_at, attempt_id, used_at, revoked_at) on reauthorize_links to headwater_api;
grant select, delete on reauthorize_links to headwater_worker;
grant update (onboarding_dismissed_at) on organisations to headwater_api;

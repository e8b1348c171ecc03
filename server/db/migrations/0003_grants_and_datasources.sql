-- 0003_grants_and_datasources.sql
-- Why: accounts, grants, the vault, datasources with their facts, slots, connect attempts, commands, outbox, holds.
-- Locks: none (new tables).
-- Commands, outbox and connect attempts keep no foreign key to their datasource: they stay as history when an
-- attempt that nobody finished takes its datasource away.

create table accounts (
  organisation_id uuid not null references organisations (id) on delete cascade,
  id uuid not null default uuidv7(),
  platform text not null,
  external_id text not null,
  name text not null,
  domain text,
  currency char(3),
  zone text,
  details jsonb not null default '{}',
  created_at timestamptz(3) not null default now(),
  primary key (organisation_id, id),
  constraint accounts_at_source unique (organisation_id, platform, external_id)
);
create index accounts_by_external_id on accounts (platform, external_id);

create table grants (
  organisation_id uuid not null references organisations (id) on delete cascade,
  id uuid not null default uuidv7(),
  platform text not null,
  login_key text not null,
  holder jsonb,
  scopes text[] not null default '{}',
  version integer not null default 0,
  credential_id uuid,
  candidate_credential_id uuid,
  access_expires_at timestamptz(3),
  ends_at timestamptz(3),
  lease_owner text,
  lease_until timestamptz(3),
  refreshed_at timestamptz(3),
  created_by uuid,
  created_at timestamptz(3) not null default now(),
  verified_at timestamptz(3),
  ended_at timestamptz(3),
  primary key (organisation_id, id)
);
create index grants_by_login on grants (platform, login_key);

create table credentials (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  grant_id uuid not null,
  version integer not null,
  sealed bytea,      -- null once erased
  wrapped_key bytea, -- the data key, wrapped by the key that key_id names
  key_id text not null,
  last_four text check (length(last_four) <= 4),
  created_at timestamptz(3) not null default now(),
  last_used_at timestamptz(3),
  erased_at timestamptz(3),
  primary key (organisation_id, id),
  foreign key (organisation_id, grant_id) references grants (organisation_id, id) on delete cascade,
  constraint credentials_whole_or_erased check (
    num_nulls(sealed, wrapped_key) = case when erased_at is null then 0 else 2 end)
);
create index credentials_of_grant on credentials (organisation_id, grant_id, version);

-- The names of the key pairs in use, so that a worker with the wrong private key refuses to start, and a retired pair
-- seals nothing more.
create table vault_keys (
  id text primary key,
  first_used_at timestamptz(3) not null default now(),
  retired_at timestamptz(3)
);

create function credential_key_is_current() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  insert into public.vault_keys (id) values (new.key_id) on conflict (id) do nothing;
  if exists (select from public.vault_keys where id = new.key_id and retired_at is not null) then
    raise exception 'the vault key % is retired', new.key_id using errcode = 'insufficient_privilege',
      hint = 'give this process the public key that replaced it';
  end if;
  return new;
end
$$;
create trigger credential_key_is_current before insert or update of key_id on credentials
  for each row execute function credential_key_is_current();

create table datasources (
  organisation_id uuid not null references organisations (id) on delete cascade,
  id uuid not null default uuidv7(),
  platform text not null,
  grant_id uuid,
  account_id uuid,
  name text not null,

  phase text not null default 'AUTHORIZING' check (phase in ('AUTHORIZING', 'VERIFYING', 'BACKFILLING', 'LIVE',
    'SYNCING', 'REAUTHORIZE', 'PAUSED', 'DISCONNECTING', 'END')),
  phase_since timestamptz(3) not null default now(),
  phase_reason jsonb,
  seq integer not null default 0,
  generation integer not null default 0,
  intent_version integer not null default 0,

  auth text not null default 'none' check (auth in ('none', 'ok', 'expired', 'revoked', 'notPermitted')),
  auth_reason jsonb,
  auth_since timestamptz(3),
  authorizing_until timestamptz(3),

  user_paused_at timestamptz(3),
  user_paused_by jsonb,
  user_paused_until timestamptz(3),
  user_paused_note text,

  backfill text not null default 'none' check (backfill in ('none', 'queued', 'running', 'done', 'failed')),
  backfill_n integer not null default 0,
  history_from date,
  last_success_at timestamptz(3),
  last_attempt_at timestamptz(3),
  complete_through timestamptz(3),
  next_run_at timestamptz(3),
  cadence_ms bigint not null default 3600000 check (cadence_ms > 0),
  failures jsonb not null default '{}',
  throttled_until timestamptz(3),
  throttle_reason jsonb,

  disconnected_at timestamptz(3),
  disconnected_by jsonb,
  delete_data boolean not null default false,
  undo_until timestamptz(3),

  first_numbers_at timestamptz(3),
  connected_at timestamptz(3),
  connected_by uuid,
  created_by uuid,
  created_at timestamptz(3) not null default now(),
  revision bigint not null default 1,

  primary key (organisation_id, id),
  foreign key (organisation_id, grant_id) references grants (organisation_id, id),
  foreign key (organisation_id, account_id) references accounts (organisation_id, id)
) with (fillfactor = 80); -- its facts change with every sync
create index datasources_of_grant on datasources (organisation_id, grant_id);
create index datasources_of_account on datasources (organisation_id, account_id);
create index datasources_alive on datasources (id) where disconnected_at is null;
create index datasources_due on datasources (next_run_at) where disconnected_at is null;

-- Whoever changes a datasource, its revision moves: a reader that holds an older one knows that it is behind.
-- The API finds out nothing about a grant: the one authorization it may write is that of an undone disconnect.
create function datasource_changes() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  if current_user = 'headwater_api' and new.auth is distinct from old.auth and new.auth <> 'revoked' then
    raise exception 'only a worker finds out that a grant works' using errcode = 'insufficient_privilege';
  end if;
  new.revision := old.revision + 1;
  return new;
end
$$;
create trigger datasource_changes before update on datasources for each row execute function datasource_changes();

create table slots (
  organisation_id uuid not null,
  datasource_id uuid not null,
  since timestamptz(3) not null default now(),
  primary key (organisation_id, datasource_id),
  foreign key (organisation_id, datasource_id) references datasources (organisation_id, id) on delete cascade
);

create table account_candidates (
  organisation_id uuid not null,
  datasource_id uuid not null,
  external_id text not null,
  name text not null,
  currency char(3),
  zone text,
  state text not null default 'available',
  details jsonb not null default '{}',
  listed_at timestamptz(3) not null default now(),
  primary key (organisation_id, datasource_id, external_id),
  foreign key (organisation_id, datasource_id) references datasources (organisation_id, id) on delete cascade
);

create table connect_attempts (
  organisation_id uuid not null references organisations (id) on delete cascade,
  id uuid not null default uuidv7(),
  state_hash text not null unique,
  browser_hash text not null,
  user_id uuid not null,
  platform text not null,
  datasource_id uuid,
  purpose text not null check (purpose in ('connect', 'reauthorize', 'replace')),
  params jsonb not null default '{}',
  code_verifier text,
  return_to text,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  consumed_at timestamptz(3),
  outcome jsonb,
  primary key (organisation_id, id)
);
create index connect_attempts_of_datasource on connect_attempts (organisation_id, datasource_id);

create table commands (
  organisation_id uuid not null references organisations (id) on delete cascade,
  id uuid not null default uuidv7(),
  datasource_id uuid not null,
  kind text not null check (kind in ('chooseAccount', 'cancelConnect', 'pause', 'resume', 'syncNow', 'resync',
    'bringForward', 'extendHistory', 'reauthorized', 'setCadence', 'upload', 'replace', 'disconnect', 'undoDisconnect')),
  args jsonb not null default '{}',
  args_hash text not null,
  idempotency_key text not null,
  actor jsonb not null,
  intent_version integer not null,
  state text not null default 'accepted' check (state in ('accepted', 'done', 'refused', 'failed')),
  outcome jsonb,
  created_at timestamptz(3) not null default now(),
  settled_at timestamptz(3),
  primary key (organisation_id, id),
  constraint commands_once unique (organisation_id, idempotency_key)
);
create index commands_of_datasource on commands (organisation_id, datasource_id, id);
create index commands_open on commands (organisation_id, datasource_id) where state = 'accepted';

create table outbox (
  organisation_id uuid not null references organisations (id) on delete cascade,
  id bigint not null generated always as identity,
  datasource_id uuid not null,
  intent_version integer not null,
  created_at timestamptz(3) not null default now(),
  sent_at timestamptz(3),
  primary key (organisation_id, id)
);
create index outbox_unsent on outbox (id) where sent_at is null;

-- The nil uuid is the organisation of platform-wide holds, so there is no foreign key here.
create table holds (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  scope text not null check (scope in ('source', 'organisation', 'platform', 'all')),
  platform text,
  datasource_id uuid,
  reason text not null,
  detail jsonb not null default '{}',
  until timestamptz(3),
  by jsonb not null,
  created_at timestamptz(3) not null default now(),
  released_at timestamptz(3),
  primary key (organisation_id, id),
  constraint holds_name_their_scope check (
    case scope when 'source' then datasource_id is not null when 'platform' then platform is not null else true end
  )
);
create index holds_standing on holds (organisation_id, datasource_id) where released_at is null;
create index holds_ending on holds (until) where released_at is null;

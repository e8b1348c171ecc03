-- 0002_people_and_organisations.sql
-- Why: people, how they sign in, their organisations, plans, slots and API tokens.
-- Locks: none (new tables).

create table users (
  id uuid primary key default uuidv7(),
  name text not null,
  email text not null unique,
  email_verified boolean not null default false,
  image text,
  locale text not null default 'en',
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);

create table sessions (
  id uuid primary key default uuidv7(),
  user_id uuid not null references users (id) on delete cascade,
  token text not null unique, -- a hash
  expires_at timestamptz(3) not null,
  ip_address text,
  user_agent text,
  last_organisation_id uuid,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create index sessions_of_user on sessions (user_id);

create table sign_in_methods (
  id uuid primary key default uuidv7(),
  user_id uuid not null references users (id) on delete cascade,
  account_id text not null,
  provider_id text not null,
  password text,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz(3),
  refresh_token_expires_at timestamptz(3),
  scope text,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create index sign_in_methods_of_user on sign_in_methods (user_id);

create table verifications (
  id uuid primary key default uuidv7(),
  identifier text not null,
  value text not null,
  expires_at timestamptz(3) not null,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create index verifications_by_identifier on verifications (identifier);

create table throttles (
  key text primary key,
  hits integer not null default 0,
  window_started_at timestamptz(3) not null default now(),
  blocked_until timestamptz(3)
);

create table plans (
  id text primary key,
  allowance integer check (allowance >= 0), -- null: as many as you like
  rank integer not null
);
insert into plans (id, allowance, rank) values ('free', 3, 1), ('growth', 10, 2), ('scale', 25, 3), ('custom', null, 4);

create table organisations (
  id uuid primary key default uuidv7(),
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text not null,
  zone text not null,
  currency char(3) not null,
  plan text not null default 'free' references plans (id),
  region text not null default 'IN',
  created_at timestamptz(3) not null default now()
);

create table memberships (
  organisation_id uuid not null references organisations (id) on delete cascade,
  user_id uuid not null references users (id) on delete cascade,
  role text not null check (role in ('owner', 'admin', 'analyst', 'viewer')),
  created_at timestamptz(3) not null default now(),
  primary key (organisation_id, user_id)
);
create index memberships_of_user on memberships (user_id);

create table api_tokens (
  organisation_id uuid not null references organisations (id) on delete cascade,
  id uuid not null default uuidv7(),
  name text not null,
  secret_hash text not null,
  last_four text not null,
  scopes text[] not null default '{read}' check (scopes <@ array['read', 'manage']),
  created_by uuid not null,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  last_used_at timestamptz(3),
  last_used_from text,
  revoked_at timestamptz(3),
  primary key (organisation_id, id)
);

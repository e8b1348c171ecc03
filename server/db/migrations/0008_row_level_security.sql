-- 0008_row_level_security.sql
-- Why: an organisation sees its own rows and no others, whatever a query forgets. ENABLE for everyone, FORCE for the owner.
-- Locks: each table exclusively for a moment (new tables).
-- After one transaction-local setting a session reads back an empty string, not null: hence the nullif. No organisation
-- means no rows below and an error above, never somebody else's.

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array[
    'memberships', 'api_tokens', 'slots',
    'accounts', 'account_candidates', 'grants', 'credentials', 'connect_attempts',
    'datasources', 'commands', 'outbox', 'holds',
    'runs', 'slices', 'checkpoints', 'progress', 'quarantine', 'calls', 'audit_log',
    'orders', 'order_lines', 'refunds', 'transactions', 'fulfilments', 'customers', 'products', 'variants', 'fees',
    'rollups', 'first_orders', 'restatements', 'spot_checks'
  ] loop
    execute format($policy$create policy organisation on %I
      using (organisation_id = nullif(current_setting('app.tenant', true), '')::uuid)
      with check (organisation_id = nullif(current_setting('app.tenant', true), '')::uuid)$policy$, tenant_table);
    execute format('alter table %I enable row level security', tenant_table);
    execute format('alter table %I force row level security', tenant_table);
  end loop;
end
$$;

create policy organisation on organisations
  using (id = nullif(current_setting('app.tenant', true), '')::uuid)
  with check (id = nullif(current_setting('app.tenant', true), '')::uuid);
alter table organisations enable row level security;
alter table organisations force row level security;

-- A signed-in person may list where they belong, before an organisation is chosen.
create policy person on memberships for select to headwater_api
  using (user_id = nullif(current_setting('app.user', true), '')::uuid);
create policy person on organisations for select to headwater_api
  using (id in (select m.organisation_id from memberships m
                where m.user_id = nullif(current_setting('app.user', true), '')::uuid));

-- Platform-wide holds stand under the nil organisation and concern everyone.
create policy everyone on holds for select
  using (organisation_id = '00000000-0000-0000-0000-000000000000');

-- Sweeps look across organisations: only these tables, only to read, and only while no organisation is set. A worker
-- inside an organisation is as confined as the API. Marking rings as sent is the one write.
create policy sweep on datasources for select to headwater_worker
  using (nullif(current_setting('app.tenant', true), '') is null);
create policy sweep on commands for select to headwater_worker
  using (nullif(current_setting('app.tenant', true), '') is null);
create policy sweep on outbox for select to headwater_worker
  using (nullif(current_setting('app.tenant', true), '') is null);
create policy sweep_sent on outbox for update to headwater_worker
  using (nullif(current_setting('app.tenant', true), '') is null)
  with check (nullif(current_setting('app.tenant', true), '') is null);
create policy sweep on holds for select to headwater_worker
  using (nullif(current_setting('app.tenant', true), '') is null);
create policy sweep on grants for select to headwater_worker
  using (nullif(current_setting('app.tenant', true), '') is null);
create policy sweep on accounts for select to headwater_worker
  using (nullif(current_setting('app.tenant', true), '') is null);

-- What the API inserts may not claim a state that only a worker can know.
create policy begins_authorizing on datasources as restrictive for insert to headwater_api
  with check (phase = 'AUTHORIZING' and auth = 'none' and seq = 0);
create policy begins_unsettled on commands as restrictive for insert to headwater_api
  with check (state in ('accepted', 'refused'));
create policy begins_as_candidate on grants as restrictive for insert to headwater_api
  with check (credential_id is null and verified_at is null);

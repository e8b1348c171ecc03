-- 0007_privileges.sql
-- Why: each process may do what its work needs and no more. A privilege that is not here is refused.
-- Locks: none.
-- Insert is granted on whole tables where the query builder names every column; the policies of 0008 hold what an
-- inserted row may say.

alter default privileges revoke execute on functions from public;
revoke execute on function append_audit, audit_hash, announce_change, audit_faults, datasource_changes,
  credential_key_is_current, seal_audit_entry from public;
grant usage on schema public to headwater_api, headwater_worker;
grant execute on function append_audit, audit_hash, audit_faults, announce_change to headwater_api, headwater_worker;

-- The API: people and sign-in.
grant select, insert, update, delete on users, sessions, sign_in_methods, verifications, throttles to headwater_api;

-- The API: organisations.
grant select on plans to headwater_api;
grant select, insert, update (name, slug, zone, currency, plan) on organisations to headwater_api;
grant select, insert, update (role), delete on memberships to headwater_api;
grant select, insert, delete on slots to headwater_api;
grant select, insert, update (name, last_used_at, last_used_from, revoked_at) on api_tokens to headwater_api;

-- The API: connecting. It can put a credential into the vault and never take one out.
grant select on accounts to headwater_api;
grant select, insert, update (state) on account_candidates to headwater_api;
grant select, insert, update (holder, candidate_credential_id) on grants to headwater_api;
grant insert, select (organisation_id, id, grant_id, version, last_four, created_at, last_used_at)
  on credentials to headwater_api;
grant select, insert (id) on vault_keys to headwater_api;
grant select, insert, update (code_verifier, consumed_at, outcome) on connect_attempts to headwater_api;

-- The API: what a person wants. Phase, authorization and everything a run finds out belong to the workers.
grant select, insert, update (
  name, grant_id, intent_version, generation, authorizing_until, history_from, cadence_ms,
  user_paused_at, user_paused_by, user_paused_until, user_paused_note,
  disconnected_at, disconnected_by, delete_data, undo_until,
  auth, auth_reason, auth_since -- only an undone disconnect, whose credential is gone: the trigger allows 'revoked' alone
) on datasources to headwater_api;
grant select, insert on commands to headwater_api;
grant select, insert, update (sent_at) on outbox to headwater_api;
grant select, update (released_at) on holds to headwater_api;
grant select on audit_log, runs, slices, checkpoints, progress, calls to headwater_api;
grant select (organisation_id, id, datasource_id, account_id, run_id, stream, source_id, reason, detail, at)
  on quarantine to headwater_api;
grant insert, select (platform, webhook_id) on inbound_webhooks to headwater_api;
grant select, insert, update (seen_at, version), delete on processes to headwater_api;

-- The API: numbers.
grant select on orders, order_lines, refunds, transactions, fulfilments, customers, products, variants, fees,
  rollups, restatements, spot_checks to headwater_api;

-- The workers: nothing of people, memberships or API tokens.
grant select on plans, organisations, audit_log to headwater_worker;
grant select, insert, delete on slots to headwater_worker;
grant select, insert, update, delete on accounts, account_candidates, grants, credentials, datasources, holds, outbox,
  inbound_webhooks, processes, rate_buckets to headwater_worker;
grant select, insert, update (retired_at) on vault_keys to headwater_worker;
grant select, update (code_verifier, consumed_at, outcome), delete on connect_attempts to headwater_worker;
grant select, update (state, outcome, settled_at), delete on commands to headwater_worker;
grant select, insert, update, delete on runs, slices, checkpoints, progress, quarantine, calls to headwater_worker;
grant select, insert, update, delete on orders, order_lines, refunds, transactions, fulfilments, customers, products,
  variants, fees, rollups, first_orders, restatements, spot_checks to headwater_worker;
grant select, insert, delete, truncate on stage_aside to headwater_worker;

-- 0039_what_the_engine_may_ask.sql
-- Why: of commands a worker may give one alone, and in its own name: to read all days again where the account has changed.
--      Whatever people may order stays theirs to give.
-- Locks: access exclusive on commands for a moment.

create policy asks_for_days on commands as restrictive for insert to headwater_worker
  with check (kind = 'resync' and state = 'accepted' and args = '{"because":"accountChanged"}'
    and actor = '{"kind":"system","name":"engine"}');

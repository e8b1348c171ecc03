-- 0043_calendar_addresses.sql
-- Why: calendar programs read when grants end by a secret address, one for each member. It stands on the membership, so that it
--      ends with it, and as a hash: the address itself is told once.
-- Locks: memberships exclusively for a moment (columns without a default).

alter table memberships
  add column calendar_hash text,
  add column calendar_made_at timestamptz(3),
  add constraint memberships_calendar_whole check (num_nulls(calendar_hash, calendar_made_at) in (0, 2));
grant update (calendar_hash, calendar_made_at) on memberships to headwater_api;

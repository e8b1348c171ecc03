-- 0050_region_of_organisations.sql
-- Why: every organisation was said to be in India, since nothing ever said otherwise. Where it is is now said at sign-up, and
--      where it was not, its zone says it.
-- Locks: organisations exclusively for a moment (a default and a "not null" go); the few rows are written at once.

alter table organisations alter column region drop not null, alter column region drop default;
alter table organisations no force row level security;
update organisations set region = null;
alter table organisations force row level security;

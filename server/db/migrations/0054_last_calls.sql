-- 0054_last_calls.sql
-- Why: who waits for a platform is found among those who wait for it.
-- Locks: wishes against writes while their index is built; there are a few hundred.

create index wishes_of_platform on wishes (platform);

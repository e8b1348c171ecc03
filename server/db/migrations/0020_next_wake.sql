-- 0020_next_wake.sql
-- Why: a changed cadence shows its next wake at once, and not only when the workflow has read it.
-- Locks: none.

grant update (next_run_at) on datasources to headwater_api;

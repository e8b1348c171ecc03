-- 0032_fixed_search_paths.sql
-- Why: a function that looks its tables up by the caller's search path can be led to others.
-- Locks: none.

alter function cost_ground(uuid, uuid) set search_path = pg_catalog, public;
alter function cost_totals(date, date) set search_path = pg_catalog, public;

-- 0044_when_somebody_opened_it.sql
-- Why: which connected app is not used is told by when somebody last opened its page, beside when it last brought something.
-- Locks: datasources exclusively for a moment (a column without a default).

alter table datasources add column last_opened_at timestamptz(3);
grant update (last_opened_at) on datasources to headwater_api;

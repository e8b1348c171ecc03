-- 0071_what_was_said_of_the_history.sql
-- Why: once a history is in, its page tells what it took beside what was said of it first: "took 8 h 12 min (we said 7–9 h)".
-- Locks: datasources exclusively for a moment (a column without a default).

alter table datasources add column history_said jsonb;
grant update (history_said) on datasources to headwater_api;

-- 0038_asked_by_the_engine.sql
-- Why: where an account has another zone or currency at its source, every day of it is read again, as if somebody had asked
--      for it; nobody has, so the worker asks.
-- Locks: none.

grant insert on commands to headwater_worker;

-- 0072_requests_of_attempts.sql
-- Why: who writes to a source's support names the request that it refused; the source names it in its answer.
-- Locks: run_attempts exclusively for a moment (a column without a default).

alter table run_attempts add column request_id text;

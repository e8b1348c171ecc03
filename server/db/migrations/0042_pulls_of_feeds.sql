-- 0042_pulls_of_feeds.sql
-- Why: of a feed one could see how it goes, and not how it went: each pull is an attempt of the sync that made it now, and
--      a file knows the sync that brought it. What goes as the time before is counted on the row of that time, so that a
--      year in which nothing changes is one row.
-- Locks: run_attempts, runs and uploads exclusively for a moment (columns without a default, or with a constant one, are no
--        rewrite); both indexes are of rows that do not exist yet.

alter table run_attempts add column feed_id uuid, add column times integer not null default 1;
create index run_attempts_of_feed on run_attempts (organisation_id, feed_id, started_at, run_id, n) where feed_id is not null;

alter table runs add column times integer not null default 1;

alter table uploads add column run_id text;
create index uploads_of_run on uploads (organisation_id, run_id) where run_id is not null;
grant select (run_id) on uploads to headwater_api;

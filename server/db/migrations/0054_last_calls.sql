-- 0054_last_calls.sql
-- Why: when each kind of call was made last is found with a probe a kind, and not by reading the ledger of ninety days; and
--      who waits for a platform is found among those who wait for it.
-- Locks: calls and wishes against writes while their indexes are built.

create index calls_of_path on calls (organisation_id, datasource_id, path, hour);
create index wishes_of_platform on wishes (platform);

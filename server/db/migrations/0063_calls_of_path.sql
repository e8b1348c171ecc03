-- 0063_calls_of_path.sql
-- Why: when each kind of call was made last is found with a probe a kind, and not by reading the ledger of ninety days.
-- Locks: nothing that reads or writes waits: the index is built beside them.
-- Transaction: none

create index concurrently calls_of_path on calls (organisation_id, datasource_id, path, hour);

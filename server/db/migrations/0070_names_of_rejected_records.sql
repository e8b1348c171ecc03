-- 0070_names_of_rejected_records.sql
-- Why: a record that is refused again takes the place of its earlier reading, found by what it is known by: its id, or where
--      it has none the hash of its bytes. That is a column of its own, for behind row-level security an index on a function
--      of a column is never used, and a batch must not hash all that stands to find its own.
-- Locks: quarantine is written anew; who reads or writes rejected records waits meanwhile.

alter table quarantine add column name text generated always as (coalesce(source_id, encode(sha256(document), 'hex'))) stored;
create index quarantine_named on quarantine (organisation_id, datasource_id, stream, name);
drop index quarantine_of_datasource;

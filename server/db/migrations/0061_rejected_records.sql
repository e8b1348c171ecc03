-- 0061_rejected_records.sql
-- Why: each reading of a datasource tells of its rejected records. So many of each stream are looked at and no more, its
--      oldest first, however many a source that has changed its shape leaves behind.
-- Locks: nothing that reads or writes waits: the index is built beside them.
-- Transaction: none

create index concurrently quarantine_rejected on quarantine (organisation_id, datasource_id, stream, at)
  where reason <> 'textReplaced';

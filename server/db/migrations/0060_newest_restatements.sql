-- 0060_newest_restatements.sql
-- Why: the ledger of changes to past days is shown and taken away from its newest change on: a page is read by this index,
--      and not by reading and sorting all changes of an account for each page.
-- Locks: nothing that reads or writes waits: the index is built beside them.
-- Transaction: none

create index concurrently restatements_newest on restatements (organisation_id, account_id, at, id);

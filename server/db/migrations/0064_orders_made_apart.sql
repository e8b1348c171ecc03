-- 0064_orders_made_apart.sql
-- Why: what a source counts by when it was made is held against a day by those of its orders that are dated on another, and
--      not by reading all orders of an account.
-- Locks: nothing that reads or writes waits: the index is built beside them.
-- Transaction: none

create index concurrently orders_made_apart on orders (organisation_id, account_id, source_created_at)
  where source_created_at <> ordered_at;

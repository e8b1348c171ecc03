-- 0059_last_reading.sql
-- Why: what another takes the place of is read once more, up to the switch, before it is disconnected. Since when it is
--      replaced is a fact of its own then. Of those replaced before, the disconnect was the switch.
-- Locks: datasources exclusively for a moment (a column without a default).

alter table datasources add column replaced_at timestamptz(3);

-- 0035_when_a_source_said_it.sql
-- Why: a delivery may come hours after what it tells of, and be sent again later still. What is said of a login counts only
--      where the login was not proven anew since it was said; when it came says nothing of that.
-- Locks: access exclusive on inbound_webhooks for a moment; no rewrite.

alter table inbound_webhooks add column triggered_at timestamptz(3);

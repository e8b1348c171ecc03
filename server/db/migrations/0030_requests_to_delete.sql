-- 0030_requests_to_delete.sql
-- Why: whoever asks a provider to have what we keep about them deleted is shown how far that is, by a code, without a sign-in:
--      the API reads when a request came and when it was carried out, and nothing of what it says.
-- Locks: none.

grant select (topic, received_at, handled_at) on inbound_webhooks to headwater_api;

-- 0027_revocations.sql
-- Why: an operator who ends every token of a platform must be able to go on after a kill with exactly the grants that
--      were meant, not with those that people have given since.
-- Locks: grants for a moment.

alter table grants add column revoking_since timestamptz(3);
create index grants_to_revoke on grants (platform) where revoking_since is not null;

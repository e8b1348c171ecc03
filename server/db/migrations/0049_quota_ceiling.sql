-- 0049_quota_ceiling.sql
-- Why: a merchant may say how much of what a source allows we use at most, in percent, and who said so. The command that sets it
--      is one like any other.
-- Locks: datasources and commands exclusively for a moment (columns without a default; a check is replaced by one that allows
--      all that the old one did).

alter table datasources
  add column quota_ceiling smallint check (quota_ceiling in (25, 50, 75)),
  add column quota_ceiling_by jsonb,
  add column quota_ceiling_since timestamptz(3),
  add constraint datasources_quota_ceiling_told_check
    check ((quota_ceiling is null) = (quota_ceiling_by is null) and (quota_ceiling is null) = (quota_ceiling_since is null));
grant update (quota_ceiling, quota_ceiling_by, quota_ceiling_since) on datasources to headwater_api;

alter table commands drop constraint commands_kind_check;
alter table commands add constraint commands_kind_check check (kind in ('chooseAccount', 'cancelConnect', 'pause',
  'resume', 'syncNow', 'resync', 'bringForward', 'extendHistory', 'reauthorized', 'setCadence', 'setQuietHours',
  'setQuotaCeiling', 'upload', 'replace', 'disconnect', 'undoDisconnect', 'rename'));

-- 0048_quiet_hours.sql
-- Why: a merchant may say in which hours nothing is begun at a source that nobody asked for: minutes of the day by the clock of
--      the organisation's zone, and who said so. The command that sets them is one like any other.
-- Locks: datasources and commands exclusively for a moment (columns without a default; a check is replaced by one that allows
--      all that the old one did).

alter table datasources
  add column quiet_from smallint check (quiet_from between 0 and 1439),
  add column quiet_to smallint check (quiet_to between 0 and 1439),
  add column quiet_by jsonb,
  add column quiet_since timestamptz(3),
  add constraint datasources_quiet_hours_check
    check ((quiet_from is null) = (quiet_to is null) and (quiet_from is null or quiet_from <> quiet_to)
      and (quiet_from is null) = (quiet_by is null) and (quiet_from is null) = (quiet_since is null));
grant update (quiet_from, quiet_to, quiet_by, quiet_since) on datasources to headwater_api;

alter table commands drop constraint commands_kind_check;
alter table commands add constraint commands_kind_check check (kind in ('chooseAccount', 'cancelConnect', 'pause',
  'resume', 'syncNow', 'resync', 'bringForward', 'extendHistory', 'reauthorized', 'setCadence', 'setQuietHours', 'upload',
  'replace', 'disconnect', 'undoDisconnect', 'rename'));

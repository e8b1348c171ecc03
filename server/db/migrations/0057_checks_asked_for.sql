-- 0057_checks_asked_for.sql
-- Why: a person may have our numbers held against the source's own now, without waiting for the next daily check. The command that
--      asks for it is one like any other.
-- Locks: commands exclusively for a moment (a check is replaced by one that allows all that the old one did).

alter table commands drop constraint commands_kind_check;
alter table commands add constraint commands_kind_check check (kind in ('chooseAccount', 'cancelConnect', 'pause',
  'resume', 'syncNow', 'resync', 'checkNow', 'bringForward', 'extendHistory', 'reauthorized', 'setCadence',
  'setQuietHours', 'setQuotaCeiling', 'upload', 'replace', 'disconnect', 'undoDisconnect', 'rename'));

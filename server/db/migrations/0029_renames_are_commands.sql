-- 0029_renames_are_commands.sql
-- Why: one that was given twice under one key was given again the second time, whatever had been given between.
-- Locks: commands exclusively for a moment (its check is replaced; the new one allows all that the old one did).

alter table commands drop constraint commands_kind_check;
alter table commands add constraint commands_kind_check check (kind in ('chooseAccount', 'cancelConnect', 'pause',
  'resume', 'syncNow', 'resync', 'bringForward', 'extendHistory', 'reauthorized', 'setCadence', 'upload', 'replace',
  'disconnect', 'undoDisconnect', 'rename'));

-- 0066_kept_data_deleted_later.sql
-- Why: what a disconnect kept may be deleted later: by a command like any other, that says who chose it; and a deletion says
--      when it was done, so that one whose workflow was lost is found and begun again.
-- Locks: commands, datasources and audit_log exclusively for a moment (a check is replaced by one that allows all that the old
--        one did; two columns without a default). The few rows whose data is deleted are written at once.

alter table commands drop constraint commands_kind_check;
alter table commands add constraint commands_kind_check check (kind in ('chooseAccount', 'cancelConnect', 'pause',
  'resume', 'syncNow', 'resync', 'checkNow', 'bringForward', 'extendHistory', 'reauthorized', 'setCadence',
  'setQuietHours', 'setQuotaCeiling', 'upload', 'replace', 'disconnect', 'undoDisconnect', 'deleteData', 'rename'));

alter table datasources
  add column delete_data_by jsonb, -- null: whoever disconnected it
  add column data_deleted_at timestamptz(3);
grant update (delete_data_by) on datasources to headwater_api;

alter table datasources no force row level security;
alter table audit_log no force row level security;
update datasources d set data_deleted_at = a.at from audit_log a
  where d.delete_data and a.organisation_id = d.organisation_id and a.datasource_id = d.id and a.verb = 'dataDeleted'
    and a.after->'generation' = to_jsonb(d.generation);
alter table audit_log force row level security;
alter table datasources force row level security;

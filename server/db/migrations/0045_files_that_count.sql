-- 0045_files_that_count.sql
-- Why: how many rows stand, when files last changed them and which may be undone are asked whenever a datasource is shown, of
--      files that pile up for years; their rows are wide, and of most nothing is asked but this.
-- Locks: uploads against writing, for as long as its files that count are read once.

create index uploads_that_count on uploads (organisation_id, datasource_id, version desc) include (state, counts, settled_at)
  where state in ('committed', 'undone');

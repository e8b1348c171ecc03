-- 0025_leaner_costs.sql
-- Why: most of the time that a large file takes went into the indexes of its rows. A mark of 32 hex digits is 16 bytes
--      as a uuid; it is found by itself alone, a third of the index it was with two ids before it; and days repeat, so
--      that an index on them without the type is kept as lists.
-- Locks: cost_rows is written anew; no import runs meanwhile, and nobody reads it. The view for a moment.

drop view costs;
drop index cost_rows_by_identity;
drop index cost_rows_by_day;
alter table cost_rows
  alter column identity type uuid using identity::uuid,
  alter column content type uuid using content::uuid;
create index cost_rows_by_identity on cost_rows (identity);
create index cost_rows_by_day on cost_rows (organisation_id, datasource_id, start_day);

create view costs with (security_invoker = true) as
  select r.* from cost_rows r
    join cost_books b on b.organisation_id = r.organisation_id and b.datasource_id = r.datasource_id
  where r.since <= b.head and (r.until is null or r.until > b.head);
grant select on costs to headwater_api, headwater_worker;

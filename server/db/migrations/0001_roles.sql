-- 0001_roles.sql
-- Why: three roles, so that a leak in one process stops at that process. The owner holds the tables and cannot log in;
--      the API and the workers log in and own nothing, are no superusers and cannot bypass row-level security.
-- Locks: none.
-- Runs as: administrator (all later files run as headwater_owner).
-- Roles belong to the whole cluster: another database of it may have made them already.

do $$
declare
  wanted text;
begin
  foreach wanted in array array['headwater_owner', 'headwater_api', 'headwater_worker'] loop
    begin
      execute format('create role %I nologin nosuperuser nocreatedb nocreaterole noreplication nobypassrls', wanted);
    exception when duplicate_object or unique_violation then
      null; -- made by another database's migration, perhaps in this very moment
    end;
  end loop;
end
$$;

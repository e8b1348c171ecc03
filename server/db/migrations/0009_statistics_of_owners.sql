-- 0009_statistics_of_owners.sql
-- Why: an account and a datasource belong to one organisation, and the planner multiplied the two as if they were
--      independent: it took sixty orders of an account for one row, and chose nested loops over the whole account.
-- Locks: each table in SHARE UPDATE EXCLUSIVE for a moment: reads and writes go on.

do $$
declare
  owned text;
begin
  foreach owned in array array['orders', 'order_lines', 'refunds', 'transactions', 'fulfilments', 'customers',
    'products', 'variants', 'fees', 'rollups', 'first_orders', 'restatements'] loop
    execute format('create statistics %I (dependencies, ndistinct) on organisation_id, account_id from %I',
      owned || '_of_account', owned);
  end loop;
  foreach owned in array array['runs', 'slices', 'commands', 'quarantine', 'calls', 'audit_log'] loop
    execute format('create statistics %I (dependencies, ndistinct) on organisation_id, datasource_id from %I',
      owned || '_of_owner', owned);
  end loop;
end
$$;

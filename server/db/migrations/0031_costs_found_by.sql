-- 0031_costs_found_by.sql
-- Why: behind row-level security an index on a function of a column is never used, for the function might tell of rows
--      that the policy hides. What a cost of an order, or of goods, is found by is a column of its own; the first that a
--      row names counts: its order, its variant, its SKU, its product.
-- Locks: cost_rows is written anew; no import runs meanwhile.

alter table cost_rows add column found_by text generated always as (
  case when order_id is not null then 'order:' || lower(order_id)
    when variant_id is not null then 'variant:' || cost_key(variant_id)
    when sku is not null then 'sku:' || lower(sku)
    when product_id is not null then 'product:' || cost_key(product_id) end) stored;
drop index cost_rows_of_sku, cost_rows_of_order, cost_rows_of_variant, cost_rows_of_product, cost_rows_of_rules;
create index cost_rows_found_by on cost_rows (organisation_id, datasource_id, found_by) where found_by is not null;
create index cost_rows_of_rules on cost_rows (organisation_id, datasource_id, basis, start_day)
  where basis <> 'total' and found_by is null;

-- 0005_records_and_metrics.sql
-- Why: the record kinds that Shopify feeds, the daily rollups, and the proofs beside them.
-- Locks: none (new tables).
-- COPY is refused where row-level security is on. A batch's stage is a temporary table of the worker's own connection;
-- what outlives a call is in stage_aside.
-- No foreign keys between records: pages come in any order, and a purge goes batch by batch.

create table orders (
  organisation_id uuid not null,
  account_id uuid not null,
  id text not null,
  version_at timestamptz(3) not null,
  read_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  document jsonb,
  name text not null,
  ordered_at timestamptz(3) not null,
  source_created_at timestamptz(3),
  day date not null,
  cancelled_at timestamptz(3),
  is_test boolean not null default false,
  currency char(3) not null,
  gross numeric not null,
  discounts numeric not null,
  shipping numeric not null,
  tax numeric not null,
  duties numeric not null,
  tips numeric not null,
  total numeric not null,
  taxes_included boolean not null default false,
  customer_id text,
  line_count integer not null default 0,
  primary key (organisation_id, account_id, id)
);
create index orders_by_day on orders (organisation_id, account_id, day);
create index orders_of_customer on orders (organisation_id, account_id, customer_id, ordered_at)
  where customer_id is not null;
create index orders_test on orders (organisation_id, account_id, id) where is_test;

create table order_lines (
  organisation_id uuid not null,
  account_id uuid not null,
  id text not null,
  version_at timestamptz(3) not null,
  read_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  document jsonb,
  order_id text not null,
  sku text,
  title text,
  product_id text,
  variant_id text,
  quantity integer not null,
  gross numeric not null,
  discount numeric not null,
  tax numeric not null,
  is_gift_card boolean not null default false,
  currency char(3) not null,
  primary key (organisation_id, account_id, id)
);
create index order_lines_of_order on order_lines (organisation_id, account_id, order_id);

create table refunds (
  organisation_id uuid not null,
  account_id uuid not null,
  id text not null,
  version_at timestamptz(3) not null,
  read_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  document jsonb,
  order_id text not null,
  refunded_at timestamptz(3) not null,
  day date not null,
  amount numeric not null,
  returned numeric not null,
  returned_tax numeric not null,
  adjustments numeric not null,
  currency char(3) not null,
  primary key (organisation_id, account_id, id)
);
create index refunds_by_day on refunds (organisation_id, account_id, day);
create index refunds_of_order on refunds (organisation_id, account_id, order_id);

create table transactions (
  organisation_id uuid not null,
  account_id uuid not null,
  id text not null,
  version_at timestamptz(3) not null,
  read_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  document jsonb,
  order_id text not null,
  kind text not null,
  status text not null,
  gateway text,
  amount numeric not null,
  fee numeric,
  currency char(3) not null,
  processed_at timestamptz(3) not null,
  day date not null,
  is_test boolean not null default false,
  primary key (organisation_id, account_id, id)
);
create index transactions_by_day on transactions (organisation_id, account_id, day);
create index transactions_of_order on transactions (organisation_id, account_id, order_id);

create table fulfilments (
  organisation_id uuid not null,
  account_id uuid not null,
  id text not null,
  version_at timestamptz(3) not null,
  read_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  document jsonb,
  order_id text not null,
  status text not null,
  shipped_at timestamptz(3),
  delivered_at timestamptz(3),
  day date,
  carrier text,
  primary key (organisation_id, account_id, id)
);
create index fulfilments_by_day on fulfilments (organisation_id, account_id, day);
create index fulfilments_of_order on fulfilments (organisation_id, account_id, order_id);

create table customers (
  organisation_id uuid not null,
  account_id uuid not null,
  id text not null,
  version_at timestamptz(3) not null,
  read_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  document jsonb,
  registered_at timestamptz(3),
  order_count integer,
  spent numeric,
  currency char(3),
  primary key (organisation_id, account_id, id)
);

create table products (
  organisation_id uuid not null,
  account_id uuid not null,
  id text not null,
  version_at timestamptz(3) not null,
  read_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  document jsonb,
  title text not null,
  status text,
  primary key (organisation_id, account_id, id)
);

create table variants (
  organisation_id uuid not null,
  account_id uuid not null,
  id text not null,
  version_at timestamptz(3) not null,
  read_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  document jsonb,
  product_id text not null,
  sku text,
  unit_cost numeric,
  currency char(3),
  primary key (organisation_id, account_id, id)
);
create index variants_of_product on variants (organisation_id, account_id, product_id);

create table fees (
  organisation_id uuid not null,
  account_id uuid not null,
  id text not null,
  version_at timestamptz(3) not null,
  read_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  document jsonb,
  order_id text,
  kind text not null,
  charged_at timestamptz(3) not null,
  day date not null,
  amount numeric not null,
  currency char(3) not null,
  primary key (organisation_id, account_id, id)
);
create index fees_by_day on fees (organisation_id, account_id, day);

create table rollups (
  organisation_id uuid not null,
  account_id uuid not null,
  metric text not null,
  day date not null,
  currency char(3) not null,
  value numeric not null,
  updated_at timestamptz(3) not null default now(),
  primary key (organisation_id, account_id, metric, day, currency)
) with (fillfactor = 80); -- a backfill adds to the same days again and again
create index rollups_by_day on rollups (organisation_id, day);

create table restatements (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  account_id uuid not null,
  metric text not null,
  day date not null,
  currency char(3) not null,
  before numeric,
  after numeric,
  cause text not null,
  run_id text,
  at timestamptz(3) not null default now(),
  primary key (organisation_id, id)
);
create index restatements_by_day on restatements (organisation_id, account_id, day);

create table spot_checks (
  organisation_id uuid not null,
  datasource_id uuid not null,
  metric text not null,
  day date not null,
  currency char(3) not null,
  ours numeric,
  theirs numeric,
  at timestamptz(3) not null default now(),
  primary key (organisation_id, datasource_id, metric, day, currency),
  foreign key (organisation_id, datasource_id) references datasources (organisation_id, id) on delete cascade
);

-- Which order made a customer new: the metric then costs O(changed orders).
create table first_orders (
  organisation_id uuid not null,
  account_id uuid not null,
  customer_id text not null,
  order_id text not null,
  ordered_at timestamptz(3) not null,
  day date not null,
  currency char(3) not null,
  primary key (organisation_id, account_id, customer_id)
);

-- A window read aside by a resync, until it is swapped in. Worker only, no policy: COPY writes it. Unlogged, so it is
-- empty after a crash of PostgreSQL: whoever swaps compares its count with the slice's first.
create unlogged table stage_aside (
  slice_id uuid not null,
  kind text not null,
  id text not null,
  version_at timestamptz(3) not null,
  line text not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
create index stage_aside_of_slice on stage_aside (slice_id);

-- A first load fills an empty table in a minute: statistics have to follow, or the planner believes it still empty.
-- Documents are the bulk of the data: lz4 costs a fraction of pglz where this PostgreSQL was built with it.
do $$
declare
  kind text;
  has_lz4 boolean := exists (select from pg_settings where name = 'default_toast_compression' and 'lz4' = any (enumvals));
begin
  foreach kind in array array['orders', 'order_lines', 'refunds', 'transactions', 'fulfilments', 'customers',
    'products', 'variants', 'fees'] loop
    execute format('alter table %I set (autovacuum_analyze_threshold = 2000, autovacuum_analyze_scale_factor = 0.05,
      autovacuum_vacuum_insert_scale_factor = 0.1)', kind);
    if has_lz4 then
      execute format('alter table %I alter column document set compression lz4', kind);
    end if;
  end loop;
end
$$;

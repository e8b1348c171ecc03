/**
 * A day's numbers, counted again from the record tables in the transaction of the rows that changed it. Counted and not
 * added up: a day that was wrong heals itself. Definitions: platforms' dossiers name them, this file is the one formula.
 */
import type { RunKind } from "@headwater/db/schema/values.ts";
import type { RunId } from "@headwater/db";
import type { TransactionSql } from "postgres";
import { countOrderCosts } from "../costs/order-costs.ts";
import type { RecordsOwner } from "./merge.ts";
import { sourceDayMetrics } from "./source-day-metrics.ts";

/** Why a settled day changed, for the restatement ledger. */
export type RestatementCause = "edit" | "delete" | "reread" | "resync";

export interface TouchedDays {
  days: string[];
  /** Customers whose first order must be looked up again, because a known order changed what it was. */
  unsettled: string[];
  /** Orders were merged, and those that count stand in the stage of firsts. */
  mayBeFirst: boolean;
}

export function restatementCause(kind: RunKind): RestatementCause | null {
  switch (kind) {
    case "backfill":
    case "import":
    case "spotCheck":
      return null;
    case "sync":
    case "refresh":
      return "edit"; // the source changed its mind about its own days
    case "resync":
      return "resync";
    case "reread":
      return "reread";
    case "sweep":
      return "delete";
    default:
      return kind satisfies never;
  }
}

/**
 * Two batches may touch one day at once (a sync beside a backfill). The lock makes the second wait until the first has
 * committed; its counting, a later statement, then sees the rows of both.
 */
export const lockAccount = "select pg_advisory_xact_lock(hashtextextended($1::text, 7601))";

const testOrders = "select o.id from orders as o where o.organisation_id = $1 and o.account_id = $2 and o.is_test";

/** Day by day on purpose: each is one look into the index of days, also while the planner knows nothing of a filling table. */
const metricsByFamily = `
  select d.day, o.currency, m.metric, m.value from unnest($3::date[]) as d(day), lateral (
    select currency, count(*)::numeric as orders, sum(gross) as gross, sum(discounts) as discounts, sum(shipping) as shipping,
      sum(tax) as tax, sum(duties) as duties, sum(tips) as tips, sum(total) as total
    from orders where organisation_id = $1 and account_id = $2 and day = d.day and deleted_at is null and not is_test
    group by currency) as o,
    lateral (values ('orders', o.orders), ('gross_sales', o.gross), ('discounts', o.discounts), ('shipping', o.shipping),
      ('taxes', o.tax), ('duties', o.duties), ('tips', o.tips), ('revenue', o.total),
      ('net_sales', o.gross - o.discounts), ('total_sales', o.gross - o.discounts + o.shipping + o.tax + o.duties + o.tips)) as m(metric, value)
  union all
  select d.day, r.currency, m.metric, m.value from unnest($3::date[]) as d(day), lateral (
    select currency, sum(amount) as amount, sum(returned - adjustments) as returns, sum(returned_tax) as tax
    from refunds where organisation_id = $1 and account_id = $2 and day = d.day and deleted_at is null and order_id not in (${testOrders})
    group by currency) as r,
    lateral (values ('refunds', r.amount), ('returns', r.returns), ('net_sales', -r.returns), ('taxes', -r.tax), ('total_sales', -r.returns - r.tax)) as m(metric, value)
  union all
  select d.day, t.currency, 'payment_fees', t.fee from unnest($3::date[]) as d(day), lateral (
    select currency, sum(fee) as fee
    from transactions where organisation_id = $1 and account_id = $2 and day = d.day and deleted_at is null and not is_test
      and fee is not null and upper(status) = 'SUCCESS' group by currency) as t
  union all
  select d.day, $4::char(3), 'shipments', f.shipments from unnest($3::date[]) as d(day), lateral (
    select count(*)::numeric as shipments
    from fulfilments where organisation_id = $1 and account_id = $2 and day = d.day and deleted_at is null and order_id not in (${testOrders})
    having count(*) > 0) as f
  union all ${sourceDayMetrics}`;

/** new_customers moves by the difference that first_orders made; everything else is counted. */
const countDays = `
  with fresh as (select day, currency::char(3) as currency, metric, sum(value) as value from (${metricsByFamily}) as every_family group by 1, 2, 3),
  vanished as (
    delete from rollups as t where organisation_id = $1 and account_id = $2 and day = any($3::date[]) and metric <> 'new_customers'
      and (metric, day, currency) not in (select metric, day, currency from fresh)
    returning t.metric, t.day, t.currency, t.value as before, null::numeric as after),
  counted as (
    insert into rollups as t (organisation_id, account_id, metric, day, currency, value)
      select $1, $2, metric, day, currency, value from fresh order by metric, day, currency
    on conflict (organisation_id, account_id, metric, day, currency) do update set value = excluded.value, updated_at = now()
      where t.value <> excluded.value
    returning new.metric, new.day, new.currency, old.value as before, new.value as after),
  moved as (
    insert into rollups as t (organisation_id, account_id, metric, day, currency, value)
      select $1, $2, 'new_customers', day, currency, delta from jsonb_to_recordset($5::jsonb) as f(day date, currency char(3), delta numeric)
      order by day, currency
    on conflict (organisation_id, account_id, metric, day, currency) do update set value = t.value + excluded.value, updated_at = now()
    returning new.metric, new.day, new.currency, old.value as before, new.value as after),
  restated as (
    insert into restatements (organisation_id, account_id, metric, day, currency, before, after, cause, run_id)
      select $1, $2, metric, day, currency, before, after, $6, $7 from
        (select * from vanished union all select * from counted union all select * from moved) as changes
      where $6::text is not null and day < $8::date
    returning 1)
  select count(*)::int as restated from restated`;

/** A customer's earlier order takes the place of the one known so far. Under the lock, so that two batches never wait for each other's customers. */
const placeFirsts = `
  with placed as (
    insert into first_orders as f (organisation_id, account_id, customer_id, order_id, ordered_at, day, currency)
      select distinct on (customer_id) $1::uuid, $2::uuid, customer_id, order_id, ordered_at, day, currency
        from stage_firsts order by customer_id, ordered_at, order_id
    on conflict (organisation_id, account_id, customer_id) do update
      set order_id = excluded.order_id, ordered_at = excluded.ordered_at, day = excluded.day, currency = excluded.currency
      where (excluded.ordered_at, excluded.order_id) < (f.ordered_at, f.order_id)
    returning old.day as was, old.currency as was_in, new.day, new.currency)
  select day::text, currency, sum(delta)::int as delta
    from (select day, currency, 1 as delta from placed union all select was, was_in, -1 from placed where was is not null) as m
    group by day, currency having sum(delta) <> 0`;

/** Looked up again under the lock: what was a customer's first order is no longer what it was. */
const settleFirsts = `
  with customer as (select unnest($3::text[]) as id),
  firsts as (
    select c.id, o.order_id, o.ordered_at, o.day, o.currency from customer as c left join lateral (
      select o.id as order_id, o.ordered_at, o.day, o.currency from orders as o
      where o.organisation_id = $1 and o.account_id = $2 and o.customer_id = c.id and o.deleted_at is null and not o.is_test
      order by o.ordered_at, o.id limit 1) as o on true),
  gone as (
    delete from first_orders as f where f.organisation_id = $1 and f.account_id = $2
      and f.customer_id = any(array(select id from firsts where order_id is null)) returning f.day as was, f.currency as was_in, null::date as day, null::char(3) as currency),
  placed as (
    insert into first_orders as f (organisation_id, account_id, customer_id, order_id, ordered_at, day, currency)
      select $1, $2, id, order_id, ordered_at, day, currency from firsts where order_id is not null order by id
    on conflict (organisation_id, account_id, customer_id) do update
      set order_id = excluded.order_id, ordered_at = excluded.ordered_at, day = excluded.day, currency = excluded.currency
      where (f.order_id, f.ordered_at, f.day, f.currency) is distinct from (excluded.order_id, excluded.ordered_at, excluded.day, excluded.currency)
    returning old.day as was, old.currency as was_in, new.day, new.currency),
  changes as (select * from gone union all select * from placed)
  select day::text, currency, sum(delta)::int as delta
    from (select day, currency, 1 as delta from changes where day is not null union all select was, was_in, -1 from changes where was is not null) as m
    group by day, currency having sum(delta) <> 0`;

type NewCustomers = { day: string; currency: string; delta: number };

export interface RollupContext extends RecordsOwner {
  accountCurrency: string | null;
  runId: RunId | null;
  cause: RestatementCause | null;
  /** The account's today: days before it have settled. */
  today: string;
}

export async function rollUp(tx: TransactionSql, context: RollupContext, touched: TouchedDays): Promise<void> {
  const { organisationId, accountId } = context;
  if (touched.days.length + touched.unsettled.length === 0) return;
  // Each day once: a day that is named twice would be counted twice.
  const days = [...new Set(touched.days)];
  await tx.unsafe(lockAccount, [accountId], { prepare: true });
  const firsts: NewCustomers[] = [];
  if (touched.mayBeFirst) {
    firsts.push(...(await tx.unsafe<NewCustomers[]>(placeFirsts, [organisationId, accountId], { prepare: true })));
  }
  if (touched.unsettled.length > 0) {
    firsts.push(
      ...(await tx.unsafe<NewCustomers[]>(settleFirsts, [organisationId, accountId, touched.unsettled], {
        prepare: true,
      })),
    );
  }
  await tx.unsafe(
    countDays,
    [
      organisationId,
      accountId,
      days,
      context.accountCurrency ?? "XXX",
      summed(firsts),
      context.cause,
      context.runId,
      context.today,
    ],
    { prepare: true },
  );
  await countOrderCosts(tx, context, days);
}

/** One row a day and currency: an upsert must not meet the same key twice. */
function summed(firsts: readonly NewCustomers[]): NewCustomers[] {
  const byKey = new Map<string, NewCustomers>();
  for (const { day, currency, delta } of firsts) {
    const key = `${day} ${currency}`;
    const known = byKey.get(key);
    byKey.set(key, { day, currency, delta: (known?.delta ?? 0) + delta });
  }
  return [...byKey.values()].filter(({ delta }) => delta !== 0);
}

/**
 * What costs come to on a shop's days: goods, parcels, handling, fees. Counted from orders, their lines and what came back,
 * and from the costs that stand; never added to, so that a day that was wrong heals itself. This file is the one formula.
 *
 * For each order and kind of cost: what the source itself charged (fees) > what a file says of that order > rules. Of the
 * rules for a unit one counts: that of the variant > of the SKU > of the product > of any, one for the order's channel or
 * gateway > one for all, the later start, the newer file; for goods, where no file says anything, the store's own cost.
 * Rules for an order and shares of net sales add up; of those with the same name, channel and gateway the later start
 * counts. An order's gateway is the one that took most of it. What came back takes its goods and shares with it on its own
 * day. What is not counted here, and why, is told by `left-out.ts`.
 */
import type { AccountId, OrganisationId } from "@headwater/db";
import type { TransactionSql } from "postgres";

interface Shop {
  readonly organisationId: OrganisationId;
  readonly accountId: AccountId;
}

/**
 * What of a table is asked for stands in an array, found by index; what is held here is joined by hash. A planner that knows
 * nothing of either would look each row up by walking all of the others: `countDays` tells it not to.
 */
const ofShop = (alias: string): string => `${alias}.organisation_id = $1 and ${alias}.account_id = $2`;
const ofBooks = "r.organisation_id = $1 and r.datasource_id = any(array(select datasource_id from books))";

/** Days that are touched, and those that hang together with them: orders of what came back, and what came back of orders. */
const daysAndOrders = `
  books as materialized (
    select b.datasource_id, b.head, coalesce((d.disconnected_at at time zone coalesce(a.zone, 'UTC'))::date, 'infinity'::date) as last_day
    from cost_books b join datasources d on d.organisation_id = $1 and d.id = b.datasource_id
      left join accounts a on a.organisation_id = $1 and a.id = d.account_id where b.organisation_id = $1),
  near as materialized (
    select o.id, o.day from orders o where ${ofShop("o")} and o.day = any($3::date[]) and $5
    union select o.id, o.day from orders o where ${ofShop("o")} and $5 and o.id = any(array(
      select r.order_id from refunds r where ${ofShop("r")} and r.day = any($3::date[])
      union select x.order_id from transactions x where ${ofShop("x")} and x.day = any($3::date[])))),
  days as materialized (
    select unnest($3::date[]) as day union select day from near
    union select r.day from refunds r where ${ofShop("r")} and r.order_id = any(array(select id from near))),
  back as materialized (
    select r.order_id, r.day, r.currency, r.returned - r.adjustments as net from refunds r
    where ${ofShop("r")} and r.day = any(array(select day from days)) and r.deleted_at is null),
  whole as materialized (
    select o.id, o.name, o.day, d.day is not null as is_sold, o.currency, o.gross - o.discounts as net,
      cost_channel(o.channel) as channel
    from orders o left join days d on d.day = o.day where ${ofShop("o")} and o.deleted_at is null and not o.is_test
      and o.id = any(array(select o.id from orders o where ${ofShop("o")} and o.day = any(array(select day from days))
        union select order_id from back))),
  paid as materialized (
    select x.order_id, bool_or(x.fee is not null) as is_known,
      (array_agg(cost_word(x.gateway) order by x.amount desc, x.id) filter (where upper(x.kind) in ('SALE', 'CAPTURE', 'AUTHORIZATION')))[1] as gateway
    from transactions x where ${ofShop("x")} and x.order_id = any(array(select id from whole))
      and x.deleted_at is null and not x.is_test and upper(x.status) = 'SUCCESS' group by x.order_id)`;

const standing = "r.since <= b.head and (r.until is null or r.until > b.head)";
const validOn = (day: string) =>
  `r.start_day <= ${day} and (r.end_day is null or r.end_day >= ${day}) and ${day} <= b.last_day`;
/** Neither an order's country nor its campaign is known here: rules that hold for some of them only are left out. */
const isKnown = "r.country is null and r.campaign is null";
/** Empty where a row holds for all; of an order where no row asks. */
const placed =
  "coalesce('=' || cost_channel(r.channel), '') as at_channel, coalesce('=' || cost_word(r.payment_gateway), '') as by_gateway";

/** Rules for a unit, the most particular first: by which of its names they are found; the last by none. */
const UNIT_RULES = ["variant", "sku", "product", "anything"] as const;
/** What of a line says which rules hold for it: its channel and gateway only where a rule names one. */
const UNIT_KEYS = ["day", "sku", "variant", "product", "channel", "gateway"] as const;
const isOfLine = UNIT_KEYS.map((key) => `u.${key} = l.${key}`).join(" and ");

const unitRules = `
    select r.found_by as key, b.last_day, ${placed}, r.* from cost_rows r join books b on b.datasource_id = r.datasource_id
    where ${ofBooks} and r.basis = 'per_unit' and ${standing} and ${isKnown} and r.found_by = any(array(
      select variant from bought union select sku from bought union select product from bought))
    union all
    select '' as key, b.last_day, ${placed}, r.* from cost_rows r join books b on b.datasource_id = r.datasource_id
    where ${ofBooks} and r.basis = 'per_unit' and r.found_by is null and ${standing} and ${isKnown}`;
const matched = UNIT_RULES.map(
  (by, rank) => `
    select t.*, ${rank} as rank, r.at_channel = '' as is_anywhere, r.by_gateway = '' as is_anyhow, r.cost_type, r.amount, r.currency, r.is_ad_spend, r.start_day, r.since, r.line, r.part, r.datasource_id
    from targets t join unit_rules r on r.key = t.${by} where ${validOn("t.day").replace("b.last_day", "r.last_day")}
      and r.at_channel in ('', t.channel) and r.by_gateway in ('', t.gateway)`,
).join(" union all ");

const SAME_RULE =
  "r.cost_type, r.basis, cost_channel(r.channel), cost_word(r.payment_gateway), lower(r.name), lower(r.vendor), lower(r.category)";

/** What a file says of an order; which of the rules counts for a unit, and for an order, on a day. */
const rules = `
  named as materialized (
    select distinct o.id, o.day, n.name from whole o cross join lateral (
      values ('order:' || lower(ltrim(o.name, '# '))), ('order:' || lower(o.id)), ('order:' || cost_key(o.id))) as n (name)),
  filed as materialized (
    select n.id as order_id, r.cost_type, r.currency, r.is_ad_spend, sum(r.amount) as amount
    from cost_rows r join books b on b.datasource_id = r.datasource_id join named n on n.name = r.found_by
    where ${ofBooks} and r.found_by = any(array(select name from named)) and r.basis in ('total', 'per_order')
      and r.recurrence = 'none' and ${standing} and n.day <= b.last_day group by 1, 2, 3, 4),
  settled as materialized (
    select order_id, cost_type from filed union select order_id, 'payment_fee' from paid where is_known),
  bought as materialized (
    select l.id, l.order_id, o.day, o.is_sold, o.channel, l.quantity, l.variant_id, coalesce('sku:' || lower(l.sku), '-') as sku,
      coalesce('variant:' || cost_key(l.variant_id), '-') as variant, coalesce('product:' || cost_key(l.product_id), '-') as product
    from order_lines l join whole o on o.id = l.order_id
    where ${ofShop("l")} and l.order_id = any(array(select id from whole)) and l.deleted_at is null and not l.is_gift_card),
  unit_rules as materialized (${unitRules}),
  narrow as materialized (
    select coalesce(bool_or(at_channel <> ''), false) as by_channel, coalesce(bool_or(by_gateway <> ''), false) as by_gateway from unit_rules),
  lines as materialized (
    select b.id, b.order_id, b.day, b.is_sold, b.quantity, b.variant_id, b.sku, b.variant, b.product,
      case when n.by_channel then coalesce('=' || b.channel, '') else '' end as channel,
      case when n.by_gateway then coalesce('=' || p.gateway, '') else '' end as gateway
    from bought b cross join narrow n left join paid p on p.order_id = b.order_id),
  targets as materialized (select distinct ${UNIT_KEYS.join(", ")}, '' as anything from lines),
  unit as materialized (
    select distinct on (${UNIT_KEYS.join(", ")}, cost_type) * from (${matched}) as every_match
    order by ${UNIT_KEYS.join(", ")}, cost_type, rank, is_anywhere, is_anyhow, start_day desc, since desc, line desc, part desc, datasource_id),
  told as materialized (
    select distinct c.day from cost_days c join books b on b.datasource_id = c.datasource_id
    where c.organisation_id = $1 and c.datasource_id = any(array(select datasource_id from books)) and c.metric = 'cost_cogs'
      and c.day = any(array(select day from whole)) and c.day <= b.last_day
      and c.since <= b.head and (c.until is null or c.until > b.head) and c.value <> 0
    union select d.day from (select distinct day from whole) as d
      join cost_rows r on ${ofBooks} and r.recurrence <> 'none' and r.basis = 'total' and r.order_id is null and r.cost_type = 'cogs'
      join books b on b.datasource_id = r.datasource_id and ${standing} where ${validOn("d.day")}),
  shared as materialized (
    select distinct on (d.day, ${SAME_RULE})
      d.day, r.cost_type, r.basis, cost_channel(r.channel) as channel, cost_word(r.payment_gateway) as gateway, r.amount, r.currency, r.is_ad_spend
    from (select distinct day from whole) as d
      join cost_rows r on ${ofBooks} and r.basis in ('per_order', 'percent') and r.found_by is null
        and (r.basis = 'per_order' or r.applies_to = 'revenue') and r.cost_type <> 'cogs' and ${isKnown}
      join books b on b.datasource_id = r.datasource_id and ${standing}
    where ${validOn("d.day")}
    order by d.day, ${SAME_RULE}, r.start_day desc, r.since desc, r.line desc, r.part desc, r.datasource_id),
  ruled as materialized (
    select o.*, s.cost_type, s.basis, s.amount, s.currency as rule_currency, s.is_ad_spend
    from whole o join shared s on s.day = o.day left join paid p on p.order_id = o.id
    where (s.gateway is null or s.gateway = p.gateway) and (s.channel is null or s.channel = o.channel)
      and not exists (select from settled t where t.order_id = o.id and t.cost_type = s.cost_type))`;

/** What a unit of each line cost; what of it came back, and of an order's filed cost as much as units did. */
const goods = `
  priced as materialized (
    select l.*, case when u.amount is not null then u.amount when d.day is null then v.unit_cost end as cost,
      case when u.amount is not null then u.currency else v.currency end as currency,
      f.order_id is not null as is_filed, d.day is not null as is_told
    from lines l left join unit u on u.cost_type = 'cogs' and ${isOfLine}
      left join told d on d.day = l.day
      left join (select v.id, v.unit_cost, v.currency from variants v where ${ofShop("v")} and v.currency is not null
        and v.id = any(array(select distinct variant_id from lines))) as v on v.id = l.variant_id
      left join (select distinct order_id from filed where cost_type = 'cogs') as f on f.order_id = l.order_id),
  returned as materialized (
    select r.id, r.order_id, r.day, r.refunded_at, x.line, x.units from refunds r
      cross join lateral jsonb_to_recordset(r.returned_lines) as x (line text, units numeric)
    where r.organisation_id = $1 and r.account_id = $2 and r.order_id = any(array(select order_id from back))
      and r.deleted_at is null and jsonb_typeof(r.returned_lines) = 'array'),
  steps as materialized (
    select r.order_id, r.day, sum(r.units) as units, sum(sum(r.units)) over (partition by r.order_id order by r.refunded_at, r.id) as so_far
    from returned r join priced l on l.order_id = r.order_id and l.id = r.line where l.is_filed group by r.order_id, r.id, r.day, r.refunded_at),
  shares as (
    select s.day, f.currency, share(f.amount, s.so_far) - share(f.amount, s.so_far - s.units) as value
    from steps s join filed f on f.order_id = s.order_id and f.cost_type = 'cogs'
      join (select order_id, sum(quantity) as units from lines group by order_id) as n on n.order_id = s.order_id)`.replaceAll(
  /share\(f\.amount, ([^)]+)\)/g,
  "case when $1 >= n.units then f.amount else cost_part(f.amount * ($1), n.units::integer, cost_digits(f.currency)) end",
);

const isOpen = "not exists (select from settled s where s.order_id = l.order_id and s.cost_type = u.cost_type)";

const parts = `
  parts as (
    select o.day, f.cost_type, f.currency, f.is_ad_spend, f.amount as value
    from whole o join filed f on f.order_id = o.id left join paid p on p.order_id = o.id
    where o.is_sold and not (f.cost_type = 'payment_fee' and coalesce(p.is_known, false))
    union all
    select l.day, u.cost_type, u.currency, u.is_ad_spend, u.amount * l.quantity
    from lines l join unit u on ${isOfLine}
    where l.is_sold and u.cost_type <> 'cogs' and ${isOpen}
    union all
    select day, 'cogs', currency, false, cost * quantity from priced where is_sold and cost is not null and not is_filed
    union all
    select r.day, 'cogs', l.currency, false, -l.cost * r.units
    from returned r join priced l on l.order_id = r.order_id and l.id = r.line where l.cost is not null and not l.is_filed
    union all
    select day, 'cogs', currency, false, -value from shares
    union all
    select day, cost_type, case basis when 'percent' then currency else rule_currency end, is_ad_spend,
      case basis when 'percent' then amount * 0.01 * net else amount end from ruled where is_sold
    union all
    select b.day, o.cost_type, b.currency, o.is_ad_spend, -o.amount * 0.01 * b.net
    from back b join ruled o on o.id = b.order_id and o.basis = 'percent'),
  fresh as (
    select p.day, m.metric, p.currency::char(3) as currency, sum(p.value) as value
    from parts p join days d on d.day = p.day
      cross join lateral (select 'cost_' || p.cost_type as metric union all select 'cost_ad_spend' where p.is_ad_spend) as m
    group by 1, 2, 3 having sum(p.value) <> 0
    union all
    select d.day, m.metric, 'PCS', m.value from days d left join (
        select day, sum(quantity) as units, sum(quantity) filter (where cost is null and not is_filed and not is_told) as without
        from priced where is_sold group by day) as n on n.day = d.day
      cross join lateral (values ('cost_units', coalesce(n.units, 0)), ('cost_units_without', coalesce(n.without, 0))) as m (metric, value)
    where m.metric = 'cost_units' or m.value <> 0)`;

const countText = `
  with ${[daysAndOrders, rules, goods, parts].join(",\n")},
  gone as (
    delete from order_costs as t where t.organisation_id = $1 and t.account_id = $2 and t.day = any(array(select day from days))
      and (t.metric, t.day, t.currency) not in (select metric, day, currency from fresh))
  insert into order_costs as t (organisation_id, account_id, metric, day, currency, value, ground)
    select $1, $2, metric, day, currency, value, $4 from fresh order by metric, day, currency
  on conflict (organisation_id, account_id, metric, day, currency) do update set value = excluded.value, ground = excluded.ground,
    updated_at = case when t.value = excluded.value then t.updated_at else now() end
    where t.value <> excluded.value or t.ground <> excluded.ground`;

/** `isPart`: of a day, the orders that changed; else the whole day anew. */
async function countDays(
  tx: TransactionSql,
  shop: Shop,
  days: readonly string[],
  { ground, isPart }: { ground: string; isPart: boolean },
) {
  await tx.unsafe("select set_config('enable_nestloop', 'off', true)", [], { prepare: true });
  await tx.unsafe(countText, [shop.organisationId, shop.accountId, [...days], ground, isPart], { prepare: true });
  await tx.unsafe("select set_config('enable_nestloop', 'on', true)", [], { prepare: true });
}

async function groundOf(tx: TransactionSql, shop: Shop): Promise<string | null> {
  const [row] = await tx.unsafe<[{ ground: string | null }]>(
    "select cost_ground($1, $2) as ground",
    [shop.organisationId, shop.accountId],
    { prepare: true },
  );
  return row.ground;
}

/** In the transaction of the orders that changed, behind the account's lock. Nothing where nobody keeps costs. */
export async function countOrderCosts(tx: TransactionSql, shop: Shop, days: readonly string[]): Promise<void> {
  if (days.length === 0) return;
  const ground = await groundOf(tx, shop);
  if (ground === null) return;
  await countDays(tx, shop, days, { ground, isPart: true });
}

const DAYS_AT_ONCE = 31;

/** The newest days that were counted on another ground, behind the account's lock; how many there were. */
export async function recountOrderCosts(tx: TransactionSql, shop: Shop): Promise<number> {
  const ground = await groundOf(tx, shop);
  const ids = [shop.organisationId, shop.accountId] as const;
  if (ground === null) {
    const { count } = await tx.unsafe(
      `delete from order_costs where ctid = any(array(select ctid from order_costs
        where organisation_id = $1 and account_id = $2 limit 5000))`,
      [...ids],
    );
    return count;
  }
  const stale = await tx.unsafe<{ day: string }[]>(
    `select distinct r.day::text as day from rollups r where r.organisation_id = $1 and r.account_id = $2 and r.metric in ('orders', 'refunds')
       and not exists (select from order_costs c where c.organisation_id = $1 and c.account_id = $2 and c.metric = 'cost_units'
         and c.day = r.day and c.ground = $3) order by 1 desc limit ${DAYS_AT_ONCE}`,
    [...ids, ground],
  );
  const days = stale.map(({ day }) => day);
  if (days.length > 0) await countDays(tx, shop, days, { ground, isPart: false });
  return stale.length;
}

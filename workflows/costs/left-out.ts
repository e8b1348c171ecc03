/**
 * What of a brand's files cannot be counted, why, and from which day to which: so that nobody takes a sum for all that
 * there is. It is looked up once the days of orders are counted, for the costs that stand then; a reader takes it only
 * for those. The other side of `order-costs.ts`, and of what a reader makes of shares of ad spend.
 *
 * No source tells an order's country or campaign here. A channel or gateway that no order knows may be written wrongly.
 */
import type { OrganisationId } from "@headwater/db";
import type { TransactionSql } from "postgres";

/** Orders may come whose costs, channels and gateways are here already; the rest changes with a file only. */
const ENDS_WITH_ORDERS = "'order', 'channel', 'gateway'";

const isDue = `
  select exists (select from cost_books b where b.organisation_id = $1 and b.left_out_of is distinct from b.head)
    or exists (select from cost_left_out l where l.organisation_id = $1 and l.reason in (${ENDS_WITH_ORDERS})) as due`;

/** Lists of what is known are made only where a row asks for it. */
const known = `
  heads as materialized (select datasource_id, head from cost_books where organisation_id = $1),
  rules as materialized (
    select r.datasource_id, r.basis, r.cost_type, r.applies_to, r.recurrence, r.currency, r.amount, r.start_day, r.end_day, r.found_by,
      r.order_id is not null as is_of_order, r.country is not null as has_country, r.campaign is not null as has_campaign,
      r.basis = 'percent' and r.applies_to = 'ad_spend' as is_of_spend, case when r.channel is not null then cost_channel(r.channel) end as channel,
      case when r.payment_gateway is not null then cost_word(r.payment_gateway) end as gateway
    from cost_rows r join heads b on b.datasource_id = r.datasource_id
    where r.organisation_id = $1 and r.datasource_id = any(array(select datasource_id from heads)) and (r.basis <> 'total' or r.order_id is not null) and r.since <= b.head and (r.until is null or r.until > b.head)),
  orders_here as materialized (
    select distinct n.name from orders o cross join lateral (
      values ('order:' || lower(ltrim(o.name, '# '))), ('order:' || lower(o.id)), ('order:' || cost_key(o.id))) as n (name)
    where o.organisation_id = $1 and o.deleted_at is null and not o.is_test and exists (select from rules where is_of_order)),
  channels as materialized (
    select w.channel from (select distinct channel from rules where channel is not null) as w
    where exists (select from orders o where o.organisation_id = $1 and cost_channel(o.channel) = w.channel)),
  gateways as materialized (
    select w.gateway from (select distinct gateway from rules where gateway is not null) as w
    where exists (select from transactions x where x.organisation_id = $1 and cost_word(x.gateway) = w.gateway)),
  platforms as materialized (
    select n.channel from accounts a cross join lateral (
      values (cost_word(a.platform)), (cost_word(regexp_replace(a.platform, '-ads$', '')))) as n (channel)
    where a.organisation_id = $1)`;

const isSaidOfAnOrder = "r.basis in ('total', 'per_order') and r.recurrence = 'none'";
const reason = `
  case when r.is_of_order then case
      when not (${isSaidOfAnOrder}) then 'oneOrder'
      when o.name is null then 'order' end
    when r.has_country then 'country'
    when r.has_campaign then 'campaign'
    when r.basis <> 'per_unit' and r.found_by is not null then 'product'
    when r.is_of_spend then case
      when r.gateway is not null then 'gateway'
      when r.channel is not null and r.channel not in (select channel from platforms) then 'channel' end
    when r.basis <> 'per_unit' and r.cost_type = 'cogs' then 'goods'
    when r.channel is not null and r.channel not in (select channel from channels) then 'channel'
    when r.gateway is not null and r.gateway not in (select gateway from gateways) then 'gateway' end`;

/** Of an order that is not in nobody knows the day; its file may say one. */
const look = `
  with ${known},
  -- By what this statement has seen: a file may be committed meanwhile.
  marked as (
    update cost_books b set left_out_of = h.head from heads h where b.organisation_id = $1 and b.datasource_id = h.datasource_id),
  judged as (select r.*, ${reason} as reason from rules r left join orders_here o on r.is_of_order and o.name = r.found_by)
  insert into cost_left_out (organisation_id, datasource_id, reason, first_day, last_day, currency, rows, amount)
    select $1, datasource_id, reason, start_day,
      case when is_of_order and start_day = date '2000-01-01' then 'infinity' else coalesce(end_day, 'infinity') end as last_day,
      currency, count(*), sum(amount) filter (where reason = 'order')
    from judged where reason is not null group by 2, 3, 4, 5, 6 order by 2, 3, 4, 5, 6`;

/** One at a time for an organisation: files and syncs come to it from several sides. */
export async function lookWhatIsLeftOut(tx: TransactionSql, organisationId: OrganisationId): Promise<void> {
  await tx.unsafe("select pg_advisory_xact_lock(hashtextextended($1::text, 7602))", [organisationId], {
    prepare: true,
  });
  const [asked] = await tx.unsafe<[{ due: boolean }]>(isDue, [organisationId], { prepare: true });
  if (!asked.due) return;
  await tx.unsafe("delete from cost_left_out where organisation_id = $1", [organisationId], { prepare: true });
  // Nothing is known of what is listed above: a planner would walk all orders for each cost of one.
  await tx.unsafe("select set_config('enable_nestloop', 'off', true)", [], { prepare: true });
  await tx.unsafe(look, [organisationId], { prepare: true });
  await tx.unsafe("select set_config('enable_nestloop', 'on', true)", [], { prepare: true });
}

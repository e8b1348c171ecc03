/**
 * The formulas over days that the source itself has cut: ads and messages. Only rows that `counts`: of the source's
 * overlapping cuts one makes the metrics. What no row of a day says at all is no metric of that day, not zero.
 */

const measures = (named: readonly (readonly [metric: string, value: string])[]): string =>
  named.map(([metric, value]) => `('${metric}', ${value})`).join(", ");

/** Of one row as of the sum of several. */
export const adMeasures = [
  ["ad_spend", "a.spend"],
  ["ad_impressions", "a.impressions"],
  ["ad_clicks", "a.clicks"],
  ["ad_purchases", "a.purchases"],
  ["ad_purchase_value", "a.purchase_value"],
] as const;

const ads = `
  select d.day, a.currency, m.metric, m.value from unnest($3::date[]) as d(day), lateral (
    select currency, sum(spend) as spend, sum(impressions) as impressions, sum(clicks) as clicks,
      sum(purchases) as purchases, sum(purchase_value) as purchase_value
    from ad_days where organisation_id = $1 and account_id = $2 and day = d.day and deleted_at is null and counts
    group by currency) as a,
    lateral (values ${measures(adMeasures)}) as m(metric, value) where m.value is not null`;

/** `email_revenue`, `sms_sends` and so on, by the row's own channel. */
const messagesByChannel = `
  select d.day, c.currency, c.channel || '_' || m.measure, m.value from unnest($3::date[]) as d(day), lateral (
    select currency, channel, sum(sends) as sends, sum(opens) as opens, sum(clicks) as clicks,
      sum(unsubscribes) as unsubscribes, sum(orders) as orders, sum(revenue) as revenue
    from message_days where organisation_id = $1 and account_id = $2 and day = d.day and deleted_at is null and counts
      and channel is not null group by currency, channel) as c,
    lateral (values ${measures([
      ["sends", "c.sends"],
      ["opens", "c.opens"],
      ["clicks", "c.clicks"],
      ["unsubscribes", "c.unsubscribes"],
      ["orders", "c.orders"],
      ["revenue", "c.revenue"],
    ])}) as m(measure, value) where m.value is not null`;

/** What the source credits to messages, by what sent them, beside all that it has seen. */
const messagesByCredit = `
  select d.day, t.currency, m.metric, m.value from unnest($3::date[]) as d(day), lateral (
    select currency, sum(orders) as orders, sum(revenue) as revenue,
      sum(revenue) filter (where channel is not null and flow_id is null) as by_campaigns,
      sum(revenue) filter (where channel is not null and flow_id is not null) as by_flows
    from message_days where organisation_id = $1 and account_id = $2 and day = d.day and deleted_at is null and counts
    group by currency) as t,
    lateral (values ${measures([
      ["tracked_orders", "t.orders"],
      ["tracked_revenue", "t.revenue"],
      ["campaign_revenue", "t.by_campaigns"],
      ["flow_revenue", "t.by_flows"],
    ])}) as m(metric, value) where m.value is not null`;

export const sourceDayMetrics = [ads, messagesByChannel, messagesByCredit].join("\n  union all");

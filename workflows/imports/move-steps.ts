/** What recurs, as steps of a sum: so many rows that recur are read like one. */

const share = (recurring: string, days: number): string =>
  `when '${recurring}' then cost_part(c.amount, ${days}, cost_digits(c.currency))`;

/** Up on the day on which a row of `changed` begins, down behind its end; of rows that end with the number $3 the other way. */
export const moveSteps = `
  stepped as (
    insert into cost_recurring as t (organisation_id, datasource_id, metric, recurrence, phase, currency, day, since,
        amount, share_1, share_2, share_3, share_4)
      select $1, $2, m.metric, c.recurrence, case c.recurrence when 'weekly' then (c.start_day - date '2000-01-01') % 7 else 0 end,
        c.currency, e.day, $3, sum(e.sign * c.amount), sum(e.sign * p.share_1), sum(e.sign * p.share_2),
        sum(e.sign * p.share_3), sum(e.sign * p.share_4)
      from changed as c
        cross join lateral (select 'cost_' || c.cost_type as metric union all select 'cost_ad_spend' where c.is_ad_spend) as m
        cross join lateral (values (c.start_day, c.sign), (c.end_day + 1, -c.sign)) as e (day, sign)
        cross join lateral (select
          case c.recurrence ${share("weekly", 7)} ${share("monthly", 28)} ${share("yearly", 365)} else 0 end as share_1,
          case c.recurrence ${share("monthly", 29)} ${share("yearly", 366)} else 0 end as share_2,
          case c.recurrence ${share("monthly", 30)} else 0 end as share_3,
          case c.recurrence ${share("monthly", 31)} else 0 end as share_4) as p
      where c.recurrence <> 'none' and c.basis = 'total' and c.order_id is null and c.action = 'upsert' and e.day is not null
      group by m.metric, c.recurrence, 5, c.currency, e.day
    on conflict (organisation_id, datasource_id, metric, recurrence, phase, currency, day, since) do update set
      amount = t.amount + excluded.amount, share_1 = t.share_1 + excluded.share_1, share_2 = t.share_2 + excluded.share_2,
      share_3 = t.share_3 + excluded.share_3, share_4 = t.share_4 + excluded.share_4
    returning 1)`;

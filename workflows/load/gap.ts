/**
 * What is known of why our number of a day is not the source's own. What the rows or the source itself show is a part, with
 * its reason and its amount; what is left of the gap belongs to none of them.
 */
import type { Aggregate, Connector } from "@headwater/connectors/contract.ts";
import { dayAfter, dayStart } from "./days.ts";
import type { OpenRun } from "./open-run.ts";
import { adMeasures } from "./source-day-metrics.ts";

/** What a figure takes in, as the statement that looks at our rows needs it. */
export type TakenInOfDay = {
  /** It counts every order by when it was made. */
  byMaking: boolean;
  /** Orders made from here on may not have been read by us; null where all of the day was. */
  unreadFrom: string | null;
  /** How many orders the source says were made from then on, of this day. */
  madeSince: number | null;
  /** What it shows at no level that we read. */
  elsewhere: string | null;
};

const meansTheSame: TakenInOfDay = { byMaking: false, unreadFrom: null, madeSince: null, elsewhere: null };

export async function takenIn(open: OpenRun, { takesIn, day }: Aggregate): Promise<TakenInOfDay> {
  switch (takesIn?.kind) {
    case undefined:
      return meansTheSame;
    case "otherLevels":
      return { ...meansTheSame, elsewhere: takesIn.amount };
    case "everyOrderMade":
      return { ...meansTheSame, byMaking: true, ...(await unreadOf(open, day)) };
    default:
      return takesIn satisfies never;
  }
}

const ordersOf = ({ streams }: Connector) =>
  streams.find(({ kinds, count }) => kinds[0] === "order" && count !== undefined);

/** Of a day that was over before we had read all of it: from when on, and how many the source counts since. */
async function unreadOf({ source, standing, zone }: OpenRun, day: string) {
  const stream = ordersOf(source.connector);
  const through = standing.checkpoints[stream?.name ?? ""]?.through ?? null;
  const [start, end] = [dayStart(day, zone), dayStart(dayAfter(day), zone)];
  if (stream?.count === undefined || through === null || new Date(through) >= end) return {};
  const from = new Date(Math.max(start.getTime(), Date.parse(through)));
  const madeSince = await stream.count(source.session, { from, to: end });
  return madeSince === null ? {} : { unreadFrom: from.toISOString(), madeSince };
}

const madeOnDay = `o.source_created_at >= t.day::timestamp at time zone $5 and o.source_created_at < (t.day + 1)::timestamp at time zone $5`;

/** Of a day that was over when we read it no purchase is new; the source credits others to it. */
const isCredit =
  "t.metric in ('ad_purchases', 'ad_purchase_value') and a.version_at >= (t.day + 1)::timestamp at time zone $5";

/**
 * A record that we hold otherwise than the source has it now was changed there since: both answers are of one question. What
 * only one of the two has is no proof of that, for it may be lost here; nor is a record that was read again meanwhile.
 */
const changedSince = `
  select sum(held - now) filter (where is_credit) as credited, count(*) filter (where is_credit) as credited_in,
    sum(held - now) filter (where not is_credit) as reported, count(*) filter (where not is_credit) as reported_in
  from (
    select case t.metric ${adMeasures.map(([metric, column]) => `when '${metric}' then coalesce(${column}, 0)`).join(" ")} end as held,
      s.value::numeric as now, ${isCredit} as is_credit
    from jsonb_each_text(t."byRecord") as s join ad_days as a on a.organisation_id = $1 and a.account_id = $3 and a.id = s.key
    where a.day = t.day and a.currency = t.currency and a.counts and a.deleted_at is null and a.version_at < t."askedAt") as of_both
  where held <> now`;
/** Enough to look at; a part says beside them how many there are. */
const MOST_NAMED = 20;
const firstOf = (those: string): string =>
  `to_jsonb((array_agg(record order by source_created_at, id) filter (where ${those}))[1:${MOST_NAMED}])`;

const isTestOrder = "made and is_test";
const isDatedElsewhere = "made and not is_test and day <> t.day";
const isDatedHere = "not made and not is_test and day = t.day and currency = t.currency";

/**
 * `t` is a figure of theirs with what it takes in. An order that only they count takes 1 off our number against theirs, one
 * that only we count adds 1. An order is dated on the day on which it was made, save the few that have two instants: those have
 * an index of their own. $1 organisation, $3 account, $5 zone.
 */
export const partsOfGap = `
  select coalesce(jsonb_agg(jsonb_build_object('because', p.because, 'amount', p.amount::text, 'records', p.records,
      'first', coalesce(p.first, '[]')) order by p.place), '[]') as parts,
      coalesce(sum(p.amount), 0) as explained
    from (
      select count(*) filter (where ${isTestOrder}) as tests, ${firstOf(isTestOrder)} as first_tests,
        count(*) filter (where ${isDatedElsewhere}) as elsewhere, ${firstOf(isDatedElsewhere)} as first_elsewhere,
        count(*) filter (where ${isDatedHere}) as here, ${firstOf(isDatedHere)} as first_here,
        count(*) filter (where made and source_created_at >= t."unreadFrom") as since
      from (
        select o.id, o.is_test, o.day, o.currency, o.source_created_at, ${madeOnDay} as made,
          jsonb_build_object('id', o.id, 'name', o.name) as record
        from orders as o where t."byMaking" and o.organisation_id = $1 and o.account_id = $3 and o.deleted_at is null
          and (o.day = t.day or (o.source_created_at <> o.ordered_at and ${madeOnDay}))) as of_the_day
      where made is not null) as n,
    lateral (${changedSince}) as c,
    lateral (values
      (1, 'notRead', n.since - t."madeSince"::numeric, t."madeSince" - n.since, null::jsonb),
      (2, 'reportedAnew', c.reported, c.reported_in, null),
      (3, 'testOrders', -n.tests::numeric, n.tests, n.first_tests),
      (4, 'datedHere', n.here::numeric, n.here, n.first_here),
      (5, 'datedElsewhere', -n.elsewhere::numeric, n.elsewhere, n.first_elsewhere),
      (6, 'otherLevels', -t.elsewhere, null, null),
      (7, 'creditedAnew', c.credited, c.credited_in, null)) as p(place, because, amount, records, first)
    where p.amount <> 0 and (p.because <> 'notRead' or p.amount < 0)`;

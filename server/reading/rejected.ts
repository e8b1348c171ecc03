/** Records of a datasource that came and could not be stored: of each stream the oldest, up to as many as are told one by one. */
import { sql } from "drizzle-orm";
import { datasources, quarantine } from "@headwater/db/schema/tables.ts";
import type { Rejected } from "@headwater/workflows/lifecycle/facts.ts";

/** Of one stream, and one beyond it to know that there are more. A source that has changed its shape leaves as many as it has, and every page asks. */
const MOST = sql.raw("1000");

/** Text that was stored with a sign of ours in the place of what no row can hold is in. */
const own = sql`from ${quarantine} q where q.organisation_id = ${datasources.organisationId}
  and q.datasource_id = ${datasources.id} and q.reason <> 'textReplaced'`;

/** From one stream to the next by their index. */
export const rejected = sql<Rejected[] | null>`(
  with recursive streams as (
    (select q.stream ${own} order by q.stream limit 1)
    union all
    select (select q.stream ${own} and q.stream > streams.stream order by q.stream limit 1) from streams
    where streams.stream is not null)
  select jsonb_agg(its order by its.count desc, its.since) filter (where its.count > 0) from (
    select oldest.stream, oldest.kind, oldest.reason, split_part(coalesce(oldest.detail, ''), ':', 1) as field,
      count(*) filter (where oldest.n <= ${MOST})::int as count,
      sum(count(*)) over (partition by oldest.stream) > ${MOST} as "isMore",
      floor(extract(epoch from min(oldest.at)) * 1000)::float8 as since
    from streams cross join lateral (
      select q.stream, q.kind, q.reason, q.detail, q.at, row_number() over (order by q.at) as n
      ${own} and q.stream = streams.stream
      order by q.at limit ${MOST} + 1) oldest
    group by 1, 2, 3, 4) its)`;

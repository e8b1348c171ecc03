/** Days of a history that were given up. */
import type { Telling } from "./mailing.ts";

/** Not those that have been read whole since, by whatever run. */
export const holes = ({ sql }: Pick<Telling, "sql">) => sql`
  select s.organisation_id, s.datasource_id, s.stream, coalesce(s.finished_at, r.finished_at) as at from slices s
  join runs r on r.organisation_id = s.organisation_id and r.id = s.run_id
  where r.kind = 'backfill' and s.state = 'failed' and not coalesce((
    select range_agg(tstzrange(w.from_at, w.to_at)) @> tstzrange(s.from_at, s.to_at) from slices w
    where w.organisation_id = s.organisation_id and w.datasource_id = s.datasource_id and w.stream = s.stream
      and w.state = 'done' and w.finished_at > coalesce(s.finished_at, r.finished_at)), false)`;

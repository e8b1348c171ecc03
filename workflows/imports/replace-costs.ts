/** All that a file takes the place of, by days or altogether, ended chunk by chunk; each chunk goes on where the last one was. */
import type { TransactionSql } from "postgres";
import { limitsOf } from "../costs/limits.ts";
import type { LoadDeps } from "../load/contract.ts";
import { MERGED_TIMES } from "./merge-costs.ts";
import { columnsOf, moveDays, visible } from "./move-days.ts";
import { inImport, moveUpload, NO_COUNTS } from "./upload-row.ts";
import type { Counts, Place, Replaced, Upload, UploadRef } from "./upload-row.ts";

interface Ended {
  ended: number;
  updated: number;
  since: number;
  line: string;
  part: number;
  day: string;
}

const ended = (which: string) => `
  with ended as (
    update cost_rows as c set until = $3 where c.ctid = any(array(select r.ctid from cost_rows as r
      where r.organisation_id = $1 and r.datasource_id = $2 and ${visible("r")} and r.until is distinct from $3 and ${which} limit $5))
    returning c.*),
  changed as (select -1 as sign, ${columnsOf("e")} from ended as e), ${moveDays}
  select (select count(*)::int from ended) as ended,
    (select count(*)::int from ended as e where exists (select from cost_rows as n where n.organisation_id = $1
      and n.datasource_id = $2 and n.since = $3 and n.identity = e.identity and n.action = 'upsert')) as updated,
    (select count(*) from moved) as days, last.* from (select 1) as one left join lateral
      (select since, line, part, start_day::text as day from ended order by start_day desc, since desc, line desc, part desc limit 1) as last on true`;

/** In the order of the key, which is that of the rows themselves. */
const endAll = ended(
  "(r.since, r.line, r.part) > ($6::int, $7::bigint, $8::smallint) order by r.since, r.line, r.part",
).replace("order by start_day desc, since desc", "order by since desc");
/** By day, and of a day that is half done what is left of it. */
const endDays = ended(
  "r.start_day between $6::date and $7::date and r.cost_type = any($8::text[]) order by r.start_day",
);

/** True when none is left. */
export async function replaceChunk(deps: LoadDeps, ref: UploadRef, upload: Upload, place: Place): Promise<boolean> {
  const most = MERGED_TIMES * limitsOf(deps).chunkRows;
  return inImport(deps, ref, upload, async (tx) => {
    const from = place.replaced ?? (await beginning(tx, ref, upload));
    const ids = [ref.organisationId, ref.datasourceId, upload.version ?? 0, place.head, most] as const;
    const [done] =
      "since" in from
        ? await tx.unsafe<[Ended]>(endAll, [...ids, from.since, from.line, from.part])
        : await tx.unsafe<[Ended]>(endDays, [...ids, from.day, from.last, [...from.types]]);
    const before: Counts = { ...NO_COUNTS, ...upload.counts };
    const counts = {
      ...before,
      updated: before.updated + done.updated,
      deleted: before.deleted + done.ended - done.updated,
    };
    const isDone = done.ended === 0;
    const { replaced: _, ...rest } = place;
    const replaced: Replaced =
      "since" in from ? { since: done.since, line: Number(done.line), part: done.part } : { ...from, day: done.day };
    const isFresh = "since" in from ? { isFresh: true } : {};
    await moveUpload(tx, ref, {
      counts,
      place: isDone ? { ...rest, ...isFresh, step: "merge" } : { ...place, replaced },
    });
    return isDone;
  });
}

async function beginning(tx: TransactionSql, ref: UploadRef, upload: Upload): Promise<Replaced> {
  if (upload.mode === "replace_all") return { since: 0, line: 0, part: 0 };
  const [span] = await tx.unsafe<[{ day: string | null; last: string | null; types: string[] | null }]>(
    `select min(start_day)::text as day, max(start_day)::text as last, array_agg(distinct cost_type) as types from cost_rows
     where organisation_id = $1 and datasource_id = $2 and since = $3`,
    [ref.organisationId, ref.datasourceId, upload.version ?? 0],
  );
  return { day: span.day ?? "2000-01-01", last: span.last ?? "1999-12-31", types: span.types ?? [] };
}

/**
 * What a landed file does to the costs that stand, written above them: rows that end carry the file's number as their
 * end, days get a new value from that number on. Until the number is moved, nobody sees any of it. Chunk by chunk, each
 * with its place, so that a file of any size is merged flat and a kill loses one chunk at most.
 */
import type { TransactionSql } from "postgres";
import { limitsOf } from "../costs/limits.ts";
import type { LoadDeps } from "../load/contract.ts";
import { columnsOf, moveDays, visible } from "./move-days.ts";
import { leftOut } from "./tallies.ts";
import { inImport, moveUpload, NO_COUNTS } from "./upload-row.ts";
import type { Counts, Place, Upload, UploadRef } from "./upload-row.ts";

/** A chunk that is merged is so many that land: its days are touched once for all of them. */
export const MERGED_TIMES = 4;
const MEMORY = "32MB";

interface Merged {
  updated: number;
  deleted: number;
  ignored: number;
  kept: number;
}

/** The next lines, none of them cut in two. */
const chunk = (more: string) => `
  chunk as materialized (
    select r.ctid as self, r.line, ${more} ${columnsOf("r")} from cost_rows as r
    where r.organisation_id = $1 and r.datasource_id = $2 and r.since = $3 and r.line > $5 and r.line <= $6)`;

/** Nothing stands: what the file brings is all there is. */
const freshText = `
  with ${chunk("")},
  needless as (delete from cost_rows as r where r.ctid = any(array(select self from chunk where action = 'delete')) returning r.*), ${leftOut("needless")},
  changed as (select 1 as sign, ${columnsOf("k")} from chunk as k), ${moveDays}
  select count(*) filter (where action = 'upsert')::int as kept, 0 as updated, 0 as deleted,
    count(*) filter (where action = 'delete')::int as ignored, (select count(*) from moved) as days
  from chunk`;

const mergeText = `
  with ${chunk("r.identity, r.content,")},
  paired as materialized (
    select n.*, c.at, c.content = n.content and n.action = 'upsert' as is_same
    from chunk as n left join lateral (
      select c.ctid as at, c.content from cost_rows as c where c.organisation_id = $1 and c.datasource_id = $2 and c.identity = n.identity
        and ${visible("c")} and c.until is distinct from $3 offset 0) as c on true),
  ended as (
    update cost_rows as c set until = $3 where c.ctid = any(array(select at from paired where not is_same)) returning c.*),
  needless as (
    delete from cost_rows as r where r.ctid = any(array(select self from paired where action = 'delete' or is_same)) returning r.*), ${leftOut("needless")},
  kept as (select * from paired where action = 'upsert' and is_same is not true),
  changed as (
    select 1 as sign, ${columnsOf("k")} from kept as k
    union all select -1, ${columnsOf("e")} from ended as e), ${moveDays}
  select (select count(*)::int from kept) as kept,
    (select count(*)::int from paired where at is not null and not is_same and action = 'upsert') as updated,
    (select count(*)::int from paired where at is not null and action = 'delete') as deleted,
    (select count(*)::int from paired where is_same or (at is null and action = 'delete')) as ignored,
    (select count(*) from moved) as days`;

/** The next lines of the file. */
export async function mergeChunk(deps: LoadDeps, ref: UploadRef, upload: Upload, place: Place): Promise<void> {
  const most = MERGED_TIMES * limitsOf(deps).chunkRows;
  await inImport(deps, ref, upload, async (tx) => {
    await tx.unsafe("select set_config('work_mem', $1, true)", [MEMORY]);
    const isFresh = place.isFresh ?? !(await doesAnyStand(tx, ref, place.head));
    const [merged] = await tx.unsafe<[Merged]>(isFresh ? freshText : mergeText, [
      ref.organisationId,
      ref.datasourceId,
      upload.version ?? 0,
      place.head,
      place.line,
      place.line + most,
    ]);
    const next = await nextLine(tx, ref, upload.version ?? 0, place.line + most);
    const isDone = next === null;
    const before: Counts = { ...NO_COUNTS, ...upload.counts };
    const isReplacing = upload.mode !== "upsert";
    const counts = {
      ...before,
      updated: before.updated + merged.updated,
      deleted: before.deleted + merged.deleted,
      ignored: before.ignored + merged.ignored,
      inserted: before.inserted + merged.kept - (isReplacing ? 0 : merged.updated),
    };
    if (isDone && isReplacing) counts.inserted -= counts.updated;
    const after: Place = isDone ? { ...place, step: "note" } : { ...place, isFresh, line: next - 1 };
    await moveUpload(tx, ref, { counts, place: after, percent: 95 });
  });
}

/** Lines that hold nothing are leapt over; null: there are no more. */
async function nextLine(tx: TransactionSql, ref: UploadRef, version: number, behind: number): Promise<number | null> {
  const [row] = await tx.unsafe<[{ line: string }?]>(
    `select line from cost_rows where organisation_id = $1 and datasource_id = $2 and since = $3 and line > $4 order by line limit 1`,
    [ref.organisationId, ref.datasourceId, version, behind],
  );
  return row === undefined ? null : Number(row.line);
}

async function doesAnyStand(tx: TransactionSql, ref: UploadRef, head: number): Promise<boolean> {
  const [row] = await tx.unsafe<[{ stands: boolean }]>(
    `select exists (select from cost_rows where organisation_id = $1 and datasource_id = $2 and since <= $3
       and (until is null or until > $3)) as stands`,
    [ref.organisationId, ref.datasourceId, head],
  );
  return row.stands;
}

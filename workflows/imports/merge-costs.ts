/**
 * What a landed file does to the costs that stand, written above them: rows that end carry the file's number as their
 * end, days get a new value from that number on. Until the number is moved, nobody sees any of it. Chunk by chunk, each
 * with its place, so that a file of any size is merged flat and a kill loses one chunk at most.
 */
import type { TransactionSql } from "postgres";
import type { LoadDeps } from "../load/contract.ts";
import { inImport, moveUpload, NO_COUNTS } from "./upload-row.ts";
import type { Counts, Place, Upload, UploadRef } from "./upload-row.ts";

const CHUNK_LINES = 5_000;
const CHUNK_ROWS = 5_000;

/** Rows above the number that stands: left over from what was discarded or undone. True when none is left. */
export async function cleanAbove(tx: TransactionSql, ref: UploadRef, head: number): Promise<boolean> {
  const ids = [ref.organisationId, ref.datasourceId, head, CHUNK_ROWS] as const;
  let touched = 0;
  for (const table of ["cost_rows", "cost_days"]) {
    const gone = await tx.unsafe(
      `delete from ${table} where ctid = any(array(select ctid from ${table}
        where organisation_id = $1 and datasource_id = $2 and since > $3 limit $4))`,
      [...ids],
    );
    const back = await tx.unsafe(
      `update ${table} set until = null where ctid = any(array(select ctid from ${table}
        where organisation_id = $1 and datasource_id = $2 and until > $3 limit $4))`,
      [...ids],
    );
    touched += gone.count + back.count;
  }
  return touched === 0;
}

const TWENTY = 20;

/** What ended before the oldest upload that an undo may still go back to is of no more use. */
export async function forgetEnded(tx: TransactionSql, ref: UploadRef): Promise<void> {
  const [oldest] = await tx.unsafe<[{ version: number }?]>(
    `select min(version) as version from (select version from uploads where organisation_id = $1 and datasource_id = $2
       and state = 'committed' order by version desc limit ${TWENTY}) as kept having count(*) = ${TWENTY}`,
    [ref.organisationId, ref.datasourceId],
  );
  if (oldest === undefined) return;
  for (const table of ["cost_rows", "cost_days"])
    await tx.unsafe(
      `delete from ${table} where ctid = any(array(select ctid from ${table}
        where organisation_id = $1 and datasource_id = $2 and until < $3 limit $4))`,
      [ref.organisationId, ref.datasourceId, oldest.version, CHUNK_ROWS],
    );
}

/** One identity twice in the file. Equal: kept once. Two amounts: neither is believed, unless they are to be added up. */
export async function settleTwins(deps: LoadDeps, ref: UploadRef, upload: Upload, place: Place): Promise<void> {
  const version = upload.version ?? 0;
  const mayAdd = upload.mapping.answers?.onConflict === "sum";
  await inImport(deps, ref, upload, async (tx) => {
    const ids = [ref.organisationId, ref.datasourceId, version] as const;
    await tx.unsafe(
      `create temp table if not exists twins (identity text, line bigint, part smallint, amount numeric, kind text) on commit drop`,
    );
    await tx.unsafe(
      `insert into twins select identity, (array_agg(line order by line, part))[1], (array_agg(part order by line, part))[1], sum(amount),
         case when count(distinct amount) = 1 and count(distinct action) = 1 then 'same'
           when $4 and bool_and(basis = 'total' and action = 'upsert') then 'add' else 'clash' end
       from cost_rows where organisation_id = $1 and datasource_id = $2 and since = $3 group by identity having count(*) > 1`,
      [...ids, mayAdd],
    );
    await tx.unsafe(
      `update cost_rows as r set amount = t.amount, content = md5(r.content || t.amount) from twins as t
       where t.kind = 'add' and r.organisation_id = $1 and r.datasource_id = $2 and r.since = $3 and r.line = t.line and r.part = t.part`,
      [...ids],
    );
    const gone = await tx.unsafe<{ line: string; kind: string; amount: string }[]>(
      `delete from cost_rows as r using twins as t
       where r.organisation_id = $1 and r.datasource_id = $2 and r.since = $3 and r.identity = t.identity
         and (t.kind = 'clash' or (r.line, r.part) <> (t.line, t.part))
       returning r.line, t.kind, r.amount::text as amount`,
      [...ids],
    );
    await noteTwins(tx, ref, gone);
    const clashes = gone.filter(({ kind }) => kind === "clash");
    const lines = new Set(clashes.map(({ line }) => line)).size;
    const same = gone.length - clashes.length;
    const before: Counts = { ...NO_COUNTS, ...upload.counts };
    const counts = {
      ...before,
      ok: before.ok - clashes.length,
      errors: before.errors + lines,
      warnings: before.warnings + gone.filter(({ kind }) => kind === "same").length,
      ignored: before.ignored + same,
    };
    const step = upload.mode === "upsert" ? "merge" : "replace";
    await moveUpload(tx, ref, { counts, place: { ...place, step, line: 0 } });
  });
}

async function noteTwins(
  tx: TransactionSql,
  ref: UploadRef,
  gone: readonly { line: string; kind: string; amount: string }[],
): Promise<void> {
  const found = gone
    .filter(({ kind }) => kind !== "add")
    .map(({ line, kind, amount }, at) => ({
      line: Number(line),
      n: 100 + at,
      code: kind === "clash" ? "E_DUP_CONFLICT" : "W_DUP_IDENTICAL",
      severity: kind === "clash" ? "error" : "warning",
      value: amount,
    }));
  if (found.length === 0) return;
  await tx.unsafe(
    `insert into upload_findings (organisation_id, upload_id, line, n, column_name, code, severity, value)
     select $1, $2, f.line, f.n, null, f.code, f.severity, f.value from json_to_recordset($3::text::json) as
       f(line bigint, n integer, code text, severity text, value text) on conflict do nothing`,
    [ref.organisationId, ref.uploadId, JSON.stringify(found)],
  );
}

/** A day's value from this number on, given rows that begin (+1) and rows that end (-1) with it. */
const moveDays = `
  shares as (
    select m.metric, d.day::date as day, c.currency, sum(c.sign * cost_share(c.amount, c.end_day - c.start_day + 1,
        d.day::date = c.end_day, cost_digits(c.currency))) as delta
    from changed as c
      cross join lateral generate_series(c.start_day::timestamp, c.end_day::timestamp, interval '1 day') as d (day)
      cross join lateral (select 'cost_' || c.cost_type as metric union all select 'cost_ad_spend' where c.is_ad_spend) as m
    where c.recurrence = 'none' and c.basis = 'total' and c.end_day is not null and c.action = 'upsert'
    group by m.metric, d.day, c.currency
    having sum(c.sign * cost_share(c.amount, c.end_day - c.start_day + 1, d.day::date = c.end_day, cost_digits(c.currency))) <> 0),
  closed as (
    update cost_days as t set until = $3 from shares as s
    where t.organisation_id = $1 and t.datasource_id = $2 and t.metric = s.metric and t.day = s.day and t.currency = s.currency
      and t.since <= $4 and (t.until is null or t.until > $4) and t.until is distinct from $3
    returning t.metric, t.day, t.currency, t.value),
  moved as (
    insert into cost_days as t (organisation_id, datasource_id, metric, day, currency, since, value)
      select $1, $2, s.metric, s.day, s.currency, $3, coalesce(c.value, 0) + s.delta
      from shares as s left join closed as c on c.metric = s.metric and c.day = s.day and c.currency = s.currency
      order by s.metric, s.day, s.currency
    on conflict (organisation_id, datasource_id, metric, day, currency, since) do update
      set value = t.value + excluded.value -- an earlier chunk has closed the day already, so nothing of it is in here twice
    returning 1)`;

/** Of a row, what its days are counted from. */
const columnsOf = (row: string) =>
  ["cost_type", "basis", "amount", "currency", "start_day", "end_day", "recurrence", "is_ad_spend", "action"]
    .map((column) => `${row}.${column}`)
    .join(", ");

const visible = (row: string) => `${row}.since <= $4 and (${row}.until is null or ${row}.until > $4)`;

/** All that the file takes the place of, by days or altogether. True when none is left. */
export async function replaceChunk(deps: LoadDeps, ref: UploadRef, upload: Upload, place: Place): Promise<boolean> {
  const isAll = upload.mode === "replace_all";
  return inImport(deps, ref, upload, async (tx) => {
    const [done] = await tx.unsafe<[{ ended: number; updated: number }]>(
      `with span as (select min(start_day) as low, max(start_day) as high, array_agg(distinct cost_type) as types from cost_rows
         where organisation_id = $1 and datasource_id = $2 and since = $3),
       ended as (
         update cost_rows as c set until = $3 where c.ctid = any(array(select r.ctid from cost_rows as r, span
           where r.organisation_id = $1 and r.datasource_id = $2 and ${visible("r")} and r.until is distinct from $3
             and ($5 or (r.cost_type = any(span.types) and r.start_day between span.low and span.high)) limit ${CHUNK_ROWS}))
         returning c.*),
       changed as (select -1 as sign, ${columnsOf("e")} from ended as e), ${moveDays}
       select (select count(*)::int from ended) as ended,
         (select count(*)::int from ended as e where exists (select from cost_rows as n where n.organisation_id = $1
           and n.datasource_id = $2 and n.since = $3 and n.identity = e.identity)) as updated,
         (select count(*) from moved) as days`,
      [ref.organisationId, ref.datasourceId, upload.version ?? 0, place.head, isAll],
    );
    const before: Counts = { ...NO_COUNTS, ...upload.counts };
    const counts = {
      ...before,
      updated: before.updated + done.updated,
      deleted: before.deleted + done.ended - done.updated,
    };
    const isDone = done.ended === 0;
    await moveUpload(tx, ref, { counts, place: { ...place, step: isDone ? "merge" : "replace" } });
    return isDone;
  });
}

interface Merged {
  last: string | null;
  updated: number;
  deleted: number;
  ignored: number;
  kept: number;
}

const mergeText = `
  with chunk as materialized (
    select r.ctid as self, r.* from cost_rows as r where organisation_id = $1 and datasource_id = $2 and since = $3 and line > $5
      and line <= (select coalesce(max(line), $5) from (select distinct line from cost_rows where organisation_id = $1 and datasource_id = $2
        and since = $3 and line > $5 order by line limit ${CHUNK_LINES}) as l)),
  paired as materialized (
    select n.*, c.at, c.content = n.content and n.action = 'upsert' as is_same
    from chunk as n left join lateral (
      select c.ctid as at, c.content from cost_rows as c where c.organisation_id = $1 and c.datasource_id = $2 and c.identity = n.identity
        and ${visible("c")} and c.until is distinct from $3 offset 0) as c on true),
  ended as (
    update cost_rows as c set until = $3 where c.ctid = any(array(select at from paired where not is_same)) returning c.*),
  needless as (
    delete from cost_rows as r where r.ctid = any(array(select self from paired where action = 'delete' or is_same))),
  kept as (select * from paired where action = 'upsert' and is_same is not true),
  changed as (
    select 1 as sign, ${columnsOf("k")} from kept as k
    union all select -1, ${columnsOf("e")} from ended as e), ${moveDays}
  select (select max(line) from chunk) as last, (select count(*)::int from kept) as kept,
    (select count(*)::int from paired where at is not null and not is_same and action = 'upsert') as updated,
    (select count(*)::int from paired where at is not null and action = 'delete') as deleted,
    (select count(*)::int from paired where is_same or (at is null and action = 'delete')) as ignored,
    (select count(*) from moved) as days`;

/** The next lines of the file; true when there are none left. */
export async function mergeChunk(deps: LoadDeps, ref: UploadRef, upload: Upload, place: Place): Promise<boolean> {
  return inImport(deps, ref, upload, async (tx) => {
    const [merged] = await tx.unsafe<[Merged]>(mergeText, [
      ref.organisationId,
      ref.datasourceId,
      upload.version ?? 0,
      place.head,
      place.line,
    ]);
    const isDone = merged.last === null;
    const before: Counts = { ...NO_COUNTS, ...upload.counts };
    const isReplacing = upload.mode !== "upsert";
    const updated = isReplacing ? 0 : merged.updated;
    const counts = {
      ...before,
      updated: before.updated + updated,
      deleted: before.deleted + merged.deleted,
      ignored: before.ignored + merged.ignored,
      inserted: before.inserted + merged.kept - updated,
    };
    if (isDone && isReplacing) counts.inserted -= counts.updated;
    const next: Place = isDone ? { ...place, step: "ready" } : { ...place, line: Number(merged.last) };
    await moveUpload(tx, ref, { counts, place: next, percent: isDone ? 100 : 95 });
    return isDone;
  });
}

/** One identity twice in the file. Equal: kept once. Two amounts: neither is believed, unless they are to be added up. */
import type { TransactionSql } from "postgres";
import { limitsOf } from "../costs/limits.ts";
import type { LoadDeps } from "../load/contract.ts";
import { FINDINGS_MOST, OF_THE_FILE, PREVIEW_ROWS } from "./land.ts";
import { broughtOf, markIn, moneyIn } from "./control-totals.ts";
import type { Brought } from "./control-totals.ts";
import { changedOf, leftOut } from "./tallies.ts";
import { inImport, moveUpload, NO_COUNTS } from "./upload-row.ts";
import type { Counts, Place, Upload, UploadChange, UploadRef } from "./upload-row.ts";

interface Settled {
  clashes: number;
  /** Lines that are wrong by it and were not before. */
  clash_lines: number;
  same: number;
  /** Warnings on lines that are taken, less those on lines that were and now are wrong. */
  warned: number;
  gone: number;
}

/** So much of what is held against each other is held in memory, the rest on disk. */
const MEMORY = "64MB";

/** Of a large file part of the identities at a time, each with its place. */
export async function settleTwins(deps: LoadDeps, ref: UploadRef, upload: Upload, place: Place): Promise<void> {
  const mayAdd = upload.mapping.answers?.onConflict === "sum";
  const version = upload.version ?? 0;
  const many = Math.max(1, Math.ceil((upload.counts.ok ?? 0) / limitsOf(deps).twinRows));
  const { twins: { part, of: parts } = { part: 0, of: many }, ...rest } = place;
  await inImport(deps, ref, upload, async (tx) => {
    await tx.unsafe("select set_config('work_mem', $1, true)", [MEMORY]);
    const found = await findTwins(tx, ref, { version, mayAdd, range: rangeOf(part, parts) });
    const before: Counts = { ...NO_COUNTS, ...upload.counts };
    const mostFindings = Math.max(0, FINDINGS_MOST - before.errors - before.warnings);
    const settled = found === 0 ? null : await settle(tx, ref, version, mostFindings);
    const counts = {
      ...before,
      ok: before.ok - (settled === null ? 0 : settled.clashes + settled.same),
      errors: before.errors + (settled?.clash_lines ?? 0),
      warnings: before.warnings + (settled?.warned ?? 0),
      ignored: before.ignored + (settled === null ? 0 : settled.gone - settled.clashes),
    };
    const isLast = part + 1 >= parts;
    const takesAway = upload.survey?.mapping.targets.includes("action") === true;
    const mayBeAdSpend = upload.totals.some(({ costType }) => costType === "marketing");
    await moveUpload(tx, ref, {
      counts,
      ...(settled !== null || (isLast && (takesAway || mayBeAdSpend)) ? await whatItBrings(tx, ref, upload) : {}),
      place: isLast
        ? { ...rest, ...upload.survey?.firstRow, step: "quote" }
        : { ...place, twins: { part: part + 1, of: parts } },
    });
  });
}

/** The first of a part's identities and the first behind it. */
type Range = readonly [string | null, string | null];

/** Identities are digests, and so spread evenly. */
function rangeOf(part: number, parts: number): Range {
  const at = (share: number) => {
    const digits = Math.floor(share * 2 ** 32)
      .toString(16)
      .padStart(8, "0");
    return `${digits}-0000-0000-0000-000000000000`;
  };
  return [part === 0 ? null : at(part / parts), part + 1 >= parts ? null : at((part + 1) / parts)];
}

/** Most files hold none, and that is found out by their identities alone. */
async function findTwins(
  tx: TransactionSql,
  ref: UploadRef,
  { version, mayAdd, range }: { version: number; mayAdd: boolean; range: Range },
): Promise<number> {
  const [first, behind] = range;
  await tx.unsafe(
    `create temp table if not exists twins (identity uuid, line bigint, part smallint, amount numeric, kind text) on commit drop`,
  );
  const { count } = await tx.unsafe(
    `insert into twins select identity, (array_agg(line order by line, part))[1], (array_agg(part order by line, part))[1], sum(amount),
       case when count(distinct amount) = 1 and count(distinct action) = 1 then 'same'
         when $4 and bool_and(basis = 'total' and action = 'upsert') then 'add' else 'clash' end
     from cost_rows where organisation_id = $1 and datasource_id = $2 and since = $3
       and identity in (select identity from cost_rows where organisation_id = $1 and datasource_id = $2 and since = $3
         -- Not by the index on identities: the rows are read as they lie.
         and ($5::uuid is null or identity >= $5) is true and ($6::uuid is null or identity < $6) is true
         group by identity having count(*) > 1)
     group by identity`,
    [ref.organisationId, ref.datasourceId, version, mayAdd, first, behind],
  );
  return count;
}

async function settle(tx: TransactionSql, ref: UploadRef, version: number, mostFindings: number): Promise<Settled> {
  await tx.unsafe(
    `with added as (
       update cost_rows as r set amount = t.amount, content = md5(replace(r.content::text, '-', '') || t.amount)::uuid from twins as t
       where t.kind = 'add' and r.organisation_id = $1 and r.datasource_id = $2 and r.since = $3 and r.line = t.line and r.part = t.part
       returning r.since, r.cost_type, r.currency, old.amount - new.amount as amount, ${markIn("old.content")} - ${markIn("new.content")} as mark)
     ${changedOf("added")}`,
    [ref.organisationId, ref.datasourceId, version],
  );
  const [settled] = await tx.unsafe<[Settled]>(
    `with gone as (
       delete from cost_rows as r using twins as t
       where r.organisation_id = $1 and r.datasource_id = $2 and r.since = $3 and r.identity = t.identity
         and (t.kind = 'clash' or (r.line, r.part) <> (t.line, t.part))
       returning r.line, r.part, t.kind, r.amount, r.basis, r.since, r.cost_type, r.currency, r.content),
     ${leftOut("gone")},
     known as (select f.line, f.severity from upload_findings as f
       where f.organisation_id = $1 and f.upload_id = $4 and f.n < ${OF_THE_FILE} and f.line in (select line from gone where kind <> 'add')),
     wrong as (select distinct line from gone where kind = 'clash' except select line from known where severity = 'error'),
     noted as (
       insert into upload_findings (organisation_id, upload_id, line, n, column_name, code, severity, value)
       select $1, $4, g.line, 100 + g.part, null,
         case g.kind when 'clash' then 'E_DUP_CONFLICT' else 'W_DUP_IDENTICAL' end, case g.kind when 'clash' then 'error' else 'warning' end,
         g.amount::text
       from gone as g where g.kind <> 'add' order by g.line, g.part limit $5 on conflict do nothing)
     select count(*)::int as gone, count(*) filter (where kind = 'clash')::int as clashes, count(*) filter (where kind = 'same')::int as same,
       (select count(*) from wrong)::int as clash_lines,
       (count(*) filter (where kind = 'same' and line not in (select line from wrong union all select line from known where severity = 'error'))
         - (select count(*) from known join wrong using (line) where severity = 'warning'))::int as warned from gone`,
    [ref.organisationId, ref.datasourceId, version, ref.uploadId, mostFindings],
  );
  return settled;
}

/** Its sums, and its first rows, without what was left out and without what it takes away from the costs that stand. */
async function whatItBrings(
  tx: TransactionSql,
  ref: UploadRef,
  { version, totals }: Upload,
): Promise<Pick<UploadChange, "totals" | "preview">> {
  const ids = [ref.organisationId, ref.datasourceId, version] as const;
  const brought = await tx.unsafe<Brought[]>(
    `select cost_type as "costType", currency::text as currency, trim_scale(sum(${moneyIn("r")}))::text as amount, count(*)::float8 as count,
       trim_scale(nullif(sum(${moneyIn("r")}) filter (where is_ad_spend), 0))::text as "adSpend"
     from cost_rows as r where organisation_id = $1 and datasource_id = $2 and since = $3 and action = 'upsert' group by 1, 2`,
    [...ids],
  );
  const preview = await tx.unsafe<object[]>(
    `select line::float8 as line, cost_type as "costType", basis, trim_scale(amount)::text as amount, currency::text as currency,
       start_day::text as "startDay", end_day::text as "endDay", recurrence, is_ad_spend as "isAdSpend", coalesce(sku, variant_id, product_id, order_id, name, '') as about
     from cost_rows as r where organisation_id = $1 and datasource_id = $2 and since = $3 and action = 'upsert' order by r.line, part limit ${PREVIEW_ROWS}`,
    [...ids],
  );
  return { totals: broughtOf(totals, brought), preview: [...preview] };
}

/**
 * Rows of a file land under their upload's number, above everything that stands, so no reader sees them. A chunk, its
 * findings, its sums and the place to go on at are one transaction: killed anywhere, the next attempt goes on there.
 */
import type { TransactionSql } from "postgres";
import { severityOf } from "../costs/codes.ts";
import type { Finding } from "../costs/codes.ts";
import { LIMITS } from "../costs/limits.ts";
import type { CostLimits } from "../costs/limits.ts";
import { addAmounts } from "../costs/numbers.ts";
import { costChunks } from "../costs/reading.ts";
import type { ReadChunk, ReadLine } from "../costs/reading.ts";
import type { CostRow } from "../costs/rows.ts";
import type { Survey } from "../costs/survey.ts";
import type { LoadDeps } from "../load/contract.ts";
import { announce } from "../load/notifier.ts";
import { brandGround } from "./brand.ts";
import { openUpload } from "./upload-file.ts";
import { inImport, moveUpload, NO_COUNTS } from "./upload-row.ts";
import type { Counts, Place, Total, Upload, UploadRef } from "./upload-row.ts";

export const CHUNK_RECORDS = 2_000;
const PREVIEW_ROWS = 50;
/** Beyond it a report helps nobody; errors go on being counted. */
const FINDINGS_MOST = 200_000;

export interface Landing {
  readonly signal: AbortSignal;
  readonly beat: (rows: number) => void;
  readonly isSpent: () => boolean;
}

/** True when the whole file has landed. */
export async function landFile(
  deps: LoadDeps,
  ref: UploadRef,
  upload: Upload,
  survey: Survey,
  place: Place,
  landing: Landing,
): Promise<boolean> {
  const brand = brandGround(upload.brand_currency, upload.brand_zone);
  const limits = deps.costLimits ?? LIMITS;
  const ground = { survey, brand, answers: upload.mapping.answers ?? {}, limits };
  let counts: Counts = { ...NO_COUNTS, ...upload.counts };
  let totals = upload.totals;
  let at = place;
  const from = { offset: place.offset, line: place.line };
  for await (const chunk of ahead(costChunks(openUpload(deps, upload), ground, from, CHUNK_RECORDS))) {
    landing.signal.throwIfAborted();
    counts = counted(counts, chunk);
    totals = summed(totals, chunk);
    const next = { ...place, ...chunk.next };
    await landChunk(deps, ref, { ...upload, place: at }, survey, next, chunk, { counts, totals }, limits);
    at = next;
    landing.beat(counts.rows);
    announce(deps.sql, ref);
    if (landing.isSpent()) return false;
  }
  // What landed is new to the planner; without this it would look each row up by walking all of them.
  await deps.sql.unsafe("analyze cost_rows");
  const last = { ...upload, place: at };
  await inImport(deps, ref, last, (tx) =>
    moveUpload(tx, ref, { place: { ...place, step: "twins", offset: 0, line: 0 } }),
  );
  return true;
}

/** The next one is read while this one is written: two are held, never more. */
async function* ahead(chunks: AsyncGenerator<ReadChunk>): AsyncGenerator<ReadChunk> {
  const next = () => {
    const coming = chunks.next();
    coming.catch(() => undefined); // awaited below; until then its failure belongs to nobody
    return coming;
  };
  try {
    for (let coming = next(); ;) {
      const { done, value } = await coming;
      if (done === true) return;
      coming = next();
      yield value;
    }
  } finally {
    await chunks.return(undefined);
  }
}

const isBad = (line: ReadLine): boolean => line.findings.some(({ code }) => severityOf(code) === "error");

function counted(before: Counts, { lines }: ReadChunk): Counts {
  const errors = lines.filter(isBad).length;
  const warnings = lines.reduce(
    (sum, line) => sum + line.findings.filter(({ code }) => severityOf(code) === "warning").length,
    0,
  );
  const ok = lines.reduce((sum, line) => sum + line.rows.length, 0);
  return {
    ...before,
    rows: before.rows + lines.length,
    ok: before.ok + ok,
    errors: before.errors + errors,
    warnings: before.warnings + warnings,
  };
}

/** Control totals of what can be taken, exact, by type and currency. */
function summed(before: readonly Total[], { lines }: ReadChunk): Total[] {
  const sums = new Map(before.map((total) => [`${total.costType} ${total.currency}`, total]));
  for (const { rows } of lines)
    for (const { costType, currency, amount } of rows) {
      const key = `${costType} ${currency}`;
      const known = sums.get(key) ?? { costType, currency, amount: "0", count: 0 };
      sums.set(key, { ...known, amount: addAmounts(known.amount, amount), count: known.count + 1 });
    }
  return [...sums.values()];
}

async function landChunk(
  deps: LoadDeps,
  ref: UploadRef,
  upload: Upload,
  survey: Survey,
  place: Place,
  chunk: ReadChunk,
  { counts, totals }: { counts: Counts; totals: Total[] },
  limits: CostLimits,
): Promise<void> {
  const done = Math.min(90, Math.floor((90 * counts.rows) / Math.max(1, Math.min(survey.rows, limits.rows))));
  await inImport(deps, ref, upload, async (tx) => {
    await insertRows(
      tx,
      ref,
      upload.version ?? 0,
      chunk.lines.flatMap(({ rows }) => rows),
    );
    if (counts.errors + counts.warnings <= FINDINGS_MOST) await insertFindings(tx, ref, chunk.lines);
    const isFirst = counts.rows === chunk.lines.length;
    const preview = isFirst
      ? { preview: chunk.lines.flatMap(({ rows }) => rows.map(shown)).slice(0, PREVIEW_ROWS) }
      : {};
    await moveUpload(tx, ref, { place, counts, totals, percent: done, ...preview });
  });
}

const shown = (row: CostRow) => ({
  line: row.line,
  costType: row.costType,
  basis: row.basis,
  amount: row.amount,
  currency: row.currency,
  startDay: row.startDay,
  endDay: row.endDay,
  recurrence: row.recurrence,
  about: row.sku ?? row.variantId ?? row.productId ?? row.orderId ?? row.dimensions.name ?? "",
});

const rowColumns = `line bigint, part smallint, identity text, content text, cost_type text, basis text, amount numeric, currency char(3),
  start_day date, end_day date, recurrence text, is_ad_spend boolean, applies_to text, action text, cost_id text, sku text, variant_id text,
  product_id text, order_id text, channel text, country text, payment_gateway text, campaign text, vendor text, category text, name text,
  note text, extra jsonb`;
const columnNames = rowColumns
  .split(",")
  .map((column) => column.trim().split(" ")[0])
  .join(", ");

async function insertRows(
  tx: TransactionSql,
  ref: UploadRef,
  version: number,
  rows: readonly CostRow[],
): Promise<void> {
  if (rows.length === 0) return;
  const json = JSON.stringify(rows.map(stored));
  await tx.unsafe(
    `insert into cost_rows (organisation_id, datasource_id, since, ${columnNames})
     select $1, $2, $3, r.* from json_to_recordset($4::text::json) as r(${rowColumns})
     on conflict do nothing`,
    [ref.organisationId, ref.datasourceId, version, json],
    { prepare: true },
  );
}

const stored = (row: CostRow) => ({
  line: row.line,
  part: row.part,
  identity: row.identity,
  content: row.content,
  cost_type: row.costType,
  basis: row.basis,
  amount: row.amount,
  currency: row.currency,
  start_day: row.startDay,
  end_day: row.endDay,
  recurrence: row.recurrence,
  is_ad_spend: row.isAdSpend,
  applies_to: row.appliesTo,
  action: row.action,
  cost_id: row.costId,
  sku: row.sku,
  variant_id: row.variantId,
  product_id: row.productId,
  order_id: row.orderId,
  ...row.dimensions,
  extra: row.extra,
});

/** The record itself stands beside its first error: the report repeats it. */
async function insertFindings(tx: TransactionSql, ref: UploadRef, lines: readonly ReadLine[]): Promise<void> {
  const found = lines.flatMap((line) => {
    const firstError = line.findings.findIndex(({ code }) => severityOf(code) === "error");
    return line.findings.map((one, n) => ({ ...storedFinding(one, n), cells: n === firstError ? line.cells : null }));
  });
  await writeFindings(tx, ref, found);
}

export const storedFinding = ({ line, column, code, value }: Finding, n: number) => ({
  line,
  n,
  column_name: column,
  code,
  severity: severityOf(code),
  value: value.replaceAll("\0", ""),
});

export async function writeFindings(
  tx: TransactionSql,
  ref: UploadRef,
  found: readonly (ReturnType<typeof storedFinding> & { readonly cells?: readonly string[] | null })[],
): Promise<void> {
  if (found.length === 0) return;
  await tx.unsafe(
    `insert into upload_findings (organisation_id, upload_id, line, n, column_name, code, severity, value, cells)
     select $1, $2, f.* from json_to_recordset($3::text::json) as
       f(line bigint, n integer, column_name text, code text, severity text, value text, cells jsonb)
     on conflict do nothing`,
    [ref.organisationId, ref.uploadId, JSON.stringify(found).replaceAll("\\u0000", "")],
    { prepare: true },
  );
}

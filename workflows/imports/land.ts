/**
 * Rows of a file land under their upload's number, above everything that stands, so no reader sees them. A chunk, its
 * findings, its sums and the place to go on at are one transaction: killed anywhere, the next attempt goes on there.
 * While one chunk is put in order and committed, the next is written beside it; they are committed in the file's order.
 */
import type { TransactionSql } from "postgres";
import { severityOf } from "../costs/codes.ts";
import type { Finding } from "../costs/codes.ts";
import { limitsOf } from "../costs/limits.ts";
import type { CostLimits } from "../costs/limits.ts";
import type { ReadChunk, ReadLine } from "../costs/reading.ts";
import type { CsvPlace } from "../costs/records.ts";
import type { CostRow } from "../costs/rows.ts";
import type { Survey } from "../costs/survey.ts";
import type { LoadDeps } from "../load/contract.ts";
import { inOrganisation } from "../load/fence.ts";
import { announce } from "../load/notifier.ts";
import { ControlTotals } from "./control-totals.ts";
import { copyPlan, copyRows } from "./copy-rows.ts";
import type { CopyPlan } from "./copy-rows.ts";
import { chunksOf } from "./upload-chunks.ts";
import { holdUpload, inImport, moveUpload, NO_COUNTS } from "./upload-row.ts";
import type { Counts, Place, Total, Upload, UploadRef } from "./upload-row.ts";

export const PREVIEW_ROWS = 50;
/** Beyond it a report helps nobody; errors go on being counted. */
export const FINDINGS_MOST = 200_000;
/** From this number on, what is found of the file stands beside what is found of the row on the same line. */
export const OF_THE_FILE = 1_000;

/** Who waits for it, and when to stop. */
export interface Watch {
  readonly signal: AbortSignal;
  readonly beat: (rows: number) => void;
  readonly isSpent: () => boolean;
}

export interface Landing {
  readonly deps: LoadDeps;
  readonly ref: UploadRef;
  readonly upload: Upload;
  readonly survey: Survey;
  readonly place: Place;
  readonly watch: Watch;
}

interface Ground extends Landing {
  readonly limits: CostLimits;
  readonly plan: CopyPlan;
}

/** True when the whole file has landed. */
export async function landFile(landing: Landing): Promise<boolean> {
  const { deps, ref, upload, survey, place } = landing;
  const at = await landAll({ ...landing, limits: limitsOf(deps), plan: copyPlan(survey.mapping.targets) });
  if (at === null) return false;
  // What landed is new to the planner; without this it would look each row up by walking all of them.
  await deps.sql.unsafe("analyze cost_rows");
  const last = { ...upload, place: at };
  await inImport(deps, ref, last, (tx) =>
    moveUpload(tx, ref, { place: { ...place, step: "twins", offset: 0, line: 0 } }),
  );
  return true;
}

const LANES = 2;

/** The place behind the last chunk; null where the call's time was over before. Nothing is under way when it ends. */
async function landAll(ground: Ground): Promise<Place | null> {
  const { place, watch } = ground;
  let at: Place | null = place;
  const under: Promise<void>[] = [];
  const begin = async (batch: Batch, from: Place, next: Place): Promise<void> => {
    const committed = landBatch(ground, { batch, from, next, before: under.at(-1) });
    committed.catch(() => undefined); // awaited below; until then its failure belongs to nobody
    under.push(committed);
    await under.at(-LANES);
  };
  try {
    for await (const batch of ahead(batchesOf(ground))) {
      watch.signal.throwIfAborted();
      const next: Place = { ...place, ...batch.next };
      await begin(batch, at, next);
      at = next;
      watch.beat(batch.counts.rows);
      announce(ground.deps.sql, ground.ref);
      if (!watch.isSpent()) continue;
      at = null;
      break;
    }
  } finally {
    await Promise.allSettled(under.slice(-LANES));
  }
  await under.at(-1);
  return at;
}

/** The next one is read while those before it are written. */
async function* ahead<T>(parts: AsyncGenerator<T>): AsyncGenerator<T> {
  const next = () => {
    const coming = parts.next();
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
    await parts.return(undefined);
  }
}

/** What becomes one transaction. */
interface Batch {
  readonly pieces: Buffer[];
  readonly lines: ReadLine[];
  preview: readonly object[] | null;
  counts: Counts;
  totals: readonly Total[];
  next: CsvPlace;
}

const BATCH_BYTES = 4 * 1024 * 1024;

async function* batchesOf(ground: Ground): AsyncGenerator<Batch> {
  const { upload, limits, plan, place: from } = ground;
  const totals = new ControlTotals(upload.totals);
  let counts: Counts = { ...NO_COUNTS, ...upload.counts };
  let batch: Batch | null = null;
  let [rows, bytes] = [0, 0];
  for await (const chunk of chunksOf(ground, from)) {
    const isFirst = counts.rows === 0;
    counts = counted(counts, chunk);
    batch ??= { pieces: [], lines: [], preview: null, counts, totals: [], next: from };
    if (isFirst) batch.preview = chunk.lines.flatMap((line) => line.rows.map(shown)).slice(0, PREVIEW_ROWS);
    const copied: string[] = [];
    for (const line of chunk.lines) {
      if (line.findings.length > 0) batch.lines.push(line);
      for (const row of line.rows) {
        totals.add(row);
        copied.push(plan.lineOf(row));
      }
      rows += 1;
    }
    const piece = Buffer.from(copied.map((line) => `${line}\n`).join(""));
    if (piece.length > 0) batch.pieces.push(piece);
    bytes += piece.length;
    [batch.counts, batch.next] = [counts, chunk.next];
    if (rows < limits.chunkRows && bytes < BATCH_BYTES) continue;
    yield { ...batch, totals: totals.all() };
    [batch, rows, bytes] = [null, 0, 0];
  }
  if (batch !== null) yield { ...batch, totals: totals.all() };
}

/** Each row once, by what decides over it: wrong, without an amount, or taken; warnings only of what is not wrong already. */
function counted(before: Counts, { lines }: ReadChunk): Counts {
  let { ok, errors, empty, warnings } = before;
  for (const { rows, findings } of lines) {
    ok += rows.length;
    if (findings.length === 0) continue;
    const wrong = findings.filter(({ code }) => severityOf(code) === "error").length;
    if (wrong > 0) errors += 1;
    else if (rows.length === 0) {
      empty += 1;
      warnings += 1;
    } else warnings += findings.length;
  }
  return { ...before, rows: before.rows + lines.length, ok, errors, empty, warnings };
}

interface Step {
  readonly batch: Batch;
  readonly from: Place;
  readonly next: Place;
  readonly before: Promise<void> | undefined;
}

/** Written beside the one before it; what is held against others comes last, once that one is committed. */
async function landBatch(
  { deps, ref, upload, survey, limits, plan }: Ground,
  { batch, from, next, before }: Step,
): Promise<void> {
  const { counts, totals, preview } = batch;
  const done = Math.min(90, Math.floor((90 * counts.rows) / Math.max(1, Math.min(survey.rows, limits.rows))));
  await inOrganisation(deps.sql, ref, async (tx) => {
    await copyRows(tx, ref, { version: upload.version ?? 0, plan, pieces: batch.pieces });
    await before;
    await holdUpload(tx, ref, { ...upload, place: from });
    if (counts.errors + counts.warnings <= FINDINGS_MOST) await insertFindings(tx, ref, batch.lines);
    await moveUpload(tx, ref, { place: next, counts, totals, percent: done, ...(preview === null ? {} : { preview }) });
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
  isAdSpend: row.isAdSpend,
  about: row.sku ?? row.variantId ?? row.productId ?? row.orderId ?? row.dimensions.name ?? "",
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

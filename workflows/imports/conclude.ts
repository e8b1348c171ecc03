/** What becomes of a file that is prepared: taken, shown to a person, held, or refused. Pure but for the writing. */
import type { TransactionSql } from "postgres";
import type { LoadDeps } from "../load/contract.ts";
import { comparedTotals } from "../costs/expected.ts";
import type { Target } from "../costs/vocabulary.ts";
import { addAmounts, fromMillionths, toMillionths } from "../costs/numbers.ts";
import { asInFile } from "./control-totals.ts";
import { announceAndSettle, inImport, moveUpload, NO_COUNTS, say } from "./upload-row.ts";
import type { Counts, Upload, UploadRef } from "./upload-row.ts";

export type Verdict =
  | { readonly kind: "commit" }
  | { readonly kind: "ask" | "hold" | "discard" | "reject"; readonly code: string };

const BAD_SHARE_MOST = 0.05;
const BAD_ROWS_MOST = 1_000;

/** A person decides by looking; what nobody looks at is taken only where little is wrong and nothing is replaced by it. */
export function verdictOn(upload: Upload, standing: number): Verdict {
  const counts: Counts = { ...NO_COUNTS, ...upload.counts };
  const { confirm, mode, asked } = upload;
  const wait = (code: string): Verdict => ({ kind: confirm.unattended === true ? "hold" : "ask", code });
  const questions = upload.survey?.questions ?? [];
  // Before it is answered no total has a type, and nothing can be taken.
  if (!upload.dry_run && questions.some(({ kind }) => kind === "costType")) return wait("questions");
  if (counts.ok === 0) return { kind: "reject", code: "nothing" };
  if (upload.dry_run) return { kind: "discard", code: "dryRun" };
  if (asked !== "commit") return { kind: "ask", code: questions.length > 0 ? "questions" : "ready" };
  if (confirm.unattended === true && questions.length > 0) return wait("questions");
  if (mode === "replace_all" && confirm.replaceAll !== true) return wait("replaceAll");
  if (counts.errors > 0 && !mayLeaveOut(upload, counts)) return wait("badRows");
  const gaps = comparedTotals(upload.expected, upload.totals).filter(({ difference }) => difference !== "0");
  if (gaps.length > 0 && confirm.otherTotal !== true) return wait("totalDiffers");
  const brings = counts.inserted + counts.updated + counts.ignored;
  if (mode === "replace_all" && brings * 2 < standing && confirm.again !== true) return wait("replaceAllShrinks");
  return { kind: "commit" };
}

function mayLeaveOut({ mode, confirm }: Upload, { errors, rows }: Counts): boolean {
  if (mode !== "upsert") return false;
  if (confirm.unattended === true) return errors <= BAD_ROWS_MOST && errors <= rows * BAD_SHARE_MOST;
  return confirm.goodRowsOnly === true;
}

const STATE = { ask: "needs_confirmation", hold: "held", discard: "discarded", reject: "rejected" } as const;

export async function settle(
  deps: LoadDeps,
  ref: UploadRef,
  upload: Upload,
  verdict: Exclude<Verdict, { kind: "commit" }>,
): Promise<void> {
  await inImport(deps, ref, upload, async (tx) => {
    const isEnd = verdict.kind === "discard" || verdict.kind === "reject";
    const reason = verdict.code === "ready" ? null : { code: verdict.code };
    await moveUpload(tx, ref, {
      state: STATE[verdict.kind],
      reason,
      asked: null,
      percent: 100,
      ...(isEnd ? { settled_at: new Date() } : {}),
    });
    if (verdict.kind === "hold" || verdict.kind === "reject")
      await say(tx, ref, `upload.${verdict.kind === "hold" ? "held" : "rejected"}`, { code: verdict.code });
    await announceAndSettle(tx, ref, verdict.kind === "reject" ? "failed" : "done", verdict.code);
  });
}

/** The total that the file itself gives, against the sum of what was read of it. */
export function totalDiffers({ survey, totals }: Upload): string | null {
  const total = survey?.total ?? null;
  if (total === null || new Set(totals.map(({ currency }) => currency)).size > 1) return null;
  const sum = asInFile(totals).reduce((so, { amount }) => addAmounts(so, amount), "0");
  const gap = toMillionths(total) - toMillionths(sum);
  return gap === 0n ? null : fromMillionths(gap);
}

const NAMED_MOST = 500;

/** SKUs and orders that nothing here is called by yet: kept, and applied once they appear. Only where there is something to compare with. */
export async function noteUnknown(tx: TransactionSql, ref: UploadRef, upload: Upload): Promise<number> {
  const { version } = upload;
  const { count } = await tx.unsafe(
    `insert into upload_findings (organisation_id, upload_id, line, n, column_name, code, severity, value)
     select $1, $3, min(r.line), 1000000, $5, 'W_SKU_UNKNOWN', 'warning', left(r.sku, 80) from cost_rows as r
     where r.organisation_id = $1 and r.datasource_id = $2 and r.since = $4 and r.sku is not null
       and exists (select from variants where organisation_id = $1)
       and not exists (select from variants as v where v.organisation_id = $1 and lower(v.sku) = lower(r.sku) and v.deleted_at is null)
     group by r.sku order by 3 limit ${NAMED_MOST} on conflict do nothing`,
    [ref.organisationId, ref.datasourceId, ref.uploadId, version, headerOf(upload, "sku")],
  );
  const orders = await tx.unsafe(
    `insert into upload_findings (organisation_id, upload_id, line, n, column_name, code, severity, value)
     select $1, $3, min(r.line), 1000001, $5, 'W_ORDER_UNKNOWN', 'warning', left(r.order_id, 80) from cost_rows as r
     where r.organisation_id = $1 and r.datasource_id = $2 and r.since = $4 and r.order_id is not null
       and exists (select from orders where organisation_id = $1)
       and not exists (select from orders as o where o.organisation_id = $1
         and (o.id = r.order_id or lower(ltrim(o.name, '#')) = lower(r.order_id)) and o.deleted_at is null)
     group by r.order_id order by 3 limit ${NAMED_MOST} on conflict do nothing`,
    [ref.organisationId, ref.datasourceId, ref.uploadId, version, headerOf(upload, "order_id")],
  );
  return count + orders.count;
}

/** Of what it changes: those whose numbers were calculated anew with it. */
export async function countAdSpend(tx: TransactionSql, ref: UploadRef, { version }: Upload): Promise<number> {
  const one = "select count(*) from cost_rows where organisation_id = $1 and datasource_id = $2 and is_ad_spend and";
  const [found] = await tx.unsafe<[{ rows: number }]>(
    `select ((${one} since = $3) + (${one} until = $3))::float8 as rows`,
    [ref.organisationId, ref.datasourceId, version],
  );
  return found.rows;
}

/** What the file calls it. */
const headerOf = ({ survey }: Upload, target: Target): string =>
  survey?.headers[survey.mapping.targets.indexOf(target)] ?? target;

/** What could not be stored, or not exactly as it came, with its reason and its bytes. Support replays it; nothing is lost. */
import type { DatasourceId, OrganisationId, AccountId, RunId } from "@headwater/db";
import type { RecordKind } from "@headwater/connectors/records.ts";
import type { TransactionSql } from "postgres";
import type { QuarantinedRecord } from "./batch.ts";
import { layoutByKind } from "./kinds.ts";

export interface QuarantineContext {
  run: { organisationId: OrganisationId; datasourceId: DatasourceId; runId: RunId };
  owner: { accountId: AccountId };
  stream: string;
}

/** 12 columns leave room for 5,400 rows a statement; a thousand keeps one statement under the driver's buffers. */
const ROWS_PER_STATEMENT = 1_000;

export async function keepAside(
  tx: TransactionSql,
  { run, owner, stream }: QuarantineContext,
  records: readonly QuarantinedRecord[],
): Promise<void> {
  for (let at = 0; at < records.length; at += ROWS_PER_STATEMENT) {
    const rows = records.slice(at, at + ROWS_PER_STATEMENT).map((record) => ({
      organisation_id: run.organisationId,
      datasource_id: run.datasourceId,
      account_id: owner.accountId,
      run_id: run.runId,
      stream,
      kind: record.kind,
      source_id: record.sourceId?.slice(0, 400) ?? null,
      reason: record.reason,
      detail: record.detail,
      document: record.document,
    }));
    // Read again, a poison record takes the place of its earlier reading, and stands since that one: an overlap must not pile it up.
    const earlier = await tx.unsafe<{ source_id: string; reason: string; at: Date }[]>(
      `delete from quarantine where organisation_id = $1 and datasource_id = $2 and stream = $3
         and (source_id, reason) in (select * from unnest($4::text[], $5::text[])) returning source_id, reason, at`,
      [run.organisationId, run.datasourceId, stream, rows.map((row) => row.source_id), rows.map((row) => row.reason)],
      { prepare: true },
    );
    await tx`insert into quarantine ${tx(rows)}`;
    if (earlier.length > 0)
      await tx.unsafe(
        `update quarantine as q set at = e.at from jsonb_to_recordset($4::jsonb) as e(source_id text, reason text, at timestamptz)
           where q.organisation_id = $1 and q.datasource_id = $2 and q.stream = $3 and (q.source_id, q.reason) = (e.source_id, e.reason)`,
        [run.organisationId, run.datasourceId, stream, earlier.map((row) => ({ ...row }))],
        { prepare: true },
      );
  }
}

/**
 * What stands in this connection's stages was mapped: an earlier refusal of the same object is over. Before `keepAside`,
 * which writes down again what is still not exactly as it came. Where nothing was refused, one look into an empty index.
 */
export async function heal(
  tx: TransactionSql,
  { run }: Pick<QuarantineContext, "run">,
  kinds: readonly RecordKind[],
): Promise<void> {
  if (kinds.length === 0) return;
  const mapped = kinds.map(
    (kind) => `(q.kind = '${kind}' and q.source_id in (select id from stage_${layoutByKind[kind].table}))`,
  );
  await tx.unsafe(
    `delete from quarantine as q where q.organisation_id = $1 and q.datasource_id = $2 and (${mapped.join(" or ")})`,
    [run.organisationId, run.datasourceId],
    { prepare: true },
  );
}

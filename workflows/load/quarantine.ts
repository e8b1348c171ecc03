/** What could not be stored, or not exactly as it came, with its reason and its bytes. Support replays it; nothing is lost. */
import { createHash } from "node:crypto";
import type { DatasourceId, OrganisationId, AccountId, RunId } from "@headwater/db";
import type { RecordKind, WholeDays } from "@headwater/connectors/records.ts";
import type { TransactionSql } from "postgres";
import { TEXT_REPLACED, type QuarantinedRecord } from "./batch.ts";
import { layoutByKind } from "./kinds.ts";

export interface QuarantineContext {
  run: { organisationId: OrganisationId; datasourceId: DatasourceId; runId: RunId };
  owner: { accountId: AccountId };
  stream: string;
}

/** 13 columns leave room for 5,000 rows a statement; a thousand keeps one statement under the driver's buffers. */
const ROWS_PER_STATEMENT = 1_000;

interface Earlier {
  readonly name: string;
  readonly kind: string;
  readonly reason: string;
  readonly at: Date;
}

/** As its row is named. */
const nameOf = ({ sourceId, document }: QuarantinedRecord): string =>
  sourceId?.slice(0, 400) ?? createHash("sha256").update(document).digest("hex");

/**
 * Read again, a poison record takes the place of its earlier reading, whatever was wrong with that: an overlap must not pile it up.
 * Each is looked for by itself (`offset 0`): by a table that has just grown a planner would rather read all that stands.
 */
const takeEarlier = (
  tx: TransactionSql,
  { run, stream }: QuarantineContext,
  records: readonly QuarantinedRecord[],
): Promise<Earlier[]> =>
  tx.unsafe<Earlier[]>(
    `delete from quarantine where organisation_id = $1 and id = any(array(
       select stood.id from unnest($4::text[], $5::text[], $6::text[]) as came(name, kind, is_text)
       cross join lateral (select q.id from quarantine as q
         where q.organisation_id = $1 and q.datasource_id = $2 and q.stream = $3 and q.name = came.name and q.kind = came.kind
           and (q.reason = '${TEXT_REPLACED}')::text = came.is_text offset 0) as stood))
     returning name, kind, reason, at`,
    [
      run.organisationId,
      run.datasourceId,
      stream,
      records.map(nameOf),
      records.map(({ kind }) => kind),
      records.map(({ reason }) => String(reason === TEXT_REPLACED)),
    ],
    { prepare: true },
  );

/** Refused again for the same, it stands since it was refused first. */
function sinceOf(record: QuarantinedRecord, earlier: readonly Earlier[] | undefined): Date | null {
  const same = (earlier ?? []).filter(({ kind, reason }) => kind === record.kind && reason === record.reason);
  return same.length === 0 ? null : new Date(Math.min(...same.map(({ at }) => at.getTime())));
}

export async function keepAside(
  tx: TransactionSql,
  context: QuarantineContext,
  records: readonly QuarantinedRecord[],
): Promise<void> {
  const { run, owner, stream } = context;
  for (let from = 0; from < records.length; from += ROWS_PER_STATEMENT) {
    const some = records.slice(from, from + ROWS_PER_STATEMENT);
    const earlier = Map.groupBy(await takeEarlier(tx, context, some), ({ name }) => name);
    const [{ now }] = await tx<[{ now: Date }]>`select now()`;
    const rows = some.map((record) => ({
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
      at: sinceOf(record, earlier.get(nameOf(record))) ?? now,
    }));
    await tx`insert into quarantine ${tx(rows)}`;
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

/**
 * Days that a stream gave whole leave nothing of its own refused of them that went by their name: `nameOfDays` in
 * `connectors/records.ts`. Another may call its parts the same.
 */
export async function healDays(
  tx: TransactionSql,
  { run, stream }: Pick<QuarantineContext, "run" | "stream">,
  { kind, part, from, until }: WholeDays,
): Promise<void> {
  await tx.unsafe(
    `delete from quarantine where organisation_id = $1 and datasource_id = $2 and stream = $3 and kind = $4
       and split_part(source_id, chr(31), 1) = 'days' and split_part(source_id, chr(31), 2) = $5
       and split_part(source_id, chr(31), 3) >= $6 and split_part(source_id, chr(31), 4) <= $7`,
    [run.organisationId, run.datasourceId, stream, kind, part, from, until],
    { prepare: true },
  );
}

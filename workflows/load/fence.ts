/**
 * Whether a run may still write is read first in each of its transactions, and once more with the datasource row locked
 * just before it saves its place: after a disconnect or pause has committed, no row follows. The lock is held for the
 * last milliseconds only; held for a whole batch, share locks beside each other would keep every command waiting.
 */
import type { RecordKind } from "@headwater/connectors/records.ts";
import type { Sql, TransactionSql } from "postgres";
import type { DatasourceRef } from "./contract.ts";
import { createStages, stagesFor } from "./merge.ts";
import type { FencedBy } from "./outcome.ts";

export class Fenced extends Error {
  override readonly name = "Fenced";
  readonly by: FencedBy;
  readonly intentVersion: number;
  constructor(by: FencedBy, intentVersion: number) {
    super(`fenced by ${by}`);
    this.by = by;
    this.intentVersion = intentVersion;
  }
}

export interface FenceRow {
  generation: number;
  intent_version: number;
  is_disconnected: boolean;
  is_paused: boolean;
  is_held: boolean;
  auth: string;
}

/** A hold stands on the datasource, its organisation, its platform or everything (the last two under the nil organisation). */
const heldExpression = `exists (select 1 from holds as h where h.released_at is null and (h.until is null or h.until > now())
  and ((h.organisation_id = d.organisation_id and (h.scope = 'organisation' or h.datasource_id = d.id))
    or (h.organisation_id = '00000000-0000-0000-0000-000000000000' and (h.scope = 'all' or h.platform = d.platform))))`;

export const fenceColumns = `d.generation, d.intent_version, d.disconnected_at is not null as is_disconnected,
  d.user_paused_at is not null and (d.user_paused_until is null or d.user_paused_until > now()) as is_paused,
  ${heldExpression} as is_held, d.auth`;

const fenceText = `select ${fenceColumns} from datasources as d where d.organisation_id = $1 and d.id = $2`;

/** Null: nothing forbids it. */
export function fencedBy(row: FenceRow | undefined, generation: number): FencedBy | null {
  if (row === undefined) return "missing";
  if (row.is_disconnected) return "disconnected";
  if (row.generation !== generation) return "generation";
  if (row.is_paused) return "paused";
  if (row.is_held) return "hold";
  return row.auth === "ok" ? null : "credential";
}

/** Locks the row against whoever would change it, and looks again. From here to the commit there is little left to do. */
export async function lockFence(tx: TransactionSql, ref: DatasourceRef): Promise<FenceRow> {
  const [row] = await tx.unsafe<[FenceRow?]>(`${fenceText} for share of d`, [ref.organisationId, ref.datasourceId], {
    prepare: true,
  });
  return allowed(row, ref);
}

function allowed(row: FenceRow | undefined, ref: DatasourceRef): FenceRow {
  const forbids = fencedBy(row, ref.generation);
  if (row === undefined || forbids !== null) throw new Fenced(forbids ?? "missing", row?.intent_version ?? 0);
  return row;
}

/** The settings travel with the fence in one write to the socket. A plan that walks a whole record table is never right here. */
async function passFence(tx: TransactionSql, ref: DatasourceRef, kinds: readonly RecordKind[]): Promise<FenceRow> {
  const [[setting], [row]] = await Promise.all([
    tx.unsafe<[{ missing: string[] }]>(
      `select set_config('app.tenant', $1, true), set_config('enable_seqscan', 'off', true),
        array(select n from unnest($2::text[]) as n where to_regclass('pg_temp.' || n) is null) as missing`,
      [ref.organisationId, stagesFor(kinds)],
      { prepare: true },
    ),
    tx.unsafe<[FenceRow?]>(fenceText, [ref.organisationId, ref.datasourceId], { prepare: true }),
  ]);
  const passed = allowed(row, ref);
  if (setting.missing.length > 0) await tx.unsafe(createStages(setting.missing)).simple();
  return passed;
}

/** One transaction inside the datasource's organisation. What writes calls `lockFence` before it saves its place. */
export async function fenced<T>(
  sql: Sql,
  ref: DatasourceRef,
  kinds: readonly RecordKind[],
  work: (tx: TransactionSql) => Promise<T>,
): Promise<T> {
  const { value } = await sql.begin(async (tx) => {
    await passFence(tx, ref, kinds);
    return { value: await work(tx) };
  });
  return value;
}

/** One transaction inside the organisation with no fence: for what must also happen to a paused or ended datasource. */
export async function inOrganisation<T>(
  sql: Sql,
  ref: Pick<DatasourceRef, "organisationId">,
  work: (tx: TransactionSql) => Promise<T>,
): Promise<T> {
  const { value } = await sql.begin(async (tx) => {
    await tx.unsafe("select set_config('app.tenant', $1, true)", [ref.organisationId], { prepare: true });
    return { value: await work(tx) };
  });
  return value;
}

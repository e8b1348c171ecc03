/** Deletes what an ended datasource brought in, 5,000 rows a call, unless another datasource still reads that account. */
import type { AccountId } from "@headwater/db";
import type { TransactionSql } from "postgres";
import type { DatasourceRef, LoadDeps } from "./contract.ts";
import { inOrganisation } from "./fence.ts";
import { eraseCosts } from "../imports/erase-costs.ts";
import { kindsInOrder, layoutByKind } from "./kinds.ts";

const ROWS_MAX = 5_000;
const ofAccount = [
  "rollups",
  "order_costs",
  "store_cost_marks",
  "first_orders",
  "restatements",
  ...kindsInOrder.map((kind) => layoutByKind[kind].table),
];
const ofDatasource = ["quarantine", "run_attempts", "checkpoints", "progress", "spot_checks", "account_candidates"];

/** Early: by the database's clock, which decides of the undo as well, it has not lapsed yet. */
export async function purgeBatch(
  deps: LoadDeps,
  ref: DatasourceRef,
): Promise<{ kind: "done" | "more" | "early"; rows: number }> {
  return inOrganisation(deps.sql, ref, async (tx) => {
    const [row] = await tx.unsafe<[{ account_id: AccountId | null; is_ended: boolean; is_early: boolean }?]>(
      `select account_id, disconnected_at is not null and generation = $3 as is_ended, coalesce(undo_until > now(), false) as is_early
       from datasources where organisation_id = $1 and id = $2 for update`,
      [ref.organisationId, ref.datasourceId, ref.generation],
    );
    if (row === undefined || !row.is_ended) return { kind: "done" as const, rows: 0 };
    if (row.is_early) return { kind: "early" as const, rows: 0 };
    await tx.unsafe(
      `delete from stage_aside where slice_id in (select id from slices where organisation_id = $1 and datasource_id = $2)`,
      [ref.organisationId, ref.datasourceId],
    );
    let left = ROWS_MAX;
    for (const table of ofDatasource)
      left -= await erase(tx, { table, key: "datasource_id", ids: [ref.organisationId, ref.datasourceId] }, left);
    left -= await eraseCosts(deps, tx, ref, left);
    if (row.account_id !== null && !(await isReadByOthers(tx, ref, row.account_id))) {
      await setApart(tx, ref, row.account_id);
      for (const table of ofAccount)
        left -= await erase(tx, { table, key: "account_id", ids: [ref.organisationId, row.account_id] }, left);
    }
    return { kind: left > 0 ? ("done" as const) : ("more" as const), rows: ROWS_MAX - left };
  });
}

/** Asked once the account is held: whoever connects it just now holds it until that is written. */
async function isReadByOthers(tx: TransactionSql, ref: DatasourceRef, accountId: AccountId): Promise<boolean> {
  await tx.unsafe(`select 1 from accounts where organisation_id = $1 and id = $2 for no key update`, [
    ref.organisationId,
    accountId,
  ]);
  const [other] = await tx.unsafe(
    `select 1 from datasources where organisation_id = $1 and account_id = $2 and id <> $3 and disconnected_at is null limit 1`,
    [ref.organisationId, accountId, ref.datasourceId],
  );
  return other !== undefined;
}

/** Whoever connects the same shop while this goes on gets an account of their own, never one that is half deleted. */
async function setApart(tx: TransactionSql, ref: DatasourceRef, accountId: AccountId): Promise<void> {
  await tx.unsafe(
    `update accounts set external_id = 'purged:' || id, name = '', domain = null, details = '{}'
     where organisation_id = $1 and id = $2 and external_id not like 'purged:%'`,
    [ref.organisationId, accountId],
  );
}

async function erase(
  tx: TransactionSql,
  { table, key, ids }: { table: string; key: "datasource_id" | "account_id"; ids: [string, string] },
  most: number,
): Promise<number> {
  if (most <= 0) return 0;
  const { count } = await tx.unsafe(
    `delete from ${table} where ctid = any(array(select ctid from ${table} where organisation_id = $1 and ${key} = $2 limit ${most}))`,
    ids,
  );
  return count;
}

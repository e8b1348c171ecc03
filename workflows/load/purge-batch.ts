/** Deletes what an ended datasource brought in, 5,000 rows a call, unless another datasource still reads that account. */
import type { AccountId } from "@headwater/db";
import { ACCOUNT_IS_READ_ON } from "@headwater/db/read-on.ts";
import { ROWS_HELD } from "@headwater/db/rows-held.ts";
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
  deps: Pick<LoadDeps, "sql" | "uploadsFolder">,
  ref: DatasourceRef,
): Promise<{ kind: "done" | "more" | "early"; rows: number }> {
  return inOrganisation(deps.sql, ref, async (tx) => {
    const onAccount = await lockEnded(tx, ref);
    const [row] = await tx.unsafe<[{ account_id: AccountId | null; is_ended: boolean; is_early: boolean }?]>(
      `select account_id, disconnected_at is not null and generation = $3 as is_ended, coalesce(undo_until > now(), false) as is_early
       from datasources where organisation_id = $1 and id = $2`,
      [ref.organisationId, ref.datasourceId, ref.generation],
    );
    if (row === undefined || !row.is_ended) return { kind: "done" as const, rows: 0 };
    if (row.is_early) return { kind: "early" as const, rows: 0 };
    const isShared = row.account_id !== null && (await isReadByOthers(tx, ref, row.account_id));
    const ended = isShared ? [ref.datasourceId] : onAccount;
    await remember(tx, ref);
    const { rows, kind } = await eraseSome(deps, tx, ref, { accountId: row.account_id, isShared, ended });
    if (kind !== "more") {
      await say(tx, ref, kind);
      await noteDeleted(tx, ref, ended);
    }
    return { kind: kind === "more" ? ("more" as const) : ("done" as const), rows };
  });
}

/** What became of it, once nothing is left: all of it, or what was its own alone where another datasource reads the account. */
type Erased = "all" | "own";

async function eraseSome(
  deps: Pick<LoadDeps, "sql" | "uploadsFolder">,
  tx: TransactionSql,
  ref: DatasourceRef,
  { accountId, isShared, ended }: { accountId: AccountId | null; isShared: boolean; ended: readonly string[] },
): Promise<{ kind: Erased | "more"; rows: number }> {
  await tx.unsafe(
    `delete from stage_aside where slice_id in (select id from slices where organisation_id = $1 and datasource_id = any($2::uuid[]))`,
    [ref.organisationId, ended],
  );
  let left = ROWS_MAX;
  for (const id of ended)
    for (const table of ofDatasource)
      left -= await erase(tx, { table, key: "datasource_id", ids: [ref.organisationId, id] }, left);
  const costs = await eraseCosts(deps, tx, ref, left);
  left -= costs.rows;
  if (accountId !== null && !isShared) {
    await setApart(tx, ref, accountId);
    for (const table of ofAccount)
      left -= await erase(tx, { table, key: "account_id", ids: [ref.organisationId, accountId] }, left);
  }
  const kind = isShared ? "own" : "all";
  return { kind: left > 0 && costs.isAll ? kind : "more", rows: ROWS_MAX - left };
}

/** What a deletion began with stands where the streams keep their places; no stream has this name. */
const PLACE = "deletion";

/** The rows that whoever chose it was told of: what was worked out from them goes too, and is no news. */
async function remember(tx: TransactionSql, ref: DatasourceRef): Promise<void> {
  await tx.unsafe(
    `insert into checkpoints (organisation_id, datasource_id, stream, cursor)
     select organisation_id, id, '${PLACE}', jsonb_build_object('rows', ${ROWS_HELD})
     from datasources where organisation_id = $1 and id = $2
     on conflict do nothing`,
    [ref.organisationId, ref.datasourceId],
  );
}

/** Once for each deletion, in the transaction that leaves nothing: asked again, it finds that it was said. */
async function say(
  tx: TransactionSql,
  { organisationId, datasourceId, generation }: DatasourceRef,
  kind: Erased,
): Promise<void> {
  const [place] = await tx.unsafe<[{ rows: string }?]>(
    `delete from checkpoints where organisation_id = $1 and datasource_id = $2 and stream = '${PLACE}' returning cursor->>'rows' as rows`,
    [organisationId, datasourceId],
  );
  const detail = kind === "all" ? { kind, rows: Number(place?.rows ?? 0) } : { kind };
  const told = await tx.unsafe(
    `select append_audit('{"kind":"system","name":"engine"}', 'dataDeleted', 'datasource', $2::uuid::text, $2::uuid, null, $3::text::jsonb),
       announce_change($2::uuid)
     where not exists (select 1 from audit_log where organisation_id = $1 and datasource_id = $2::uuid and verb = 'dataDeleted'
       and after->'generation' = to_jsonb($4::int))`,
    [organisationId, datasourceId, JSON.stringify({ ...detail, generation }), generation],
  );
  if (told.count > 0) await tellWhoAsked(tx, { organisationId, datasourceId }, detail);
}

/** What went along with it says so too, save what was to be deleted by itself: that tells its own end. */
const noteDeleted = (tx: TransactionSql, { organisationId, datasourceId }: DatasourceRef, ended: readonly string[]) =>
  tx.unsafe(
    `with gone as (
       update datasources set data_deleted_at = now()
       where organisation_id = $1 and id = any($3::uuid[]) and data_deleted_at is null returning id, delete_data)
     select append_audit('{"kind":"system","name":"engine"}', 'dataDeleted', 'datasource', id::text, id, null, '{"kind":"along"}'),
       announce_change(id)
     from gone where id <> $2 and not delete_data`,
    [organisationId, datasourceId, ended],
  );

/** In the bell of whoever wanted it deleted: a person, for nobody else has one. */
async function tellWhoAsked(
  tx: TransactionSql,
  { organisationId, datasourceId }: Pick<DatasourceRef, "organisationId" | "datasourceId">,
  detail: { readonly kind: Erased; readonly rows?: number },
): Promise<void> {
  await tx.unsafe(
    `insert into notices (organisation_id, datasource_id, kind, for_user, detail)
     select organisation_id, id, 'dataDeleted', (by->>'userId')::uuid, $3::text::jsonb
     from datasources, coalesce(delete_data_by, disconnected_by) as by
     where organisation_id = $1 and id = $2 and by->>'kind' = 'person'
     on conflict (organisation_id, datasource_id, kind) where resolved_at is null
       do update set for_user = excluded.for_user, detail = excluded.detail, last_at = now()`,
    [organisationId, datasourceId, JSON.stringify(detail)],
  );
}

/** Asked once the account is held: whoever connects it just now holds it until that is written. */
async function isReadByOthers(tx: TransactionSql, ref: DatasourceRef, accountId: AccountId): Promise<boolean> {
  await tx.unsafe(`select 1 from accounts where organisation_id = $1 and id = $2 for no key update`, [
    ref.organisationId,
    accountId,
  ]);
  const read = await tx.unsafe(
    `select 1 from datasources where organisation_id = $1 and id = $2 and ${ACCOUNT_IS_READ_ON}`,
    [ref.organisationId, ref.datasourceId],
  );
  return read.length > 0;
}

/**
 * It and whatever had kept its account before, which has nothing left to keep then: by their ids and before anything else, as
 * everybody locks several of them. An undo of one that is under way is waited for.
 */
async function lockEnded(tx: TransactionSql, ref: DatasourceRef): Promise<string[]> {
  const ended = await tx.unsafe<{ id: string }[]>(
    `select id from datasources where organisation_id = $1 and disconnected_at is not null
       and (id = $2 or account_id = (select account_id from datasources where organisation_id = $1 and id = $2))
     order by id for no key update`,
    [ref.organisationId, ref.datasourceId],
  );
  return ended.map(({ id }) => id);
}

/** Whoever connects the same shop while this goes on gets an account of their own, never one that is half deleted. */
async function setApart(tx: TransactionSql, ref: DatasourceRef, accountId: AccountId): Promise<void> {
  await tx.unsafe(
    `update accounts set external_id = 'purged:' || id, name = '', domain = null, details = '{}'
     where organisation_id = $1 and id = $2 and external_id not like 'purged:%'`,
    [ref.organisationId, accountId],
  );
}

/** The place of this deletion is no row of theirs. */
async function erase(
  tx: TransactionSql,
  { table, key, ids }: { table: string; key: "datasource_id" | "account_id"; ids: [string, string] },
  most: number,
): Promise<number> {
  if (most <= 0) return 0;
  const but = table === "checkpoints" ? ` and stream <> '${PLACE}'` : "";
  const { count } = await tx.unsafe(
    `delete from ${table} where ctid = any(array(select ctid from ${table} where organisation_id = $1 and ${key} = $2${but} limit ${most}))`,
    ids,
  );
  return count;
}

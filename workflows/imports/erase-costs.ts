/**
 * Costs that a merchant asked to have deleted, and files that are too old to keep. A file goes before the row that names
 * it: killed in between, the row is still there to find the rest by.
 */
import { rm } from "node:fs/promises";
import { uploadId } from "@headwater/db";
import type { TransactionSql } from "postgres";
import type { DatasourceRef, LoadDeps } from "../load/contract.ts";
import { uploadPath } from "./upload-file.ts";

const FILES_A_CALL = 200;
/** Children before those that they name; what cascades is small by then. */
const TABLES = [
  "cost_rows",
  "cost_days",
  "cost_recurring",
  "cost_tallies",
  "cost_left_out",
  "cost_mappings",
  "cost_books",
];

/** At most so many rows of an ended datasource, and whether that was all there was. */
export async function eraseCosts(
  deps: Pick<LoadDeps, "uploadsFolder">,
  tx: TransactionSql,
  ref: Pick<DatasourceRef, "organisationId" | "datasourceId">,
  most: number,
): Promise<{ rows: number; isAll: boolean }> {
  const ids = [ref.organisationId, ref.datasourceId] as const;
  await eraseSecrets(tx, ids);
  let left = most - (await eraseSome(tx, ids, findings, most));
  for (const table of TABLES) left -= await eraseSome(tx, ids, ofDatasource(table), left);
  const uploads = await eraseUploads(deps, tx, ids, left);
  left -= uploads;
  if (uploads === FILES_A_CALL) return { rows: most - left, isAll: false };
  left -= await eraseSome(tx, ids, feedFiles, left);
  left -= await eraseSome(tx, ids, ofDatasource("cost_feeds"), left);
  return { rows: most - left, isAll: left > 0 };
}

type Ids = readonly [string, string];

const ofDatasource = (table: string) =>
  `delete from ${table} where ctid = any(array(select ctid from ${table} where organisation_id = $1 and datasource_id = $2 limit $3))`;
const findings = `
  delete from upload_findings where ctid = any(array(select f.ctid from uploads as u
    join upload_findings as f on f.organisation_id = u.organisation_id and f.upload_id = u.id
    where u.organisation_id = $1 and u.datasource_id = $2 limit $3))`;
const feedFiles = `
  delete from feed_files where ctid = any(array(select f.ctid from cost_feeds as c
    join feed_files as f on f.organisation_id = c.organisation_id and f.feed_id = c.id
    where c.organisation_id = $1 and c.datasource_id = $2 limit $3))`;

async function eraseSome(tx: TransactionSql, ids: Ids, text: string, most: number): Promise<number> {
  if (most <= 0) return 0;
  const { count } = await tx.unsafe(text, [...ids, most]);
  return count;
}

/** A feed's grant has no datasource to be ended with. */
async function eraseSecrets(tx: TransactionSql, ids: Ids): Promise<void> {
  await tx.unsafe(
    `update credentials as c set sealed = null, wrapped_key = null, erased_at = coalesce(c.erased_at, now())
     from cost_feeds as f where f.organisation_id = $1 and f.datasource_id = $2 and c.organisation_id = $1
       and c.grant_id = f.grant_id and (c.sealed is not null or c.wrapped_key is not null)`,
    [...ids],
  );
  await tx.unsafe(
    `update grants as g set ended_at = now(), credential_id = null, candidate_credential_id = null, version = g.version + 1
     from cost_feeds as f where f.organisation_id = $1 and f.datasource_id = $2 and g.organisation_id = $1
       and g.id = f.grant_id and g.ended_at is null`,
    [...ids],
  );
}

async function eraseUploads(
  deps: Pick<LoadDeps, "uploadsFolder">,
  tx: TransactionSql,
  ids: Ids,
  most: number,
): Promise<number> {
  if (most <= 0) return 0;
  const found = await tx.unsafe<{ id: string }[]>(
    "select id from uploads where organisation_id = $1 and datasource_id = $2 limit $3",
    [...ids, Math.min(most, FILES_A_CALL)],
  );
  const uploads = found.map(({ id }) => id);
  await removeFiles(deps.uploadsFolder, uploads);
  await tx.unsafe("delete from uploads where organisation_id = $1 and id = any($2::uuid[])", [ids[0], uploads]);
  return uploads.length;
}

/** Idempotent; a folder that was never made holds nothing. */
export async function removeFiles(folder: string | undefined, uploads: readonly string[]): Promise<void> {
  if (folder === undefined) return;
  await Promise.all(uploads.map((id) => rm(uploadPath(folder, uploadId(id)), { force: true })));
}

/** The moment a file counts, or no longer does: one number is moved, and everyone sees all of it or nothing. */
import { runId } from "@headwater/db";
import type { TransactionSql } from "postgres";
import { headerMark } from "../costs/mapping.ts";
import type { LoadDeps } from "../load/contract.ts";
import { FIRST_FILE } from "./feed-rows.ts";
import { announceAndSettle, inImport, moveUpload, NO_COUNTS, say } from "./upload-row.ts";
import type { Counts, Upload, UploadRef } from "./upload-row.ts";

/** False where something else was committed since it was prepared: then it has to be prepared anew. */
export async function commitUpload(deps: LoadDeps, ref: UploadRef, upload: Upload): Promise<boolean> {
  const { version, place } = upload;
  if (version === null || place === null) return false;
  return inImport(deps, ref, upload, async (tx) => {
    const [moved] = await tx.unsafe(
      `update cost_books set head = $3 where organisation_id = $1 and datasource_id = $2 and head = $4 and last_version = $3 returning head`,
      [ref.organisationId, ref.datasourceId, version, place.head],
    );
    if (moved === undefined) return false;
    const counts: Counts = { ...NO_COUNTS, ...upload.counts };
    await moveUpload(tx, ref, {
      state: "committed",
      reason: null,
      asked: null,
      previous: place.head,
      place: null,
      percent: 100,
      settled_at: new Date(),
    });
    await keepMapping(tx, ref, upload);
    await closeImport(tx, ref, { n: version, state: "succeeded", counts });
    await tx.unsafe(
      `update datasources set last_success_at = now(), last_attempt_at = now(), first_numbers_at = coalesce(first_numbers_at, now()),
         complete_through = now() where organisation_id = $1 and id = $2`,
      [ref.organisationId, ref.datasourceId],
    );
    // What waited behind a feed's first file comes with the next wake.
    await tx.unsafe(
      `update cost_feeds set due_at = now(), reason = null where organisation_id = $1 and id = $2 and removed_at is null
         and reason->>'code' = '${FIRST_FILE}'`,
      [ref.organisationId, upload.feed_id],
    );
    await say(tx, ref, "upload.committed", { mode: upload.mode, inserted: counts.inserted, updated: counts.updated });
    await announceAndSettle(tx, ref, "done", "committed");
    return true;
  });
}

/** The next file that looks the same is read the same way, whoever brings it. */
async function keepMapping(tx: TransactionSql, ref: UploadRef, { mapping, survey }: Upload): Promise<void> {
  const { corrections: _ofThisFile, ...kept } = mapping;
  if (survey === null || Object.keys(kept).length === 0) return;
  await tx.unsafe(
    `insert into cost_mappings (organisation_id, datasource_id, header_mark, mapping) values ($1, $2, $3, $4::text::jsonb)
     on conflict (organisation_id, datasource_id, header_mark) do update set mapping = excluded.mapping, saved_at = now()`,
    [ref.organisationId, ref.datasourceId, headerMark(survey.headers), JSON.stringify(kept)],
  );
}

/** In the list of runs like any other pass over a datasource, from when it was last asked for: before that it may have waited for a person. */
export async function closeImport(
  tx: TransactionSql,
  ref: UploadRef,
  { n, state, counts }: { n: number; state: "succeeded" | "failed"; counts: Counts },
): Promise<void> {
  await tx.unsafe(
    `insert into runs (organisation_id, id, datasource_id, kind, n, state, started_at, finished_at, read, merged, unchanged, rejected, written, outcome)
     select $1, $3, $2, 'import', $4, $5, least(coalesce(u.asked_at, u.received_at, u.created_at), now()), now(), $6, $7, $8, $9, $7, jsonb_build_object('upload', u.id)
     from uploads as u where u.organisation_id = $1 and u.id = $10
     on conflict (organisation_id, id) do nothing`,
    [
      ref.organisationId,
      ref.datasourceId,
      runId(ref.datasourceId, "import", n),
      n,
      state,
      counts.rows,
      counts.inserted + counts.updated,
      counts.ignored + counts.empty,
      counts.errors,
      ref.uploadId,
    ],
  );
}

const TWENTY = 20;

/**
 * Back to the number before it. It and every later one no longer count; what they wrote lies above and is cleaned later. Where one
 * has been taken since it was asked for, nothing is undone: nobody was told that it would go.
 */
export async function undoUpload(deps: LoadDeps, ref: UploadRef, upload: Upload): Promise<void> {
  await inImport(deps, ref, upload, async (tx) => {
    const undone = await tx.unsafe<{ id: string }[]>(
      `with book as (select head from cost_books where organisation_id = $1 and datasource_id = $2 for update),
       chain as (select id, version, previous, row_number() over (order by version desc) as place from uploads, book
         where organisation_id = $1 and datasource_id = $2 and state = 'committed' and version <= book.head),
       target as (select version, previous from chain as t where id = $3 and place <= ${TWENTY}
         and not exists (select from chain as c where c.version > t.version and c.id <> all ($4::uuid[]))),
       moved as (update cost_books as b set head = t.previous from target as t where b.organisation_id = $1 and b.datasource_id = $2),
       prepared as (update uploads as u set place = null from target where u.organisation_id = $1 and u.datasource_id = $2
         and u.state <> 'committed' and u.place is not null)
       update uploads as u set state = 'undone', asked = null, settled_at = now() from target as t
       where u.organisation_id = $1 and u.datasource_id = $2 and u.state = 'committed' and u.version >= t.version returning u.id`,
      [ref.organisationId, ref.datasourceId, ref.uploadId, upload.confirm.undoTakes ?? null],
    );
    if (undone.length === 0) await moveUpload(tx, ref, { asked: null });
    else {
      await reachOfFiles(tx, ref);
      await say(tx, ref, "upload.undone", { uploads: undone.length, version: upload.version });
    }
    await announceAndSettle(
      tx,
      ref,
      undone.length === 0 ? "refused" : "done",
      undone.length === 0 ? "notNow" : "undone",
    );
  });
}

/** As the last file that still counts left it; as before any where none does. */
async function reachOfFiles(tx: TransactionSql, ref: UploadRef): Promise<void> {
  await tx.unsafe(
    `update datasources as d set last_success_at = left_at, complete_through = left_at,
       first_numbers_at = case when left_at is not null then d.first_numbers_at end
     from (select max(settled_at) as left_at from uploads
       where organisation_id = $1 and datasource_id = $2 and state = 'committed') as files
     where d.organisation_id = $1 and d.id = $2`,
    [ref.organisationId, ref.datasourceId],
  );
}

/**
 * Rows that contradict each other were good ones until they met, and nothing of how they stood in the file was kept. They are
 * looked up there once more, so that the report repeats them like every other wrong row. Killed, it goes on at its place.
 */
import type { TransactionSql } from "postgres";
import { limitsOf } from "../costs/limits.ts";
import { inOrganisation } from "../load/fence.ts";
import type { Landing } from "./land.ts";
import { chunksOf } from "./upload-chunks.ts";
import { inImport, moveUpload } from "./upload-row.ts";
import type { Place, UploadRef } from "./upload-row.ts";

interface Quoted {
  readonly line: number;
  readonly cells: readonly string[];
}

const QUOTED_AT_ONCE = 1_000;

export async function quoteTwins(landing: Landing): Promise<void> {
  const { deps, ref, upload, place, watch } = landing;
  const lines = await clashingLines(landing);
  const last = lines.at(-1) ?? 0;
  const wanted = new Set(lines);
  const { notedBytes } = limitsOf(deps);
  let at = place;
  let found: Quoted[] = [];
  const note = async (next: Place): Promise<void> => {
    const [from, quoted] = [at, found];
    [at, found] = [next, []];
    await inImport(deps, ref, { ...upload, place: from }, async (tx) => {
      await quote(tx, ref, quoted);
      await moveUpload(tx, ref, { place: next });
    });
  };
  if (lines.length > 0)
    for await (const chunk of chunksOf(landing, place)) {
      watch.signal.throwIfAborted();
      for (const { line, cells } of chunk.lines) if (wanted.has(line)) found.push({ line, cells });
      watch.beat(upload.counts.rows ?? 0);
      if (chunk.next.line > last) break;
      if (found.length < QUOTED_AT_ONCE && chunk.next.offset - at.offset < notedBytes) continue;
      await note({ ...place, ...chunk.next });
      if (watch.isSpent()) return;
    }
  await note({ ...place, step: upload.mode === "upsert" ? "merge" : "replace", offset: 0, line: 0 });
}

const clashingLines = ({ deps, ref, place }: Landing): Promise<number[]> =>
  inOrganisation(deps.sql, ref, async (tx) => {
    const rows = await tx.unsafe<{ line: string }[]>(
      `select distinct line from upload_findings where organisation_id = $1 and upload_id = $2 and code = 'E_DUP_CONFLICT'
         and line >= $3 order by line`,
      [ref.organisationId, ref.uploadId, place.line],
    );
    return rows.map(({ line }) => Number(line));
  });

const quote = (tx: TransactionSql, ref: UploadRef, quoted: readonly Quoted[]) =>
  tx.unsafe(
    `update upload_findings as f set cells = q.cells from json_to_recordset($3::text::json) as q(line bigint, cells jsonb)
     where f.organisation_id = $1 and f.upload_id = $2 and f.line = q.line and f.code = 'E_DUP_CONFLICT'`,
    [ref.organisationId, ref.uploadId, JSON.stringify(quoted).replaceAll("\\u0000", "")],
  );

/** What an SFTP feed has seen and taken, by name: size, time and hash, so that nothing is imported twice or half written. */
import type { RemoteFile } from "@headwater/connectors/custom-costs/sftp-folder.ts";
import type { TransactionSql } from "postgres";
import type { DatasourceRef } from "../load/contract.ts";
import type { Feed } from "./feed-rows.ts";
import { isProven } from "./take-in.ts";

/** Nothing of size or time moves for so long, by two looks of ours: the server's clock proves nothing. */
const STILL = "60 seconds";
/** So old, no clock is wrong enough, and one look will do. */
const OLD = "1 day";

export interface ComingFile extends RemoteFile {
  /** It may be taken. */
  readonly isStill: boolean;
  /** Of the form that was taken last under this name. */
  readonly sha256: string | null;
}

export interface FolderLook {
  /** Those that were not taken as they are now, oldest first. */
  readonly coming: ComingFile[];
  /** When the first of those that may still be written can be looked at again. */
  readonly stillAt: Date | null;
  /** A file of this feed was committed: nobody needs to look at the next ones. */
  readonly isProven: boolean;
  /** Its first file waits for somebody to look at it. */
  readonly isWaiting: boolean;
}

interface Seen {
  name: string;
  is_still: boolean;
  still_at: Date;
  sha256: string | null;
}

export async function readComing(
  tx: TransactionSql,
  ref: DatasourceRef,
  feed: Feed,
  files: readonly RemoteFile[],
): Promise<FolderLook> {
  const given = JSON.stringify(files.map(({ name, size, modifiedAt }) => ({ name, size, modified_at: modifiedAt })));
  await tx.unsafe(
    `insert into feed_files as f (organisation_id, feed_id, name, size, modified_at, taken_at)
       select $1, $2, g.name, g.size, g.modified_at, null
       from json_to_recordset($3::text::json) as g(name text, size bigint, modified_at timestamptz)
     on conflict (organisation_id, feed_id, name) do update
       set size = excluded.size, modified_at = excluded.modified_at, seen_at = now(), taken_at = null
       where (f.size, f.modified_at) is distinct from (excluded.size, excluded.modified_at)`,
    [ref.organisationId, feed.id, given],
  );
  const seen = await tx.unsafe<Seen[]>(
    `select f.name, f.sha256, f.seen_at + '${STILL}'::interval as still_at,
       f.seen_at <= now() - '${STILL}'::interval or f.modified_at <= now() - '${OLD}'::interval as is_still
     from feed_files as f join json_to_recordset($3::text::json) as g(name text) on g.name = f.name
     where f.organisation_id = $1 and f.feed_id = $2 and f.taken_at is null`,
    [ref.organisationId, feed.id, given],
  );
  const byName = new Map(seen.map((one) => [one.name, one]));
  const coming = files.flatMap((file) => {
    const one = byName.get(file.name);
    return one === undefined ? [] : [{ ...file, isStill: one.is_still, sha256: one.sha256 }];
  });
  const moving = seen.filter((one) => !one.is_still).map((one) => one.still_at.getTime());
  const proven = await isProven(tx, ref, feed);
  return {
    coming,
    stillAt: moving.length === 0 ? null : new Date(Math.min(...moving) + 1_000),
    isProven: proven,
    isWaiting: !proven && (await hasWaiting(tx, ref, feed)),
  };
}

async function hasWaiting(tx: TransactionSql, ref: DatasourceRef, feed: Feed): Promise<boolean> {
  const [found] = await tx.unsafe(
    `select 1 from uploads where organisation_id = $1 and feed_id = $2
       and state in ('received', 'validating', 'needs_confirmation', 'held') limit 1`,
    [ref.organisationId, feed.id],
  );
  return found !== undefined;
}

/** In this very form; one that has changed meanwhile is seen as new by the next look. */
export async function wasTaken(
  tx: TransactionSql,
  { ref, feed }: { readonly ref: DatasourceRef; readonly feed: Feed },
  file: RemoteFile,
  sha256: string,
): Promise<void> {
  await tx.unsafe(
    `update feed_files set taken_at = now(), sha256 = $6 where organisation_id = $1 and feed_id = $2 and name = $3
       and size = $4 and modified_at = $5`,
    [ref.organisationId, feed.id, file.name, file.size, file.modifiedAt, sha256],
  );
}

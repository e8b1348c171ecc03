/**
 * A file that was pulled, on its way in: sealed as it comes, and put in line as an upload where the importer finds it. May
 * be killed anywhere: a file without its row is half a file and swept away.
 */
import { createHash, randomUUID } from "node:crypto";
import { mkdir, open as openFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { publicKeyOf, sealFrames, uploadId, writeSealed } from "@headwater/db";
import type { SealedFile } from "@headwater/db";
import type { TransactionSql } from "postgres";
import { safeFileName } from "../costs/hygiene.ts";
import type { DatasourceRef, LoadDeps, RunRef, WorkOptions } from "../load/contract.ts";
import { inOrganisation } from "../load/fence.ts";
import type { CallsLedger } from "../source/calls-ledger.ts";
import { lockFeed } from "./feed-rows.ts";
import type { Feed } from "./feed-rows.ts";
import type { PullHistory } from "./pull-history.ts";
import { uploadPath } from "./upload-file.ts";
import { passImportFence, say } from "./upload-row.ts";

/** One feed, asked in one run. */
export interface Pull {
  readonly deps: LoadDeps;
  readonly run: RunRef;
  readonly feed: Feed;
  readonly calls: CallsLedger;
  readonly options: WorkOptions;
  readonly history: PullHistory;
  readonly began: Date;
}

/** In one transaction behind the fence; nothing is written of a feed that a person changed meanwhile. */
export const noted = <T>({ deps, run, feed }: Pull, work: (tx: TransactionSql) => Promise<T>): Promise<T | null> =>
  inOrganisation(deps.sql, run, async (tx) => {
    await passImportFence(tx, run);
    return (await lockFeed(tx, run, feed)) ? work(tx) : null;
  });

export interface Coming {
  readonly filename: string;
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Whether these bytes are what came last from there: then they are nothing new. */
  readonly isKnown: (tx: TransactionSql, came: Came) => Promise<boolean>;
  /** Every file of this feed, or only an earlier one of the same name, makes room for it in the line. */
  readonly replaces: "any" | "sameName";
  /** In the transaction of its row; also where it was nothing new. */
  readonly also: (tx: TransactionSql, came: Came, isNew: boolean) => Promise<void>;
}

export interface Came {
  readonly id: string;
  readonly key: SealedFile;
  readonly filename: string;
  readonly size: number;
  readonly sha256: string;
}

/** True when it is new. The sealed file takes its place within the transaction of its row. */
export async function takeIn(pull: Pull, coming: Coming): Promise<boolean> {
  const { deps, run, options } = pull;
  const id = uploadId(randomUUID());
  const path = uploadPath(deps.uploadsFolder ?? "", id);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const part = join(dirname(path), `${id}.${randomUUID()}.part`);
  const { key, sealed } = sealFrames(publicKeyOf(deps.vaultPrivateKey), {
    organisationId: run.organisationId,
    uploadId: id,
  });
  const file = await openFile(part, "wx", 0o600);
  try {
    const through = counted(coming.bytes, options);
    await writeSealed(file, sealed(through.bytes));
    const isNew = await noted(pull, async (tx) => {
      const came: Came = { id, key, filename: safeFileName(coming.filename), ...through.sums() };
      const isWritten = !(await coming.isKnown(tx, came));
      if (isWritten) {
        await putInLine(tx, pull, came, coming.replaces);
        await rename(part, path);
      }
      await coming.also(tx, came, isWritten);
      return isWritten;
    });
    return isNew === true;
  } finally {
    await rm(part, { force: true });
  }
}

function counted(bytes: AsyncIterable<Uint8Array>, { heartbeat }: WorkOptions) {
  const digest = createHash("sha256");
  let size = 0;
  async function* through(): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      digest.update(chunk);
      size += chunk.length;
      heartbeat({ pages: 0, rows: 0 });
      yield chunk;
    }
  }
  return { bytes: through(), sums: () => ({ size, sha256: digest.digest("hex") }) };
}

/** The same bytes as last time are nothing new, whatever became of them: undone, they are not to come back by themselves. */
export async function isLastOfFeed(tx: TransactionSql, run: DatasourceRef, feed: Feed, came: Came): Promise<boolean> {
  const [last] = await tx.unsafe<[{ sha256: string }?]>(
    "select sha256 from uploads where organisation_id = $1 and feed_id = $2 order by created_at desc, id desc limit 1",
    [run.organisationId, feed.id],
  );
  return last?.sha256 === came.sha256;
}

/** A person looks at a feed's first file; from the first that was committed on, nobody does. */
export async function isProven(tx: TransactionSql, run: DatasourceRef, feed: Feed): Promise<boolean> {
  const [found] = await tx.unsafe(
    "select 1 from uploads where organisation_id = $1 and feed_id = $2 and state = 'committed' limit 1",
    [run.organisationId, feed.id],
  );
  return found !== undefined;
}

async function putInLine(
  tx: TransactionSql,
  { run, feed }: Pull,
  came: Came,
  replaces: Coming["replaces"],
): Promise<void> {
  const known = await isProven(tx, run, feed);
  // The newer one stands for what still waits in line, unless a person has said what is to become of that.
  await tx.unsafe(
    `update uploads set state = 'discarded', reason = '{"code":"superseded"}', asked = null, place = null, settled_at = now()
     where organisation_id = $1 and feed_id = $2 and state in ('received', 'needs_confirmation') and asked_by is null
       and ($3::text is null or filename = $3)`,
    [run.organisationId, feed.id, replaces === "any" ? null : came.filename],
  );
  await tx.unsafe(
    `insert into uploads (organisation_id, id, datasource_id, feed_id, how, filename, by, mode, state, size, sha256, wrapped_key, key_id,
       mapping, asked, asked_at, confirm, received_at, run_id)
     values ($1, $2, $3, $4, $5, $6, '{"kind":"system","name":"engine"}', $7, 'received', $8, $9, $10, $11, $12::text::jsonb, $13, now(),
       $14::text::jsonb, now(), $15)`,
    [
      run.organisationId,
      came.id,
      run.datasourceId,
      feed.id,
      feed.kind,
      came.filename,
      feed.mode,
      came.size,
      came.sha256,
      came.key.wrappedKey,
      came.key.keyId,
      JSON.stringify(feed.mapping),
      known ? "commit" : "prepare",
      JSON.stringify(known ? { unattended: true } : {}),
      run.runId,
    ],
  );
  // The workflow reads again, and finds the file in line.
  await tx.unsafe("update datasources set intent_version = intent_version + 1 where organisation_id = $1 and id = $2", [
    run.organisationId,
    run.datasourceId,
  ]);
  const ref = { ...run, uploadId: uploadId(came.id) };
  const { filename, size, sha256 } = came;
  await say(tx, ref, "upload.received", { feed: feed.id, filename, size, sha256 });
  await tx.unsafe("select announce_change($1::uuid)", [run.datasourceId]);
}

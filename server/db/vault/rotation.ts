// Replacing the vault's key pair while everything runs. The sealed bytes stay; only each data key is wrapped anew.
//   1. write the new private key above the old one in the workers' file, restart them;
//   2. give the API the new public key;
//   3. rotate: wraps redone in batches, then the old pair is retired and seals nothing more;
//   4. take the old private key out of the file.
// `rotate-vault-keys.ts` is the operator's command that takes these steps.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Database } from "../connection.ts";
import { organisationId, type OrganisationId } from "../schema/ids.ts";
import { inTenant } from "../tenant.ts";
import { rewrapFile } from "./frames.ts";
import { readPrivateKeys, readPublicKey, rewrap, VaultError } from "./vault.ts";

const BATCH = 500;

/** A worker calls it before it starts: with the wrong private key it would fail at every datasource, one by one. */
export async function requireVaultKeys(worker: Database, privateKey: string): Promise<void> {
  const ours = readPrivateKeys(privateKey);
  const used = await worker.sql<{ id: string }[]>`select id from vault_keys where retired_at is null`;
  const missing = used.map((row) => row.id).filter((id) => !ours.has(id));
  if (missing.length === 0) return;
  throw new VaultError(
    `credentials are sealed for ${missing.join(", ")}, and the private key file holds ${[...ours.keys()].join(", ")}: ` +
      "give this worker the file that belongs to this database",
  );
}

export interface RotationOptions {
  /** The text of the workers' file: old and new private key. */
  privateKey: string;
  /** The new public key. */
  publicKey: string;
  /** Where files of costs lie, sealed: the keys to them are wrapped anew like the others. */
  uploadsFolder: string;
  batch?: number;
}

export interface Rotated {
  rewrapped: number;
  /** Keys of files that are not in the folder; they stay as they are, and open nothing once the old pair is gone. */
  lost: number;
}

/** Safe to stop and to run again: what is wrapped for the new pair is not touched twice. */
export async function rotateVaultKeys(worker: Database, options: RotationOptions): Promise<Rotated> {
  const { keyId } = readPublicKey(options.publicKey);
  if (!readPrivateKeys(options.privateKey).has(keyId))
    throw new VaultError("the new private key is not in the file yet");
  const rotated: Rotated = { rewrapped: 0, lost: 0 };
  for (const organisation of await organisationsWithSecrets(worker)) {
    for (let done = -1; done !== 0; rotated.rewrapped += done)
      done = await rewrapBatch(worker, organisation, options, keyId);
    const files = await rewrapFiles(worker, organisation, options, keyId);
    rotated.rewrapped += files.rewrapped;
    rotated.lost += files.lost;
  }
  for (let done = -1; done !== 0; rotated.rewrapped += done) done = await rewrapMails(worker, options, keyId);
  await worker.sql`insert into vault_keys (id) values (${keyId}) on conflict (id) do nothing`;
  await worker.sql`update vault_keys set retired_at = now() where id <> ${keyId} and retired_at is null`;
  return rotated;
}

async function organisationsWithSecrets(worker: Database): Promise<OrganisationId[]> {
  const rows = await inTenant(
    worker,
    null,
    (tx) => tx.sql<{ id: string }[]>`
      select organisation_id as id from grants union select organisation_id from datasources order by 1`,
  );
  return rows.map((row) => organisationId(row.id));
}

interface Wrap {
  id: string;
  head: Buffer;
  wrapped_key: Buffer;
  key_id: string;
}

/** Ids and new wraps, as two lists that a statement takes. */
function wrapsOf(rows: readonly Wrap[], { privateKey, publicKey }: RotationOptions) {
  const wraps = rows.map((row) => ({
    id: row.id,
    ...rewrap(privateKey, publicKey, { sealed: row.head, wrappedKey: row.wrapped_key, keyId: row.key_id }),
  }));
  return { ids: wraps.map((wrap) => wrap.id), keys: wraps.map((wrap) => wrap.wrappedKey.toString("hex")) };
}

function rewrapBatch(
  worker: Database,
  organisation: OrganisationId,
  options: RotationOptions,
  keyId: string,
): Promise<number> {
  return inTenant(worker, organisation, async ({ sql }) => {
    const rows = await sql<Wrap[]>`
      select id, substring(sealed for 9) as head, wrapped_key, key_id from credentials
      where organisation_id = ${organisation} and key_id <> ${keyId} and erased_at is null
      order by id limit ${options.batch ?? BATCH} for update`;
    if (rows.length === 0) return 0;
    const { ids, keys } = wrapsOf(rows, options);
    await sql`
      update credentials c set wrapped_key = decode(w.hex, 'hex'), key_id = ${keyId}
      from unnest(${ids}::uuid[], ${keys}::text[]) as w (id, hex)
      where c.organisation_id = ${organisation} and c.id = w.id`;
    return ids.length;
  });
}

/** Those that wait: what was sent holds nothing sealed. They belong to no organisation. */
function rewrapMails(worker: Database, options: RotationOptions, keyId: string): Promise<number> {
  return inTenant(worker, null, async ({ sql }) => {
    const rows = await sql<Wrap[]>`
      select id, substring(sealed for 9) as head, wrapped_key, key_id from mails
      where key_id <> ${keyId} and sealed is not null
      order by id limit ${options.batch ?? BATCH} for update`;
    if (rows.length === 0) return 0;
    const { ids, keys } = wrapsOf(rows, options);
    await sql`
      update mails m set wrapped_key = decode(w.hex, 'hex'), key_id = ${keyId}
      from unnest(${ids}::uuid[], ${keys}::text[]) as w (id, hex) where m.id = w.id`;
    return ids.length;
  });
}

interface FileWrap {
  id: string;
  wrapped_key: Buffer;
  key_id: string;
}

/** One after another, each for itself: which file a key belongs to, only the file's own head says. */
async function rewrapFiles(
  worker: Database,
  organisation: OrganisationId,
  { privateKey, publicKey, uploadsFolder, batch = BATCH }: RotationOptions,
  keyId: string,
): Promise<Rotated> {
  const rotated: Rotated = { rewrapped: 0, lost: 0 };
  const next = (after: string | null) =>
    inTenant(
      worker,
      organisation,
      ({ sql }) => sql<FileWrap[]>`
        select id, wrapped_key, key_id from uploads
        where organisation_id = ${organisation} and key_id <> ${keyId} and wrapped_key is not null
          and (${after}::uuid is null or id > ${after}::uuid)
        order by id limit ${batch}`,
    );
  for (let rows = await next(null); rows.length > 0; rows = await next(rows.at(-1)?.id ?? null)) {
    await stat(uploadsFolder); // a folder that is not there at all is a wrong setting, not a lost file
    for (const row of rows) {
      const key = { wrappedKey: row.wrapped_key, keyId: row.key_id };
      const wrap = await rewrapFile(privateKey, publicKey, { path: join(uploadsFolder, row.id), key });
      if (wrap === null) rotated.lost += 1;
      else if (await keepWrap(worker, organisation, row, { keyId, wrappedKey: wrap.wrappedKey }))
        rotated.rewrapped += 1;
    }
  }
  return rotated;
}

/** Not where the file was erased meanwhile. */
const keepWrap = (
  worker: Database,
  organisation: OrganisationId,
  row: FileWrap,
  { wrappedKey, keyId }: { wrappedKey: Buffer; keyId: string },
) =>
  inTenant(worker, organisation, async ({ sql }) => {
    const { count } = await sql`
      update uploads set wrapped_key = ${wrappedKey}, key_id = ${keyId}
      where organisation_id = ${organisation} and id = ${row.id} and key_id = ${row.key_id} and wrapped_key is not null`;
    return count > 0;
  });

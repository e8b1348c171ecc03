// Replacing the vault's key pair while everything runs. The sealed bytes stay; only each data key is wrapped anew.
//   1. write the new private key above the old one in the workers' file, restart them;
//   2. give the API the new public key;
//   3. rotate: wraps redone in batches, then the old pair is retired and seals nothing more;
//   4. take the old private key out of the file.
import type { Database } from "../connection.ts";
import { organisationId, type OrganisationId } from "../schema/ids.ts";
import { inTenant } from "../tenant.ts";
import { readPrivateKeys, readPublicKey, rewrap, VaultError } from "./vault.ts";

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
  batch?: number;
}

/** Safe to stop and to run again: what is wrapped for the new pair is not touched twice. */
export async function rotateVaultKeys(worker: Database, options: RotationOptions): Promise<{ rewrapped: number }> {
  const { keyId } = readPublicKey(options.publicKey);
  if (!readPrivateKeys(options.privateKey).has(keyId))
    throw new VaultError("the new private key is not in the file yet");
  let rewrapped = 0;
  for (const organisation of await organisationsWithGrants(worker)) {
    for (let done = -1; done !== 0; rewrapped += done) done = await rewrapBatch(worker, organisation, options, keyId);
  }
  await worker.sql`insert into vault_keys (id) values (${keyId}) on conflict (id) do nothing`;
  await worker.sql`update vault_keys set retired_at = now() where id <> ${keyId} and retired_at is null`;
  return { rewrapped };
}

async function organisationsWithGrants(worker: Database): Promise<OrganisationId[]> {
  const rows = await inTenant(
    worker,
    null,
    (tx) => tx.sql<{ id: string }[]>`select distinct organisation_id as id from grants order by 1`,
  );
  return rows.map((row) => organisationId(row.id));
}

interface Wrap {
  id: string;
  head: Buffer;
  wrapped_key: Buffer;
  key_id: string;
}

function rewrapBatch(
  worker: Database,
  organisation: OrganisationId,
  { privateKey, publicKey, batch = 500 }: RotationOptions,
  keyId: string,
): Promise<number> {
  return inTenant(worker, organisation, async ({ sql }) => {
    const rows = await sql<Wrap[]>`
      select id, substring(sealed for 9) as head, wrapped_key, key_id from credentials
      where organisation_id = ${organisation} and key_id <> ${keyId} and erased_at is null
      order by id limit ${batch} for update`;
    const wraps = rows.map((row) => ({
      id: row.id,
      ...rewrap(privateKey, publicKey, { sealed: row.head, wrappedKey: row.wrapped_key, keyId: row.key_id }),
    }));
    if (wraps.length === 0) return 0;
    const ids = wraps.map((wrap) => wrap.id);
    const keys = wraps.map((wrap) => wrap.wrappedKey.toString("hex"));
    await sql`
      update credentials c set wrapped_key = decode(w.hex, 'hex'), key_id = ${keyId}
      from unnest(${ids}::uuid[], ${keys}::text[]) as w (id, hex)
      where c.organisation_id = ${organisation} and c.id = w.id`;
    return wraps.length;
  });
}

import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { expect, inject, test } from "vitest";
import { openDatabase } from "../connection.ts";
import { datasourceId, organisationId, uploadId } from "../schema/ids.ts";
import { createTestDatabase } from "../testing.ts";
import { openFrames, sealFrames } from "./frames.ts";
import { requireVaultKeys, rotateVaultKeys } from "./rotation.ts";
import { makeVaultKeys } from "./vault.ts";

test("files change their key pair like credentials do: the old pair then opens and seals none", async () => {
  const made = await createTestDatabase(inject("postgresUrl"));
  const owner = openDatabase({ url: made.ownerUrl, max: 2 });
  const worker = openDatabase({ url: made.workerUrl, max: 2 });
  const uploadsFolder = await mkdtemp(join(tmpdir(), "headwater-rotation-"));
  const organisation = organisationId(randomUUID());
  const datasource = datasourceId(randomUUID());
  const [old, next] = [makeVaultKeys(), makeVaultKeys()];
  await owner.sql`insert into organisations (id, slug, name, zone, currency) values (${organisation}, 'files', 'Files', 'UTC', 'INR')`;
  await owner.sql`insert into datasources (organisation_id, id, platform, name) values (${organisation}, ${datasource}, 'custom-costs', 'Costs')`;

  async function store(publicKey: string, text: string | null) {
    const id = uploadId(randomUUID());
    const { key, sealed } = sealFrames(publicKey, { organisationId: organisation, uploadId: id });
    if (text !== null) await writeFile(join(uploadsFolder, id), sealed(Readable.from([Buffer.from(text)])));
    await owner.sql`insert into uploads (organisation_id, id, datasource_id, how, filename, by, mode, size, sha256, wrapped_key, key_id)
      values (${organisation}, ${id}, ${datasource}, 'api', 'a.csv', '{}', 'upsert', 1, '0', ${key.wrappedKey}, ${key.keyId})`;
    return id;
  }
  async function read(privateKey: string, id: ReturnType<typeof uploadId>): Promise<string> {
    const [row] = await owner.sql<
      [{ wrapped: Buffer; key: string }]
    >`select wrapped_key as wrapped, key_id as key from uploads where id = ${id}`;
    const file = { path: join(uploadsFolder, id), key: { wrappedKey: row.wrapped, keyId: row.key } };
    const parts: Buffer[] = [];
    for await (const part of openFrames(privateKey, { organisationId: organisation, uploadId: id }, file))
      parts.push(part);
    return Buffer.concat(parts).toString();
  }

  const files = await Promise.all(["a,1", "b,2", "c,3"].map((text) => store(old.publicKey, text)));
  await store(old.publicKey, null);
  await expect(requireVaultKeys(worker, next.privateKey), "a file is a secret too").rejects.toThrow(/give this worker/);
  const options = { privateKey: `${next.privateKey}\n${old.privateKey}`, publicKey: next.publicKey, batch: 2 };
  await expect(
    rotateVaultKeys(worker, { ...options, uploadsFolder: join(uploadsFolder, "elsewhere") }),
  ).rejects.toThrow(/ENOENT/);
  expect(await rotateVaultKeys(worker, { ...options, uploadsFolder })).toEqual({ rewrapped: 3, lost: 1 });
  expect(await Promise.all(files.map((id) => read(next.privateKey, id)))).toEqual(["a,1", "b,2", "c,3"]);
  for (const id of files) await expect(read(old.privateKey, id)).rejects.toThrow(/no private key/);
  await expect(store(old.publicKey, "d,4")).rejects.toThrow(/is retired/);
  expect(await rotateVaultKeys(worker, { ...options, uploadsFolder })).toEqual({ rewrapped: 0, lost: 1 });

  await Promise.all([owner.close(), worker.close()]);
  await made.close();
  await rm(uploadsFolder, { recursive: true });
});

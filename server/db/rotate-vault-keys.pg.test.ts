import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { credentialId, grantId, mailId, type MailId, type OrganisationId } from "./schema/ids.ts";
import { fillOrganisation } from "./testing/every-table.ts";
import { ownDatabase } from "./testing/own-database.ts";
import { mailBinding } from "./vault/mail-binding.ts";
import { requireVaultKeys } from "./vault/rotation.ts";
import { makeVaultKeys, open, seal, type Binding, type SealedCredential } from "./vault/vault.ts";

const made = ownDatabase();
let folder: string;
const keys = makeVaultKeys();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "headwater-rotate-"));
  await writeFile(join(folder, "private"), keys.privateKey, { mode: 0o600 });
  await writeFile(join(folder, "public"), keys.publicKey);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const run = (...words: string[]) =>
  promisify(execFile)(process.execPath, [join(import.meta.dirname, "rotate-vault-keys.ts"), ...words], {
    env: {
      PATH: process.env["PATH"] ?? "",
      DATABASE_URL: made.workerUrl,
      VAULT_PRIVATE_KEY_FILE: join(folder, "private"),
      VAULT_PUBLIC_KEY_FILE: join(folder, "public"),
      DATA_DIR: folder,
    },
  });
const privateKeys = async () => (await readFile(join(folder, "private"), "utf8")).trim().split("\n");

async function addCredential(organisationId: OrganisationId, publicKey: string): Promise<Binding> {
  const binding = { organisationId, grantId: grantId(randomUUID()), credentialId: credentialId(randomUUID()) };
  const { sealed, wrappedKey, keyId } = seal(publicKey, binding, { accessToken: `token ${binding.credentialId}` });
  await made.owner
    .sql`insert into grants (organisation_id, id, platform, login_key) values (${organisationId}, ${binding.grantId}, 'shopify', 'x')`;
  await made.owner.sql`insert into credentials (organisation_id, id, grant_id, version, sealed, wrapped_key, key_id)
    values (${organisationId}, ${binding.credentialId}, ${binding.grantId}, 1, ${sealed}, ${wrappedKey}, ${keyId})`;
  return binding;
}

async function addMail(publicKey: string): Promise<MailId> {
  const id = mailId(randomUUID());
  const { sealed, wrappedKey, keyId } = seal(publicKey, mailBinding(id), { link: `https://app.example/x#${id}` });
  await made.owner.sql`insert into mails (id, to_address, kind, sealed, wrapped_key, key_id)
    values (${id}, 'mira@example.com', 'confirmSignUp', ${sealed}, ${wrappedKey}, ${keyId})`;
  return id;
}

async function opened(privateKey: string, table: "credentials" | "mails", id: string, binding: Binding) {
  const [row] = await made.owner.sql<SealedCredential[]>`
    select sealed, wrapped_key as "wrappedKey", key_id as "keyId" from ${made.owner.sql(table)} where id = ${id}`;
  return row === undefined ? null : Object.values(open(privateKey, binding, row))[0]?.reveal();
}

test("a pair is replaced in three steps: all that was sealed opens with the new one alone, and no step can be taken too early", async () => {
  const { organisationId } = await fillOrganisation(made.owner, "rotating");
  await made.owner.sql`delete from uploads`;
  await made.owner.sql`delete from credentials`;
  await made.owner.sql`update mails set sealed = null, wrapped_key = null, key_id = null`;
  await made.owner.sql`delete from vault_keys`;
  const sealedEarly = await Promise.all(Array.from({ length: 7 }, () => addCredential(organisationId, keys.publicKey)));
  const mail = await addMail(keys.publicKey);

  expect((await run("finish")).stdout).toContain("one key");
  expect((await run("prepare")).stdout).toContain("restart the workers");
  expect((await privateKeys())[1]).toBe(keys.privateKey);
  expect((await stat(join(folder, "private"))).mode & 0o777).toBe(0o600);
  await expect(run("prepare"), "twice").rejects.toMatchObject({ stderr: expect.stringContaining("two keys already") });
  await expect(run("finish"), "before it was rotated").rejects.toMatchObject({
    stderr: expect.stringContaining("sealed for"),
  });
  await expect(run("rotate"), "before the API was told").rejects.toMatchObject({
    stderr: expect.stringContaining("old pair"),
  });
  const late = await addCredential(organisationId, keys.publicKey);

  await rename(join(folder, "public.next"), join(folder, "public"));
  expect((await run("rotate")).stdout).toBe("9 wrapped anew\n");
  expect((await run("rotate")).stdout, "again").toBe("0 wrapped anew\n");
  await expect(addCredential(organisationId, keys.publicKey)).rejects.toThrow(/retired/u);
  expect((await run("finish")).stdout).toContain("out of the file");

  const [privateKey = "", ...more] = await privateKeys();
  expect(more).toEqual([]);
  expect(privateKey).not.toBe(keys.privateKey);
  for (const binding of [...sealedEarly, late])
    expect(await opened(privateKey, "credentials", binding.credentialId, binding)).toBe(
      `token ${binding.credentialId}`,
    );
  expect(await opened(privateKey, "mails", mail, mailBinding(mail))).toBe(`https://app.example/x#${mail}`);
  await requireVaultKeys(made.owner, privateKey);
  await addCredential(organisationId, await readFile(join(folder, "public"), "utf8"));
});

test.each([[[]], [["again"]], [["rotate", "now"]]])("what it does not understand it refuses: %j", async (words) => {
  await expect(run(...words)).rejects.toMatchObject({ code: 1 });
});

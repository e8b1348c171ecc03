/** Mails that wait hold links that open things: a change of the vault's keys must neither lose nor forget them. */
import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { mailId, type MailId } from "../schema/ids.ts";
import * as schema from "../schema/tables.ts";
import { ownDatabase } from "../testing/own-database.ts";
import { mailBinding } from "./mail-binding.ts";
import { requireVaultKeys, rotateVaultKeys } from "./rotation.ts";
import { makeVaultKeys, open, seal, type SealedCredential } from "./vault.ts";

const made = ownDatabase();
async function write(publicKey: string): Promise<MailId> {
  const id = mailId(randomUUID());
  const sealed = seal(publicKey, mailBinding(id), { link: `https://app.example/x#${id}` });
  await made.api.drizzle
    .insert(schema.mails)
    .values({ id, toAddress: "mira@example.com", kind: "confirmSignUp", ...sealed });
  return id;
}

async function read(privateKey: string, id: MailId): Promise<string | undefined> {
  const [row] = await made.worker.sql<SealedCredential[]>`
    select sealed, wrapped_key as "wrappedKey", key_id as "keyId" from mails where id = ${id}`;
  return row && open(privateKey, mailBinding(id), row)["link"]?.reveal();
}

test("a mail that waits while the keys change is opened by the new pair, and none is sealed for the old one any more", async () => {
  const [old, next] = [makeVaultKeys(), makeVaultKeys()];
  const waiting = await Promise.all(Array.from({ length: 7 }, () => write(old.publicKey)));
  await requireVaultKeys(made.worker, old.privateKey);
  await expect(requireVaultKeys(made.worker, next.privateKey), "mails alone are reason enough").rejects.toThrow(
    /sealed for/,
  );
  const options = {
    privateKey: `${next.privateKey}\n${old.privateKey}`,
    publicKey: next.publicKey,
    uploadsFolder: "",
    batch: 3,
  };
  expect(await rotateVaultKeys(made.worker, options)).toEqual({ rewrapped: 7, lost: 0 });
  for (const id of waiting) expect(await read(next.privateKey, id)).toBe(`https://app.example/x#${id}`);
  await expect(write(old.publicKey)).rejects.toThrow();
  expect(await read(next.privateKey, await write(next.publicKey))).toContain("https://app.example");
  await requireVaultKeys(made.worker, next.privateKey);
  expect(await rotateVaultKeys(made.worker, options)).toEqual({ rewrapped: 0, lost: 0 });
});

test("a rotation knows every table that holds a wrapped key, and each refuses a retired one", async () => {
  const tables = await made.worker.sql<{ table: string; guarded: boolean }[]>`
    select c.relname as table, exists (select from pg_trigger t join pg_proc p on p.oid = t.tgfoid
      where t.tgrelid = c.oid and p.proname like '%_key_is_current') as guarded
    from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relnamespace = 'public'::regnamespace and a.attname = 'wrapped_key' and c.relkind = 'r' order by 1`;
  expect([...tables]).toEqual(["credentials", "mails", "uploads"].map((table) => ({ table, guarded: true })));
});

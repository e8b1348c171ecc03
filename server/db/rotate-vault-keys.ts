// Replaces the vault's key pair while everything runs; what was sealed stays sealed and opens with the new pair.
//   node server/db/rotate-vault-keys.ts prepare   a new pair: private key above the old one, public key beside the file
//     restart the workers, put the new public key in its place, restart the API
//   node server/db/rotate-vault-keys.ts rotate    each data key is wrapped anew, then the old pair seals nothing more
//   node server/db/rotate-vault-keys.ts finish    the old private key leaves the file; restart the workers
// Reads DATABASE_URL (superuser, or the workers' role), VAULT_PRIVATE_KEY_FILE, VAULT_PUBLIC_KEY_FILE and DATA_DIR, where
// the workers see them. Each step may be stopped and begun again.
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as v from "valibot";
import { openDatabase, type Database } from "./connection.ts";
import { runCommand } from "./operator.ts";
import { requireVaultKeys, rotateVaultKeys } from "./vault/rotation.ts";
import { makeVaultKeys, publicKeyOf, readPrivateKeys, readPublicKey } from "./vault/vault.ts";

class RotationRefused extends Error {}

const settings = v.object({
  DATABASE_URL: v.string("DATABASE_URL is missing"),
  VAULT_PRIVATE_KEY_FILE: v.string("VAULT_PRIVATE_KEY_FILE is missing"),
  VAULT_PUBLIC_KEY_FILE: v.string("VAULT_PUBLIC_KEY_FILE is missing"),
  DATA_DIR: v.optional(v.string(), ".data"),
});
type Settings = v.InferOutput<typeof settings>;

/** Whole or not at all, and readable by nobody else. */
async function replaceFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

const publicNext = ({ VAULT_PUBLIC_KEY_FILE: file }: Settings): string => `${file}.next`;

async function readKeys({ VAULT_PRIVATE_KEY_FILE: file }: Settings) {
  const text = await readFile(file, "utf8");
  return { text, count: readPrivateKeys(text).size, publicKey: publicKeyOf(text) };
}

async function prepare(given: Settings, db: Database): Promise<string> {
  const { text, count } = await readKeys(given);
  await requireVaultKeys(db, text);
  if (count > 1) throw new RotationRefused("the private key file holds two keys already: go on with rotate");
  const made = makeVaultKeys();
  await replaceFile(publicNext(given), made.publicKey);
  await replaceFile(given.VAULT_PRIVATE_KEY_FILE, `${made.privateKey}\n${text.trim()}\n`);
  return `restart the workers; then put ${publicNext(given)} in the place of the public key and restart the API`;
}

async function rotate(given: Settings, db: Database): Promise<string> {
  const { text, publicKey } = await readKeys(given);
  const { keyId } = readPublicKey(await readFile(given.VAULT_PUBLIC_KEY_FILE, "utf8"));
  if (keyId !== readPublicKey(publicKey).keyId)
    throw new RotationRefused(`the API seals for the old pair: give it ${publicNext(given)} and restart it first`);
  const options = { privateKey: text, publicKey, uploadsFolder: join(given.DATA_DIR, "uploads") };
  const first = await rotateVaultKeys(db, options);
  // What was sealed for the old pair until the moment it was retired.
  const { rewrapped, lost } = await rotateVaultKeys(db, options);
  const missing = lost > 0 ? `; ${lost} files are not in ${options.uploadsFolder}, and will not open` : "";
  return `${first.rewrapped + rewrapped} wrapped anew${missing}`;
}

async function finish(given: Settings, db: Database): Promise<string> {
  const { text, count } = await readKeys(given);
  if (count === 1) return "the private key file holds one key";
  const [newest = ""] = text.trim().split("\n");
  await requireVaultKeys(db, newest);
  await rotate(given, db);
  await replaceFile(given.VAULT_PRIVATE_KEY_FILE, `${newest}\n`);
  return "the old private key is out of the file: restart the workers";
}

const STEPS = { prepare, rotate, finish };
const asked = v.strictTuple(
  [v.picklist(["prepare", "rotate", "finish"], "say prepare, rotate or finish")],
  "say prepare, rotate or finish",
);

async function main(): Promise<void> {
  const [step] = v.parse(asked, parseArgs({ allowPositionals: true }).positionals);
  const given = v.parse(settings, process.env);
  const db = openDatabase({ url: given.DATABASE_URL, max: 2, name: "headwater rotate vault keys" });
  try {
    process.stdout.write(`${await STEPS[step](given, db)}\n`);
  } finally {
    await db.close();
  }
}

if (import.meta.main) await runCommand("rotate-vault-keys", main);

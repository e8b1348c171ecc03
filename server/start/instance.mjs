// Keys and passwords of the embedded default. Made once; kept in the user's config folder, never beside the data: a copy of
// the data alone opens nothing.
import { randomBytes, randomUUID } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** @typedef {{ superuser: string, apiRole: string, workerRole: string, authSecret: string, demo: string, clients: string }} Secrets */
/** @typedef {{ id: string, keyDir: string, secrets: Secrets }} Instance */

/** A password that a person can type: twenty characters without look-alikes, 100 bits. */
function readablePassword() {
  const letters = "abcdefghjkmnpqrstuvwxyz23456789";
  const text = Array.from(randomBytes(20), (byte) => letters[byte % letters.length]).join("");
  return (text.match(/.{5}/gu) ?? []).join("-");
}

/** @returns {Secrets} */
const freshSecrets = () => ({
  superuser: randomBytes(24).toString("hex"),
  apiRole: randomBytes(24).toString("hex"),
  workerRole: randomBytes(24).toString("hex"),
  authSecret: randomBytes(32).toString("hex"),
  demo: readablePassword(),
  clients: randomBytes(16).toString("hex"),
});

/** Whole or not at all, and for this user only.
 * @param {string} path
 * @param {string} text */
export function writePrivately(path, text) {
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, text, { mode: 0o600 });
  chmodSync(unfinished, 0o600);
  renameSync(unfinished, path);
}

/** The id stands with the data, the keys under that id with the user: a data folder that moves keeps its keys.
 * @param {{ dataDir: string, configDir: string }} places
 * @returns {Instance} */
export function openInstance({ dataDir, configDir }) {
  mkdirSync(dataDir, { recursive: true });
  const idFile = join(dataDir, "instance");
  if (!existsSync(idFile)) writePrivately(idFile, `${randomUUID()}\n`);
  const id = readFileSync(idFile, "utf8").trim();
  const keyDir = join(configDir, id);
  mkdirSync(keyDir, { recursive: true, mode: 0o700 });
  const secretsFile = join(keyDir, "secrets.json");
  if (!existsSync(secretsFile)) {
    if (existsSync(join(dataDir, "made"))) {
      throw new Error(
        `The keys of ${dataDir} are gone (${secretsFile}). Put them back, or begin anew with: npm start -- --reset`,
      );
    }
    writePrivately(secretsFile, `${JSON.stringify(freshSecrets(), null, 2)}\n`);
  }
  return { id, keyDir, secrets: { ...freshSecrets(), ...JSON.parse(readFileSync(secretsFile, "utf8")) } };
}

/** From here on the data folder holds something that its keys belong to.
 * @param {{ dataDir: string }} places */
export const markMade = ({ dataDir }) => writeFileSync(join(dataDir, "made"), "");

/** Everything of this instance, keys last.
 * @param {{ dataDir: string, configDir: string, fallbackDir: string }} places */
export function forget({ dataDir, configDir, fallbackDir }) {
  const idFile = join(dataDir, "instance");
  const id = existsSync(idFile) ? readFileSync(idFile, "utf8").trim() : null;
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 });
  if (!id) return;
  rmSync(join(fallbackDir, id), { recursive: true, force: true, maxRetries: 3 });
  rmSync(join(configDir, id), { recursive: true, force: true });
}

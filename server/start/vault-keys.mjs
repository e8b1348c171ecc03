// The vault's key pair of the embedded default: made once, in the user's config folder, readable by this user alone.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runtime } from "./install.mjs";
import { writePrivately } from "./instance.mjs";

const program = fileURLToPath(new URL("make-vault-keys.ts", import.meta.url));

/** @param {{ keyDir: string }} instance
 * @param {import('./config.mjs').StartConfig} config
 * @returns {import('./settings.mjs').VaultKeys} */
export function openVaultKeys({ keyDir }, { vaultPublicKeyFile, vaultPrivateKeyFile }) {
  if (vaultPublicKeyFile && vaultPrivateKeyFile)
    return { publicKeyFile: vaultPublicKeyFile, privateKeyFile: vaultPrivateKeyFile };
  const publicKeyFile = join(keyDir, "vault-public-key");
  const privateKeyFile = join(keyDir, "vault-private-key");
  if (!existsSync(publicKeyFile) || !existsSync(privateKeyFile)) {
    const { stdout, stderr, status } = spawnSync(runtime, [program], { encoding: "utf8" });
    if (status !== 0) throw new Error(`No vault keys could be made: ${stderr.trim()}`);
    const { publicKey, privateKey } = JSON.parse(stdout);
    writePrivately(privateKeyFile, privateKey);
    writePrivately(publicKeyFile, publicKey);
  }
  return { publicKeyFile, privateKeyFile };
}

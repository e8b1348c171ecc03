// Where things lie: data, keys, downloads. Nothing of it is in git.
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const checkout = resolve(fileURLToPath(new URL("../..", import.meta.url)));

/** @typedef {ReturnType<typeof placesOf>} Places */

/** @param {{ DATA_DIR?: string | undefined, XDG_CACHE_HOME?: string | undefined, XDG_CONFIG_HOME?: string | undefined }} env */
export function placesOf(env) {
  const home = homedir();
  const mac = process.platform === "darwin";
  return {
    checkout,
    dataDir: resolve(checkout, env.DATA_DIR || ".data"),
    /** Downloads and builds, shared by all checkouts of this user. */
    cacheDir: join(env.XDG_CACHE_HOME || join(home, mac ? "Library/Caches" : ".cache"), "headwater"),
    /** Keys, one folder for each data folder. */
    configDir: join(env.XDG_CONFIG_HOME || join(home, mac ? "Library/Application Support" : ".config"), "headwater"),
    /** Where the account of Postgres can reach what root's own folders keep from it. */
    fallbackDir: "/var/lib/headwater",
  };
}

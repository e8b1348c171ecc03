// The account that Postgres runs under when we were started as root.
import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** @typedef {{ name: string, uid: number, gid: number }} Account */

/** @param {string} name
 * @returns {Account | null} */
function accountNamed(name) {
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((entry) => entry.startsWith(`${name}:`));
  if (!line) return null;
  const [, , uid, gid] = line.split(":");
  return { name, uid: Number(uid), gid: Number(gid) };
}

/** Whoever is there already, else one of our own, else `nobody`: initdb wants a uid that has a name.
 * @returns {Account} */
export function postgresAccount() {
  const present = accountNamed("postgres") ?? accountNamed("headwater");
  if (present) return present;
  for (const [command, ...args] of [
    ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", "headwater"],
    ["adduser", "-S", "-D", "-H", "-s", "/sbin/nologin", "headwater"],
  ]) {
    if (command) spawnSync(command, args, { stdio: "ignore" });
    const made = accountNamed("headwater");
    if (made) return made;
  }
  const nobody = accountNamed("nobody");
  if (nobody) return nobody;
  throw new Error(
    "PostgreSQL refuses to run as root and no account could be made for it. Start as another user, or set DATABASE_URL.",
  );
}

/** Whether the account may walk into the folder and read it.
 * @param {string} path
 * @param {Account} account
 * @returns {boolean} */
export function mayEnter(path, account) {
  const { mode, uid, gid } = statSync(path);
  const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0;
  if (((mode >> shift) & 0o1) === 0) return false;
  return dirname(path) === path || mayEnter(dirname(path), account);
}

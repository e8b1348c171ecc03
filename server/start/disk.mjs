// Room on the disk, asked before something large begins.
import { mkdirSync, statfsSync } from "node:fs";

const gigabyte = 1_000_000_000;

/** @param {string} folder */
function bytesFree(folder) {
  mkdirSync(folder, { recursive: true });
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** @param {string} folder
 * @param {number} bytes
 * @param {string} what */
export function requireRoom(folder, bytes, what) {
  const free = bytesFree(folder);
  if (free >= bytes) return;
  throw new Error(
    `${what} needs ${(bytes / gigabyte).toFixed(1)} GB free in ${folder}, which has ${(free / gigabyte).toFixed(1)} GB. Free some, or choose another folder.`,
  );
}

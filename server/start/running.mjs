// The pid file: what runs from a data folder, each pid with the moment its process began. What a killed start and its guard
// could not end, the next start ends by it.
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isRunning, signalTo } from "./process-identity.mjs";
import { eventually } from "./wait.mjs";

/** @typedef {import('./process-identity.mjs').Identity} Identity */

const graceMs = 15_000;
const fileIn = (/** @type {string} */ dataDir) => join(dataDir, "running.json");

/** @param {string} dataDir
 * @param {Identity[]} identities in order of start */
export function recordRunning(dataDir, identities) {
  const file = fileIn(dataDir);
  if (identities.length === 0) return rmSync(file, { force: true });
  writeFileSync(`${file}.${process.pid}`, JSON.stringify(identities));
  renameSync(`${file}.${process.pid}`, file);
}

/** @param {string} dataDir
 * @returns {Identity[]} */
function recorded(dataDir) {
  try {
    return JSON.parse(readFileSync(fileIn(dataDir), "utf8"));
  } catch {
    return []; // none, or one that a full disk cut short
  }
}

/** Ends in reverse order what an earlier start left running; says how many there were.
 * @param {string} dataDir */
export async function endLeftovers(dataDir) {
  const leftovers = recorded(dataDir).filter(isRunning).toReversed();
  for (const leftover of leftovers) {
    // SIGINT is Postgres's fast shutdown and ends the others too.
    signalTo(leftover, "SIGINT");
    if (!(await eventually(() => !isRunning(leftover), { withinMs: graceMs })))
      signalTo(leftover, "SIGKILL", { group: true });
  }
  rmSync(fileIn(dataDir), { force: true });
  return leftovers.length;
}

// This process's line to its guard (guard.mjs): what is running, so that it ends even when we are killed.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** @typedef {import('./guard.mjs').Ward} Ward */

const program = fileURLToPath(new URL("guard.mjs", import.meta.url));

/** @type {Map<number, Ward>} */
const wards = new Map();
/** @type {import('node:child_process').ChildProcess | null} */
let guard = null;

/** @param {unknown} message */
const tell = (message) => guard?.stdin?.write(`${JSON.stringify(message)}\n`);

function postGuard() {
  const posted = spawn(process.execPath, [program], { detached: true, stdio: ["pipe", "ignore", "ignore"], cwd: "/" });
  guard = posted;
  posted.unref();
  posted.stdin.on("error", () => undefined); // its end is handled below
  if ("unref" in posted.stdin && typeof posted.stdin.unref === "function") posted.stdin.unref();
  posted.once("error", () => undefined);
  posted.once("exit", () => {
    if (guard !== posted) return;
    guard = null;
    if (wards.size > 0) postGuard();
  });
  for (const add of wards.values()) tell({ add });
}

/** @param {Ward} add */
export function putUnderGuard(add) {
  wards.set(add.pid, add);
  if (guard) tell({ add });
  else postGuard();
}

/** @param {number} pid */
export function releaseFromGuard(pid) {
  if (wards.delete(pid)) tell({ remove: pid });
}

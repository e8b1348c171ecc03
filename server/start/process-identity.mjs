// A pid alone names nobody: it is handed out again. Together with the moment its process began, it does.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

/** @typedef {{ pid: number, began: string }} Identity */

/** When the process began, in a form to compare; null when there is none (or it is a zombie).
 * @param {number} pid
 * @returns {string | null} */
export function beganAt(pid) {
  if (!existsSync("/proc/self/stat")) return beganAtByPs(pid);
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z") return null;
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot}:${fields[19]}`;
  } catch {
    return null; // gone between two looks
  }
}

/** @param {number} pid
 * @returns {string | null} */
function beganAtByPs(pid) {
  const { stdout, status } = spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" });
  return status === 0 && stdout.trim() ? stdout.trim() : null;
}

/** @param {number} pid
 * @returns {Identity} */
export const identify = (pid) => ({ pid, began: beganAt(pid) ?? "gone" });

/** @param {Identity} identity */
export const isRunning = ({ pid, began }) => beganAt(pid) === began;

/** Sends a signal only to the very process that was meant; true when it was still there.
 * @param {Identity} identity
 * @param {NodeJS.Signals} signal
 * @param {{ group?: boolean }} [options] */
export function signalTo(identity, signal, { group = false } = {}) {
  if (!isRunning(identity)) return false;
  try {
    process.kill(group ? -identity.pid : identity.pid, signal);
    return true;
  } catch {
    return false; // ended between the look and the signal
  }
}

// A program that is run to its end for its result. It never outlives us: what it started goes with it.
import { spawn } from "node:child_process";

/** @typedef {{ cwd?: string, hear?: (chunk: string) => void, timeoutMs?: number, keep?: number }} ErrandOptions */

/** Resolves with what it said last; rejects with that when it fails.
 * @param {string} command
 * @param {string[]} args
 * @param {ErrandOptions} [options]
 * @returns {Promise<string>} */
export function errand(
  command,
  args,
  { cwd = ".", hear = () => undefined, timeoutMs = 30 * 60_000, keep = 4000 } = {},
) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    const end = () => void (child.pid && endGroup(child.pid));
    const timer = setTimeout(end, timeoutMs);
    process.once("exit", end);
    const listen = (/** @type {Buffer} */ chunk) => {
      said = (said + chunk.toString()).slice(-keep);
      hear(chunk.toString());
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.once("error", reject);
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      process.removeListener("exit", end);
      if (code === 0) resolve(said);
      else reject(new Error(`ended with ${signal ?? code}:\n${said.trim().split("\n").slice(-15).join("\n")}`));
    });
  });
}

/** @param {number} pid */
function endGroup(pid) {
  try {
    process.kill(-pid, "SIGTERM");
  } catch {
    // it has ended meanwhile
  }
}

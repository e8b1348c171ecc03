// One process that we started: its log, its readiness, its end. It has a process group of its own, so that a terminal's
// Ctrl-C reaches only the starter, which then takes everything down in order.
import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import { identify, signalTo } from "./process-identity.mjs";
import { eventually } from "./wait.mjs";
import { putUnderGuard, releaseFromGuard } from "./wards.mjs";

/** @typedef {{ command: string, args: string[], env?: Record<string, string | undefined>, cwd?: string, uid?: number, gid?: number }} Command */
/** @typedef {Command & { name: string, log: string, signal?: NodeJS.Signals, graceMs?: number }} ChildOptions */
/** @typedef {{ code: number | null, signal: NodeJS.Signals | null }} Ending */
/** @typedef {ReturnType<typeof startChild>} Child */

const logBytesMax = 20_000_000;

// Waits for one line and then becomes the program, as the same process. Should we die between its birth and that line,
// nobody would know its number, and so it ends by itself.
const whenKnown = ["/bin/sh", "-c", 'read -r _ && exec "$@" </dev/null', "sh"];

/** What a log says last, for an error message.
 * @param {string} log */
export function tailOf(log) {
  if (!existsSync(log)) return "";
  return readFileSync(log, "utf8").trimEnd().split("\n").slice(-15).join("\n");
}

/** @param {string} log */
function openLog(log) {
  if (existsSync(log) && statSync(log).size > logBytesMax) renameSync(log, `${log}.1`);
  return openSync(log, "a");
}

/** @param {ChildOptions} options */
export function startChild({ name, command, args, env, cwd, uid, gid, log, signal = "SIGTERM", graceMs = 20_000 }) {
  const output = openLog(log);
  const [gate = "", ...before] = whenKnown;
  const child = spawn(gate, [...before, command, ...args], {
    ...(env && { env }),
    ...(cwd && { cwd }),
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
    detached: true,
    stdio: ["pipe", output, output],
  });
  closeSync(output);
  child.stdin?.on("error", () => undefined); // it ended first, and says so by its end
  /** @type {Ending | null} */
  let ending = null;
  /** @type {Promise<Ending>} */
  const exited = new Promise((resolve) => {
    const end = (/** @type {Ending} */ how) => {
      ending ??= how;
      if (child.pid) releaseFromGuard(child.pid);
      resolve(ending);
    };
    child.once("error", () => end({ code: null, signal: null }));
    child.once("exit", (code, by) => end({ code, signal: by }));
  });
  const who = child.pid ? identify(child.pid) : { pid: -1, began: "gone" };
  if (child.pid) putUnderGuard({ ...who, signal, graceMs });
  child.stdin?.end("\n");

  /** @param {NodeJS.Signals} by */
  const kill = (by) => {
    if (ending === null) signalTo(who, by);
    return exited;
  };
  return {
    name,
    log,
    identity: who,
    exited,
    isRunning: () => ending === null,
    kill,
    async stop() {
      const over = kill(signal);
      if (!(await eventually(() => ending !== null, { withinMs: graceMs, everyMs: 20 })))
        signalTo(who, "SIGKILL", { group: true });
      return over;
    },
    /** Resolves when the condition holds; rejects when the process ends first or the time is over.
     * @param {() => Promise<boolean>} holds
     * @param {{ withinMs: number, signal?: AbortSignal }} options */
    async ready(holds, { withinMs, signal: abort }) {
      const settled = await eventually(async () => ending !== null || (await holds()), {
        withinMs,
        ...(abort && { signal: abort }),
      });
      if (settled && ending === null) return;
      const said = tailOf(log);
      const how = ending
        ? `ended with ${ending.signal ?? ending.code ?? "no start"}`
        : `was not ready within ${withinMs / 1000} s`;
      throw new Error(`${name} ${how}. Its log, ${log}, ends with:\n${said}`);
    },
  };
}

// `npm start`: brings up everything that is not set to be elsewhere, keeps it up, takes it down. Plain JavaScript that
// Node 20 reads; what it starts runs on the Node 24 that it installs.
import { join } from "node:path";
import { requireRoom } from "./disk.mjs";
import { install } from "./install.mjs";
import { forget, markMade, openInstance } from "./instance.mjs";
import { holderOf, tryLock } from "./lock.mjs";
import { busyPorts, choosePorts } from "./choose-ports.mjs";
import { readStartConfig } from "./config.mjs";
import { confirmReset } from "./reset.mjs";
import { endLeftovers } from "./running.mjs";
import { openScreen } from "./screen.mjs";
import { Stack } from "./stack.mjs";
import { openVaultKeys } from "./vault-keys.mjs";
import { messageOf, usage, welcome } from "./words.mjs";

/** @typedef {import('./config.mjs').StartConfig} StartConfig */
/** @typedef {import('./screen.mjs').Screen} Screen */

const bytesNeeded = 500_000_000;
const oldestNode = 20;
const impatientAfterMs = 1000;

/** @param {StartConfig} config
 * @param {Screen} screen
 * @returns {() => void} */
function lockData(config, screen) {
  const lock = join(config.places.dataDir, "start.lock");
  const release = tryLock(lock);
  if (release) return release;
  screen.line(
    `Headwater already runs from ${config.places.dataDir} (process ${holderOf(lock)?.pid}): ${config.publicUrl}`,
  );
  throw new Error(
    "Stop that one with Ctrl-C first, or give this one a folder and ports of its own: DATA_DIR=.data2 PORT=4100 npm start",
  );
}

/** @param {StartConfig} config
 * @param {Screen} screen */
async function prepare(config, screen) {
  const { places } = config;
  requireRoom(places.dataDir, bytesNeeded, "Headwater");
  const leftovers = await endLeftovers(places.dataDir);
  if (leftovers > 0)
    screen.line(`  Ended ${leftovers} ${leftovers === 1 ? "process" : "processes"} that an earlier start had left.`);
  await install({ cacheDir: places.cacheDir, begin: () => screen.begin("Packages"), note: screen.note });
  screen.done("installed");
  const ports = await choosePorts(config);
  const busy = await busyPorts(config, ports);
  if (busy.length > 0) {
    throw new Error([...busy, `Free them, or choose others: PORT=${config.port + 100} npm start`].join("\n"));
  }
  const instance = openInstance(places);
  const vault = openVaultKeys(instance, config);
  markMade(places);
  return { config, instance, ports, vault, durable: true, note: screen.note };
}

/** Ctrl-C, a closed terminal or a kill: in order. Again, once the person has waited a moment: at once. (npm may hand the
 * same Ctrl-C on to us a second time within milliseconds.)
 * @param {(hard: boolean) => void} stop */
function onStop(stop) {
  let first = 0;
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.on(signal, () => {
      first ||= Date.now();
      stop(Date.now() - first > impatientAfterMs);
    });
  }
}

/** @param {StartConfig} config
 * @param {Screen} screen */
async function run(config, screen) {
  /** @type {Stack | null} */
  let stack = null;
  let stopped = false;
  /** @type {(value: void) => void} */
  let end = () => undefined;
  /** @type {Promise<void>} */
  const ended = new Promise((resolve) => (end = resolve));
  onStop((hard) => {
    if (!stopped) screen.line("Stopping; the data stays.");
    stopped = true;
    if (!stack) process.exit(130);
    void stack.down({ hard, stopping: (title) => screen.line(`  ${title}`) }).then(end);
  });
  const plan = await prepare(config, screen);
  stack = new Stack(plan, { watcher: screen });
  try {
    await Promise.race([stack.up(), ended]);
    if (!stopped) screen.line(welcome(plan));
  } catch (error) {
    if (!stopped) {
      screen.failed();
      await stack.down();
      throw error;
    }
  }
  await ended;
}

async function main() {
  // A terminal that is gone is no reason to leave things half stopped.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  const screen = openScreen();
  if (process.argv.includes("--help")) return screen.line(usage);
  if (Number(process.versions.node.split(".")[0]) < oldestNode)
    throw new Error(`Node ${oldestNode} or newer is needed; this is ${process.version}.`);
  const config = readStartConfig(process.env);
  const reset = process.argv.includes("--reset");
  if (reset && !(await confirmReset(config.places, { yes: process.argv.includes("--yes") })))
    return screen.line("Nothing was changed.");
  const release = lockData(config, screen);
  try {
    if (reset) {
      await endLeftovers(config.places.dataDir);
      forget(config.places);
      const again = lockData(config, screen);
      await run(config, screen);
      again();
    } else await run(config, screen);
  } finally {
    release();
  }
}

try {
  await main();
  process.exit(0);
} catch (error) {
  process.stderr.write(`\n${messageOf(error)}\n`);
  process.exit(1);
}

// Runs a TypeScript program on the Node 24 that the lockfile pins: `npm run migrate` is this with the migrations.
import { spawn } from "node:child_process";
import { readCommandConfig } from "./config.mjs";
import { install, runtime } from "./install.mjs";
import { messageOf } from "./words.mjs";

async function main() {
  const say = (/** @type {string} */ line) => process.stderr.write(`${line}\n`);
  const { places } = readCommandConfig(process.env);
  await install({ cacheDir: places.cacheDir, begin: () => say("Installing what is pinned"), note: say });
  const child = spawn(runtime, process.argv.slice(2), { stdio: "inherit" });
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.on(signal, () => child.kill(signal));
  child.once("close", (code, signal) => {
    process.exitCode = signal ? 1 : (code ?? 1);
  });
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}

// The web app, built when its sources changed since the last build.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runtime } from "./install.mjs";
import { underLock } from "./lock.mjs";
import { checkout } from "./places.mjs";

const web = join(checkout, "web");
export const webDist = join(web, "dist");
const stamp = join(webDist, ".built-from");
const notSources = new Set(["node_modules", "dist", ".vite"]);

/** @param {string} folder
 * @returns {string[]} */
const filesUnder = (folder) =>
  readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !notSources.has(name))
    .flatMap((entry) => (entry.isDirectory() ? filesUnder(join(folder, entry.name)) : [join(folder, entry.name)]))
    .toSorted();

function fingerprint() {
  const hash = createHash("sha256");
  for (const file of [
    ...filesUnder(web),
    join(checkout, "server/graphql/schema.graphql"),
    join(checkout, "pnpm-lock.yaml"),
  ]) {
    hash.update(`${file.slice(checkout.length)}\0`).update(readFileSync(file));
  }
  return hash.digest("hex");
}

const isBuilt = (/** @type {string} */ sources) => existsSync(stamp) && readFileSync(stamp, "utf8") === sources;

/** @param {{ cacheDir: string, note: (line: string) => void }} options */
export async function buildWeb({ cacheDir, note }) {
  const sources = fingerprint();
  if (isBuilt(sources)) return;
  const name = createHash("sha256").update(checkout).digest("hex").slice(0, 12);
  await underLock(
    join(cacheDir, `web-${name}.lock`),
    { waiting: () => note("another start builds it; waiting") },
    async () => {
      if (isBuilt(sources)) return;
      note("building");
      await runVite();
      writeFileSync(stamp, sources);
    },
  );
}

/** @returns {Promise<void>} */
const runVite = () =>
  new Promise((resolve, reject) => {
    const child = spawn(runtime, [join(web, "node_modules/vite/bin/vite.js"), "build"], {
      cwd: web,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    child.stdout.on("data", (chunk) => (said += chunk));
    child.stderr.on("data", (chunk) => (said += chunk));
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`Building the web app failed (${code}):\n${said.trim().split("\n").slice(-20).join("\n")}`)),
    );
  });

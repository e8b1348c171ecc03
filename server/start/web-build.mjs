// The web app, built when its sources changed since the last build.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errand } from "./errand.mjs";
import { runtime } from "./install.mjs";
import { underLock } from "./lock.mjs";
import { checkout } from "./places.mjs";
import { messageOf } from "./words.mjs";

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

async function runVite() {
  try {
    // Whoever asks for it, a test too: with another word here the build would be React's slow one, with this machine's paths.
    const args = ["NODE_ENV=production", runtime, join(web, "node_modules/vite/bin/vite.js"), "build"];
    await errand("env", args, { cwd: web });
  } catch (error) {
    throw new Error(`Building the web app ${messageOf(error)}`, { cause: error });
  }
}

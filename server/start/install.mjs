// Brings what is pinned: the packages by the frozen lockfile, the Node that the product runs on among them. Skipped when
// nothing changed since it last succeeded.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { requireRoom } from "./disk.mjs";
import { errand } from "./errand.mjs";
import { underLock } from "./lock.mjs";
import { checkout } from "./places.mjs";
import { messageOf } from "./words.mjs";

const packages = [".", "server", "server/db", "workflows", "workflows/connectors", "web", "test"];
const stamp = join(checkout, "node_modules", ".headwater-installed");
const bytesNeeded = 1_500_000_000;

/** The Node 24 of the lockfile. */
export const runtime = join(checkout, "node_modules", "node", "bin", "node");

function fingerprint() {
  const hash = createHash("sha256").update(`${process.platform}-${process.arch}`);
  for (const file of [
    "pnpm-lock.yaml",
    "pnpm-workspace.yaml",
    ...packages.map((folder) => join(folder, "package.json")),
  ]) {
    hash.update(readFileSync(join(checkout, file)));
  }
  return hash.digest("hex");
}

function isInstalled() {
  return existsSync(stamp) && readFileSync(stamp, "utf8") === fingerprint() && existsSync(runtime);
}

/** @param {{ cacheDir: string, begin: () => void, note: (line: string) => void }} options */
export async function install({ cacheDir, begin, note }) {
  if (isInstalled()) return;
  begin();
  const name = createHash("sha256").update(checkout).digest("hex").slice(0, 12);
  const waiting = () => note("another command is installing; waiting for it");
  await underLock(join(cacheDir, `install-${name}.lock`), { waiting }, async () => {
    if (isInstalled()) return;
    requireRoom(checkout, bytesNeeded, "Installing the packages");
    await runPnpm(note);
    const { stdout, status } = spawnSync(runtime, ["--version"], { encoding: "utf8" });
    if (status !== 0 || !stdout.startsWith("v24.")) {
      throw new Error(
        `The Node 24 that npm brought does not run here (${runtime}). Is this a C library other than glibc?`,
      );
    }
    writeFileSync(stamp, fingerprint());
  });
}

function pinnedPnpm() {
  const { packageManager } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8"));
  return String(packageManager);
}

/** @param {(line: string) => void} note */
async function runPnpm(note) {
  // CI=true: pnpm never stops to ask a question.
  const args = ["CI=true", "npx", "--yes", pinnedPnpm(), "install", "--frozen-lockfile", "--reporter=append-only"];
  const hear = (/** @type {string} */ chunk) => {
    const line = chunk.trimEnd().split("\n").at(-1)?.trim();
    if (line?.startsWith("Progress:")) note(line.slice(10, 100));
  };
  try {
    await errand("env", args, { cwd: checkout, hear });
  } catch (error) {
    throw new Error(`Installing the packages ${messageOf(error)}`, { cause: error });
  }
}

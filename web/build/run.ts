import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const web = join(import.meta.dirname, "..");
const vite = join(dirname(createRequire(import.meta.url).resolve("vite/package.json")), "bin", "vite.js");

/** Builds in a process of its own, with an empty environment: what runs tests says "test", and React would listen. */
export async function buildInto(folder: string, { gallery = false, manifest = false } = {}): Promise<void> {
  const asked = ["build", "--logLevel", "error", "--outDir", folder, "--emptyOutDir"];
  if (gallery) asked.push("--mode", "gallery");
  if (manifest) asked.push("--manifest", "manifest.json");
  await promisify(execFile)(process.execPath, [vite, ...asked], { cwd: web, env: {} });
}

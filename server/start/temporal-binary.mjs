// The Temporal server's program, in order: the one that is named, the one on PATH, the one in the user's cache; else it is
// obtained once into that cache, by download, or where that cannot be reached by Go.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { underLock } from "./lock.mjs";
import { builtByGo } from "./temporal-build.mjs";
import { downloaded } from "./temporal-download.mjs";
import { temporalVersion } from "./temporal.mjs";
import { messageOf } from "./words.mjs";

/** @typedef {{ named?: string | undefined, cacheDir: string, report: (line: string) => void }} Wish */

const serverMinimum = [1, 29];

/** What the program says about itself, or null when it cannot run or carries too old a server. The CLI's own version says
 * nothing when Go built it; the server's does.
 * @param {string} program */
function serverVersionOf(program) {
  const { stdout, status } = spawnSync(program, ["--version"], { encoding: "utf8", timeout: 20_000 });
  const version = status === 0 ? /Server (\d+)\.(\d+)\.\d+/.exec(stdout ?? "") : null;
  if (!version) return null;
  const major = Number(version[1]);
  const minor = Number(version[2]);
  const [wantedMajor = 0, wantedMinor = 0] = serverMinimum;
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor) ? version[0] : null;
}

/** @param {Wish} wish
 * @returns {Promise<string>} */
export async function temporalBinary({ named, cacheDir, report }) {
  if (named) {
    if (serverVersionOf(named)) return named;
    throw new Error(
      `TEMPORAL_CLI names ${named}, which does not run or carries a server older than ${serverMinimum.join(".")}.`,
    );
  }
  if (serverVersionOf("temporal")) return "temporal";
  const cached = join(cacheDir, `temporal-${temporalVersion}`);
  if (existsSync(cached) && serverVersionOf(cached)) return cached;
  return underLock(
    `${cached}.lock`,
    { waiting: () => report("Another start is obtaining Temporal; waiting for it") },
    async () => {
      if (existsSync(cached) && serverVersionOf(cached)) return cached;
      await obtain(cached, { cacheDir, report });
      return cached;
    },
  );
}

/** @param {string} place
 * @param {{ cacheDir: string, report: (line: string) => void }} options */
async function obtain(place, { cacheDir, report }) {
  mkdirSync(cacheDir, { recursive: true });
  const unfinished = `${place}.${process.pid}.unfinished`;
  /** @type {string[]} */
  const refusals = [];
  for (const way of [downloaded, builtByGo]) {
    try {
      await way(unfinished, report);
      chmodSync(unfinished, 0o755);
      if (!serverVersionOf(unfinished)) throw new Error("what came does not run here");
      renameSync(unfinished, place);
      return;
    } catch (error) {
      refusals.push(messageOf(error));
      report(refusals.at(-1) ?? "");
    } finally {
      rmSync(unfinished, { force: true });
    }
  }
  throw new Error(
    [
      `Temporal ${temporalVersion} could not be obtained:`,
      ...refusals.map((refusal) => `  - ${refusal}`),
      "Any one of these cures it:",
      "  - TEMPORAL_ADDRESS=host:port   use a Temporal server that runs elsewhere",
      "  - TEMPORAL_CLI=/path/temporal  use a program that is here already",
      "  - put `temporal` on PATH       https://docs.temporal.io/cli",
      `  - put it at ${place}`,
      "  - a network that reaches temporal.download or github.com, or Go 1.25 and its module proxy",
    ].join("\n"),
  );
}

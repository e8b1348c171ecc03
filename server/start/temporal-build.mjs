// Temporal by Go, where the download cannot be reached but Go's module proxy can. Measured on four cores: 108 s cold.
import { spawnSync } from "node:child_process";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { requireRoom } from "./disk.mjs";
import { errand } from "./errand.mjs";
import { temporalVersion } from "./temporal.mjs";
import { messageOf } from "./words.mjs";

const goMinimum = [1, 25];
/** The release's own SQLite driver can lose its one connection for good when a caller gives up (mended in 1.42.2 of it). */
const goModule = `module temporal

go ${goMinimum.join(".")}

require (
	github.com/temporalio/cli v${temporalVersion}
	modernc.org/sqlite v1.51.0
)
`;

const bytesNeeded = 3_200_000_000;
const timeoutMs = 20 * 60_000;

function goIsNewEnough() {
  const { stdout, status } = spawnSync("go", ["env", "GOVERSION"], { encoding: "utf8", timeout: 20_000 });
  if (status !== 0) throw new Error("Go is not installed, so Temporal cannot be built either");
  const [, major = "0", minor = "0"] = /go(\d+)\.(\d+)/.exec(stdout) ?? [];
  const [wantedMajor = 0, wantedMinor = 0] = goMinimum;
  if (Number(major) > wantedMajor || (Number(major) === wantedMajor && Number(minor) >= wantedMinor)) return;
  throw new Error(`Go ${goMinimum.join(".")} builds Temporal; here is ${stdout.trim()}`);
}

/** @param {string} place
 * @param {(line: string) => void} report */
export async function builtByGo(place, report) {
  goIsNewEnough();
  requireRoom(dirname(place), bytesNeeded, "building Temporal with Go (it is freed afterwards)");
  // Beside the result, not in the system's temporary folder: that is often a small one in memory.
  const scratch = mkdtempSync(join(dirname(place), "build-"));
  try {
    report(`Building Temporal ${temporalVersion} with Go; about two minutes on four cores`);
    writeFileSync(join(scratch, "go.mod"), goModule);
    await goBuild(scratch, report);
    renameSync(join(scratch, "temporal"), place);
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** @param {string} scratch
 * @param {(line: string) => void} report */
async function goBuild(scratch, report) {
  const version = `-s -w -X github.com/temporalio/cli/temporalcli.Version=${temporalVersion}`;
  const target = "github.com/temporalio/cli/cmd/temporal";
  const flags = ["-v", "-mod=mod", "-modcacherw", "-ldflags", version, "-o", join(scratch, "temporal")];
  const args = [...goSettings(scratch), "go", "build", ...flags, target];
  const began = Date.now();
  let packages = 0;
  const tick = setInterval(
    () => report(`Building Temporal: ${Math.round((Date.now() - began) / 1000)} s, ${packages} packages`),
    10_000,
  );
  try {
    await errand("env", args, {
      cwd: scratch,
      timeoutMs,
      hear: (chunk) => {
        packages += chunk.split("\n").length - 1;
      },
    });
  } catch (error) {
    throw new Error(`go build ${messageOf(error)}`, { cause: error });
  } finally {
    clearInterval(tick);
  }
}

/** @param {string} scratch */
const goSettings = (scratch) => [
  `GOMODCACHE=${join(scratch, "modules")}`,
  `GOCACHE=${join(scratch, "objects")}`,
  `GOTMPDIR=${scratch}`,
  "GOFLAGS=",
  "CGO_ENABLED=0",
];

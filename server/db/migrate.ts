// Brings a database to the newest schema: once, however many processes start together. Run it again and it does nothing.
//   DATABASE_URL=... API_ROLE_PASSWORD=... WORKER_ROLE_PASSWORD=... node server/db/migrate.ts
import { setTimeout as sleep } from "node:timers/promises";
import * as v from "valibot";
import { openDatabase } from "./connection.ts";
import { failureInWords } from "./failures.ts";
import { runCommand } from "./operator.ts";
import { readMigrations, type Migration } from "./migrations.ts";
import { admitRoles } from "./roles.ts";
import type { ReservedSql } from "postgres";

export interface MigrateOptions {
  /** Of a role that may create roles; in the embedded default the superuser. */
  url: string;
  apiPassword: string;
  workerPassword: string;
  migrations?: Migration[];
  log?: (line: string) => void;
  /** How long to wait for another process that migrates. Default ten minutes. */
  waitMs?: number;
  /** How long a statement waits for a table that is in use. Default 30 seconds. */
  lockMs?: number;
}

/** Any number, the same in every process: the advisory lock that makes migrating single. */
const migrationLock = 7_233_118_010;

export async function migrate(options: MigrateOptions): Promise<{ applied: string[] }> {
  const migrations = options.migrations ?? (await readMigrations());
  const db = openDatabase({ url: options.url, max: 1, name: "headwater migrate" });
  try {
    const connection = await db.sql.reserve(); // the lock belongs to this one connection
    try {
      await requireServer(connection);
      await takeLock(connection, options);
      const applied = await applyPending(connection, migrations, options);
      await admitRoles(connection, { headwater_api: options.apiPassword, headwater_worker: options.workerPassword });
      return { applied };
    } finally {
      await connection`select pg_advisory_unlock_all()`.catch(() => {}); // gone with the connection in any case
      connection.release();
    }
  } finally {
    await db.close();
  }
}

/** `uuidv7()` and `returning old` came with 18. */
const oldestServer = 180_000;

export function refuseOldServer(versionNumber: number): void {
  if (versionNumber >= oldestServer) return;
  const version = Math.floor(versionNumber / 10_000);
  throw new MigrationRefused(
    `this server is PostgreSQL ${version}, and Headwater needs 18 or newer: upgrade it, or point DATABASE_URL at another`,
  );
}

async function requireServer(connection: ReservedSql): Promise<void> {
  const [row] = await connection<{ version: number }[]>`select current_setting('server_version_num')::int as version`;
  refuseOldServer(row?.version ?? 0);
}

const LOOKED_EACH_MS = 200;

/** Looked at from time to time: an index that is built concurrently waits for whoever waits inside a statement. */
async function takeLock(connection: ReservedSql, { waitMs = 600_000, log }: MigrateOptions): Promise<void> {
  const until = Date.now() + waitMs;
  const isTaken = async () =>
    (await connection`select pg_try_advisory_lock(${migrationLock}) as taken`)[0]?.["taken"] === true;
  if (await isTaken()) return;
  log?.("another process is migrating this database: waiting for it");
  while (!(await isTaken())) {
    if (Date.now() >= until)
      throw new MigrationRefused(
        "another process is still migrating this database: look what keeps it, and start again",
      );
    await sleep(LOOKED_EACH_MS);
  }
}

async function applyPending(connection: ReservedSql, migrations: Migration[], { log, lockMs }: MigrateOptions) {
  await connection`
    create table if not exists schema_migrations (
      name text primary key, checksum text not null, applied_at timestamptz(3) not null default now())`;
  const rows = await connection<{ name: string; checksum: string }[]>`select name, checksum from schema_migrations`;
  const checksumByName = new Map(rows.map((row) => [row.name, row.checksum]));
  refuseStrangers(migrations, checksumByName);
  const applied: string[] = [];
  for (const migration of migrations) {
    if (checksumByName.has(migration.name)) continue;
    await apply(connection, migration, lockMs ?? 30_000);
    log?.(`applied ${migration.name}`);
    applied.push(migration.name);
  }
  return applied;
}

/** A file that changed after it ran, or a database that is ahead of this program: both end here, before any change. */
function refuseStrangers(migrations: Migration[], checksumByName: Map<string, string>): void {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const [name, checksum] of checksumByName) {
    const migration = known.get(name);
    if (!migration)
      throw new MigrationRefused(
        `the database already has ${name}, which this version does not know: start a newer version`,
      );
    if (migration.checksum !== checksum)
      throw new MigrationRefused(`${name} was edited after it ran on this database: put it back and add a new file`);
  }
  const ran = [...checksumByName.keys()].toSorted().at(-1) ?? "";
  const late = migrations.find((migration) => migration.name < ran && !checksumByName.has(migration.name));
  if (late)
    throw new MigrationRefused(`${late.name} is numbered before ${ran}, which already ran: give it the next number`);
}

class MigrationRefused extends Error {
  override name = "MigrationRefused";
}

/**
 * As the owner, who cannot log in, and with row_security off: a statement that the policies would quietly narrow to no
 * rows fails instead. A file that has to see all rows says `no force row level security` around its statement.
 */
async function apply(connection: ReservedSql, migration: Migration, lockMs: number): Promise<void> {
  const record = connection`
    insert into schema_migrations (name, checksum) values (${migration.name}, ${migration.checksum})`;
  try {
    if (migration.index !== null) {
      await asOwner(connection, migration, "session");
      if (!(await isBuilt(connection, migration.index))) await connection.unsafe(migration.text);
      await connection.unsafe("reset role; reset row_security");
      await record;
      return;
    }
    await connection.unsafe("begin");
    await asOwner(connection, migration, "local");
    await connection.unsafe(`set local lock_timeout = '${lockMs}ms'`);
    await connection.unsafe(migration.text);
    await connection.unsafe("reset role");
    await record;
    await connection.unsafe("commit");
  } catch (error) {
    // Where the connection is gone this has happened by itself, and why it is gone is thrown below.
    await connection.unsafe(migration.index === null ? "rollback" : "reset role; reset row_security").catch(() => {});
    throw new Error(`${migration.name}: ${failureInWords(error)}`, { cause: error });
  }
}

/**
 * An index that is built concurrently and its row in the ledger are not one transaction, and the server goes on building
 * when the process that asked for it has ended. Finished, it stays: who starts again each ten minutes must come to an end
 * too. Unfinished, it has the name and nothing is read by it: it is built anew.
 */
async function isBuilt(connection: ReservedSql, name: string): Promise<boolean> {
  const [index] = await connection<{ isValid: boolean }[]>`
    select indisvalid as "isValid" from pg_index where indexrelid = to_regclass(${name})`;
  if (index?.isValid === false) await connection.unsafe(`drop index concurrently ${name}`);
  return index?.isValid ?? false;
}

async function asOwner(connection: ReservedSql, migration: Migration, scope: "local" | "session"): Promise<void> {
  if (migration.runsAs === "administrator") return;
  await connection.unsafe(
    `grant headwater_owner to current_user; grant usage, create on schema public to headwater_owner`,
  );
  await connection.unsafe(`set ${scope} role headwater_owner; set ${scope} row_security = off`);
}

const environment = v.object(
  {
    DATABASE_URL: v.pipe(v.string(), v.regex(/^postgres(ql)?:\/\//, "must begin with postgres://")),
    API_ROLE_PASSWORD: v.pipe(v.string(), v.minLength(8, "needs at least 8 characters")),
    WORKER_ROLE_PASSWORD: v.pipe(v.string(), v.minLength(8, "needs at least 8 characters")),
  },
  "is missing",
);

function readMigrateConfig(env: Record<string, string | undefined>): MigrateOptions {
  const read = v.safeParse(environment, env);
  if (!read.success) {
    const wrong = read.issues.map((issue) => `${v.getDotPath(issue)} ${issue.message}`);
    throw new Error(`wrong configuration: ${wrong.join("; ")}`);
  }
  const { DATABASE_URL: url, API_ROLE_PASSWORD: apiPassword, WORKER_ROLE_PASSWORD: workerPassword } = read.output;
  return { url, apiPassword, workerPassword };
}

async function main(): Promise<void> {
  const log = (line: string) => process.stdout.write(`${line}\n`);
  const { applied } = await migrate({ ...readMigrateConfig(process.env), log });
  log(applied.length === 0 ? "the database is up to date" : `the database is up to date: ${applied.length} applied`);
}

if (import.meta.main) await runCommand("migrate", main);

// A fresh, migrated database for one test file, cloned from a template that is made once per server and schema.
import { createHash, randomBytes } from "node:crypto";
import postgres from "postgres";
import { migrate } from "./migrate.ts";
import { readMigrations } from "./migrations.ts";
import { admitToDatabase } from "./roles.ts";

export interface TestDatabase {
  /** Superuser: bypasses row-level security. For arranging and for looking at the whole. */
  ownerUrl: string;
  apiUrl: string;
  workerUrl: string;
  close(): Promise<void>;
}

const templateLock = 7_233_118_011;

function at(url: string, database: string, user?: { name: string; password: string }): string {
  const address = new URL(url);
  address.pathname = `/${database}`;
  if (user) {
    address.username = user.name;
    address.password = user.password;
  }
  return address.href;
}

/** Roles are shared by the whole server, so every test file of one server uses the same passwords. */
export const testPassword = (adminUrl: string, role: string) =>
  createHash("sha256")
    .update(`${new URL(adminUrl).host} ${role}`)
    .digest("hex")
    .slice(0, 32);

export async function createTestDatabase(adminUrl: string): Promise<TestDatabase> {
  const apiPassword = testPassword(adminUrl, "headwater_api");
  const workerPassword = testPassword(adminUrl, "headwater_worker");
  const name = `test_${randomBytes(8).toString("hex")}`;
  const admin = postgres(adminUrl, { max: 1, onnotice: () => {} });
  const connection = await admin.reserve();
  try {
    await connection`select pg_advisory_lock(${templateLock})`;
    const template = await ensureTemplate(connection, adminUrl, { apiPassword, workerPassword });
    await connection.unsafe(`create database ${name} template ${template}`);
    await admitToDatabase(connection, name);
  } finally {
    connection.release();
    await admin.end(); // and with it the lock
  }
  return {
    ownerUrl: at(adminUrl, name),
    apiUrl: at(adminUrl, name, { name: "headwater_api", password: apiPassword }),
    workerUrl: at(adminUrl, name, { name: "headwater_worker", password: workerPassword }),
    close: () => drop(adminUrl, name),
  };
}

async function ensureTemplate(
  connection: postgres.ReservedSql,
  adminUrl: string,
  passwords: { apiPassword: string; workerPassword: string },
): Promise<string> {
  const migrations = await readMigrations();
  const digest = createHash("sha256")
    .update(migrations.map((migration) => migration.checksum).join())
    .digest("hex");
  const template = `headwater_template_${digest.slice(0, 12)}`;
  const found = await connection`select 1 from pg_database where datname = ${template} and datistemplate`;
  if (found.length > 0) return template;
  await connection.unsafe(`drop database if exists ${template} with (force)`); // half made by a run that was killed
  await connection.unsafe(`create database ${template}`);
  await migrate({ url: at(adminUrl, template), migrations, ...passwords });
  await connection.unsafe(`alter database ${template} is_template true`);
  return template;
}

async function drop(adminUrl: string, name: string): Promise<void> {
  const admin = postgres(adminUrl, { max: 1, onnotice: () => {} });
  try {
    await admin.unsafe(`drop database if exists ${name} with (force)`);
  } finally {
    await admin.end();
  }
}

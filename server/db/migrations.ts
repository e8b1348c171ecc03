// The migration files: numbered, hand-written, never edited once released. The head of a file says why it is there,
// what it locks, and where needed `Runs as: administrator` or `Transaction: none` (for an index built concurrently).
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

export interface Migration {
  name: string;
  text: string;
  checksum: string;
  runsAs: "owner" | "administrator";
  /** What it builds concurrently, and so outside a transaction. */
  index: string | null;
}

const migrationsFolder = join(import.meta.dirname, "migrations");

export async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(migrationsFolder)).filter((name) => name.endsWith(".sql")).toSorted();
  return Promise.all(
    names.map(async (name) => parseMigration(name, await readFile(join(migrationsFolder, name), "utf8"))),
  );
}

export function parseMigration(name: string, text: string): Migration {
  const head = text
    .split("\n")
    .filter((line) => line.startsWith("-- "))
    .join("\n");
  if (!/^\d{4}_[a-z0-9_]+\.sql$/.test(name)) throw new Error(`${name}: a migration is named 0001_what_it_does.sql`);
  if (!/^-- Why: ./m.test(head)) throw new Error(`${name}: the head does not say why ("-- Why: ...")`);
  if (!/^-- Locks: ./m.test(head)) throw new Error(`${name}: the head does not say what it locks ("-- Locks: ...")`);
  const index = /^create (?:unique )?index concurrently (\w+)/m.exec(text)?.[1] ?? null;
  if (/^-- Transaction: none/m.test(head) !== (index !== null))
    throw new Error(
      `${name}: "-- Transaction: none" is for one index that is built concurrently, and for nothing else`,
    );
  return {
    name,
    text,
    checksum: createHash("sha256").update(text).digest("hex"),
    runsAs: /^-- Runs as: administrator/m.test(head) ? "administrator" : "owner",
    index,
  };
}

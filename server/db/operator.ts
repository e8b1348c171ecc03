// What the commands of an operator have in common: they stand on a superuser's connection, and what went wrong is one line.
import * as v from "valibot";
import { openDatabase, type Database } from "./connection.ts";
import { failureInWords } from "./failures.ts";

const environment = v.object({ DATABASE_URL: v.string() }, "DATABASE_URL is missing");

/** Opened as DATABASE_URL says, for as long as the work takes. */
export async function withDatabase(name: string, work: (everything: Database) => Promise<void>): Promise<void> {
  const db = openDatabase({ url: v.parse(environment, process.env).DATABASE_URL, max: 1, name: `headwater ${name}` });
  try {
    await work(db);
  } finally {
    await db.close();
  }
}

export async function runCommand(name: string, main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    process.stderr.write(`${name}: ${failureInWords(error)}\n`);
    process.exitCode = 1;
  }
}

import { afterAll, beforeAll, inject } from "vitest";
import { openDatabase, type Database } from "../connection.ts";
import { createTestDatabase, type TestDatabase } from "../testing.ts";
import { fillOrganisation, type FilledOrganisation } from "./every-table.ts";

export interface OwnDatabase extends TestDatabase {
  /** Superuser: bypasses row-level security. */
  readonly owner: Database;
  readonly api: Database;
  readonly worker: Database;
}

const CONNECTIONS = 8;

/** A database for the tests of one file, with organisations of these names in it; each holds a row of every table. */
export function ownDatabase<Name extends string = never>(
  ...names: readonly Name[]
): OwnDatabase & Readonly<Record<Name, FilledOrganisation>> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- whole before the first test: vitest runs none before beforeAll is done
  const own = {} as OwnDatabase & Record<Name, FilledOrganisation>;
  beforeAll(async () => {
    const made = await createTestDatabase(inject("postgresUrl"));
    const open = (url: string) => openDatabase({ url, max: CONNECTIONS });
    Object.assign(own, made, { owner: open(made.ownerUrl), api: open(made.apiUrl), worker: open(made.workerUrl) });
    for (const name of names) Object.assign(own, { [name]: await fillOrganisation(own.owner, name) });
  });
  afterAll(async () => {
    await Promise.all([own.owner, own.api, own.worker].map((each) => each.close()));
    await own.close();
  });
  return own;
}

// Questions that are always asked in the same words. Each is written once for the process: neither its text nor the mapping
// of its rows is made anew for an answer, and Postgres reads and plans it once for each connection.
import { drizzle, PostgresJsSession } from "drizzle-orm/postgres-js";
import type { Query } from "drizzle-orm/sql";
import type { Database } from "./connection.ts";
import type { Readable } from "./tenant.ts";

/** Without a connection: it writes and does not ask. Mappings are compiled, which pays for what is used again. */
const pen = drizzle.mock({ jit: true });

export type Pen = typeof pen;
interface Written<Rows> {
  prepare(name: string): { execute(): Promise<Rows>; getQuery(): Query };
}

/** What can be asked: a transaction, or the pool where no organisation is concerned. */
export type Askable = Readable | Database["drizzle"];

/** Only where one plan serves every value; values are named by `sql.placeholder`, a list of any length is one (`any($1)`). */
export function statement<Rows>(write: (pen: Pen) => Written<Rows>) {
  const written = write(pen).prepare("kept");
  const query = written.getQuery();
  const mapper: unknown = Reflect.get(written, "mapper");
  if (typeof mapper !== "function") throw new TypeError("drizzle changed its prepared queries");
  const rowsOf = (rows: unknown[]): unknown => mapper(rows);
  return (on: Askable, values: Readonly<Record<string, unknown>> = {}): Promise<Rows> =>
    sessionOf(on)
      .prepareQuery<{ execute: Rows }>(query, "arrays", "kept", rowsOf)
      .execute({ ...values });
}

function sessionOf(on: Askable) {
  const session: unknown = Reflect.get(on, "session");
  if (!(session instanceof PostgresJsSession)) throw new TypeError("drizzle changed its session");
  return session;
}

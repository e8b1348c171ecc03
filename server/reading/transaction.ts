/** The database as one operation sees it: inside its transaction, in its organisation. Never kept beyond it. */
import { sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";
import type { TenantTransaction } from "@headwater/db";

export type Transaction = TenantTransaction["drizzle"];

/**
 * For what every page asks: Postgres reads and plans it once for each connection. Only where the text is the same however
 * much is asked for (`ofThese`, not `inArray`), and where one plan serves every value.
 */
export const kept = <Result>(query: { prepare(name: string): { execute(): Promise<Result> } }): Promise<Result> =>
  query.prepare("kept").execute();

/** A list as one parameter, `{"a","b"}`. */
export const textArray = (values: readonly string[]): string =>
  `{${values.map((value) => JSON.stringify(value)).join(",")}}`;

export const ofThese = (column: AnyPgColumn, ids: readonly string[]): SQL =>
  sql`${column} = any(${textArray(ids)}::uuid[])`;

/** The database as one operation sees it: inside its transaction, in its organisation. Never kept beyond it. */
import { sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";
import type { Readable } from "@headwater/db";

export type Transaction = Readable;

/** A list as one parameter, `{"a","b"}`. */
export const textArray = (values: readonly string[]): string =>
  `{${values.map((value) => JSON.stringify(value)).join(",")}}`;

/** In a statement that is asked with `{ ids: textArray(...) }`: the same text however many they are, unlike `inArray`. */
export const ofThese = (column: AnyPgColumn): SQL => sql`${column} = any(${sql.placeholder("ids")}::uuid[])`;

// The few column shapes that every table shares.
import { sql } from "drizzle-orm";
import { numeric, timestamp, uuid } from "drizzle-orm/pg-core";
import type { OrganisationId } from "./ids.ts";

/** Milliseconds, as cursors carry them: microseconds in the database lose rows between two pages. */
export const instant = () => timestamp({ withTimezone: true, precision: 3 });
export const createdInstant = () =>
  instant()
    .notNull()
    .default(sql`now()`);

export const idOf = <Id extends string>() => uuid().$type<Id>();
/** Made by the database, in the order of time. */
export const ownId = <Id extends string>() =>
  uuid()
    .$type<Id>()
    .notNull()
    .default(sql`uuidv7()`);
/** First column and first in the primary key of every tenant table. */
export const tenant = () => uuid().$type<OrganisationId>().notNull();

/** Exact; a decimal string in TypeScript. */
export const amount = () => numeric();

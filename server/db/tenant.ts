// Every statement about an organisation runs in one transaction that names it. Without, there are no rows.
import type { PostgresJsTransaction } from "drizzle-orm/postgres-js";
import type { TransactionSql } from "postgres";
import type { Database } from "./connection.ts";
import { isUuid, type OrganisationId, type UserId } from "./schema/ids.ts";
import type { relations } from "./schema/relations.ts";

export interface TenantTransaction {
  organisationId: OrganisationId | null;
  /** postgres.js on this transaction's connection: COPY, merges, explicit queries. */
  sql: TransactionSql;
  /** drizzle on the same connection. Its own `transaction` is a savepoint. */
  drizzle: PostgresJsTransaction<typeof relations>;
}

/** As what only reads gives it: builders by relation are made for every table, and each time anew. */
export interface Readable extends Omit<TenantTransaction["drizzle"], "_" | "query" | "transaction"> {
  transaction<T>(work: (savepoint: Readable) => Promise<T>): Promise<T>;
}

export interface TenantOptions {
  /** The signed-in person: lets their own memberships and organisations be listed. */
  userId?: UserId;
  readOnly?: boolean;
}

/**
 * Runs `work` in one transaction of this organisation; null is a person before an organisation is chosen, or a sweep.
 * A handle kept after the end runs outside of it, with no organisation: never keep one.
 */
export function inTenant<T>(
  db: Pick<Database, "drizzle">,
  organisationId: OrganisationId | null,
  work: (tx: TenantTransaction) => Promise<T>,
  options: TenantOptions = {},
): Promise<T> {
  for (const id of [organisationId, options.userId]) {
    if (id != null && !isUuid(id)) throw new TypeError("inTenant needs a uuid");
  }
  return db.drizzle.transaction(async (tx) => {
    const sql = keepingPlans(clientOf(tx));
    // Not waited for: on its one connection it comes before whatever `work` asks, and costs no trip of its own.
    const named = sql`select set_config('app.tenant', ${organisationId ?? ""}, true),
      set_config('app.user', ${options.userId ?? ""}, true)
      ${options.readOnly ? sql`, set_config('transaction_read_only', 'on', true)` : sql``}`.execute();
    const [done] = await Promise.all([work({ organisationId, sql, drizzle: tx }), named]);
    return done;
  });
}

/** drizzle's transaction holds the postgres.js transaction it runs on, but its type hides it. */
function clientOf(tx: PostgresJsTransaction<typeof relations>): TransactionSql {
  const session: unknown = Reflect.get(tx, "session");
  const client: unknown = typeof session === "object" && session !== null ? Reflect.get(session, "client") : undefined;
  if (!isTransactionSql(client)) throw new TypeError("drizzle changed its session");
  return client;
}

/** What is asked to be kept must not go by the driver's simple protocol, which it takes for all that has no values. */
function keepingPlans(client: TransactionSql): TransactionSql {
  const send = client.unsafe.bind(client);
  const planned = { simple: false }; // known to the driver, though not to its types
  client.unsafe = (query, values, how) => send(query, values, how?.prepare === true ? { ...how, ...planned } : how);
  return client;
}

/** Only a postgres.js transaction is a function with a savepoint. */
const isTransactionSql = (value: unknown): value is TransactionSql =>
  typeof value === "function" && "savepoint" in value;

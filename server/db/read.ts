// Questions that change nothing. What begins the transaction goes out together with its first question.
import { PostgresJsSession, PostgresJsTransaction } from "drizzle-orm/postgres-js";
import type { PgDialect } from "drizzle-orm/pg-core";
import type { MaybeRow, PendingQuery, ReservedSql, UnsafeQueryOptions } from "postgres";
import type { Database } from "./connection.ts";
import { isUuid, type OrganisationId, type UserId } from "./schema/ids.ts";
import type { Readable } from "./tenant.ts";

/** One transaction of this organisation that writes nothing; else as `inTenant`, and as there no handle outlives it. */
export async function readInTenant<T>(
  { sql, drizzle }: Pick<Database, "sql" | "drizzle">,
  organisationId: OrganisationId | null,
  work: (tx: { readonly drizzle: Readable }) => Promise<T>,
  userId: UserId | null = null,
): Promise<T> {
  refuseOdd(organisationId, userId);
  const lane = await sql.reserve();
  const asked = onLane(lane);
  try {
    const begun = begin(lane, organisationId, userId);
    const [done] = await Promise.all([work({ drizzle: transactionOn(asked.client, drizzle) }), begun]);
    asked.throwFailed();
    return done;
  } finally {
    asked.end();
    // Nothing was written: that its end is lost takes nothing away from the answer.
    await Promise.allSettled([lane.unsafe("commit")]);
    lane.release();
  }
}

/**
 * One question to one organisation, in one round trip: the transaction, its name, the question and the end go out together.
 * For what every request asks before anything else.
 */
export async function askInTenant<Rows extends readonly MaybeRow[]>(
  { sql }: Pick<Database, "sql">,
  organisationId: OrganisationId,
  question: (sql: ReservedSql) => PendingQuery<Rows>,
): Promise<Rows> {
  refuseOdd(organisationId);
  const lane = await sql.reserve();
  try {
    const begun = begin(lane, organisationId, null);
    const answer = question(lane).execute();
    const ended = lane.unsafe("commit").execute();
    // Whatever went wrong, the connection is given back only when nothing of this is under way on it.
    await Promise.allSettled([begun, answer, ended]);
    await begun;
    return await answer;
  } finally {
    lane.release();
  }
}

function refuseOdd(...ids: (string | null)[]): void {
  if (ids.some((id) => id !== null && !isUuid(id))) throw new TypeError("a read needs a uuid");
}

/** One message of plain text, for nothing but uuids stands in it: every request sends it twice. */
const begin = (lane: ReservedSql, organisationId: OrganisationId | null, userId: UserId | null) =>
  lane
    .unsafe(
      `begin read only; set local app.tenant = '${organisationId ?? ""}'; set local app."user" = '${userId ?? ""}'`,
    )
    .execute();

/** What drizzle asks a driver for, until the end of the transaction. */
function onLane(lane: ReservedSql) {
  const failed: unknown[] = [];
  let isOver = false;
  const planned = { prepare: true, simple: false }; // the second is known to the driver, though not to its types
  const unsafe = (text: string, values: never[], how: UnsafeQueryOptions) => {
    if (isOver) throw new Error("The transaction that this query belongs to has ended");
    // What is to be kept must not go by the simple protocol, which the driver takes for all that has no values.
    const query = lane.unsafe(text, values, how.prepare === true ? planned : how);
    query.catch((error: unknown) => failed.push(error));
    return query;
  };
  return {
    client: { unsafe },
    end: () => {
      isOver = true;
    },
    /** As the driver's own transactions: a statement that failed fails the whole, whoever caught its error. */
    throwFailed: () => {
      if (failed.length > 0) throw failed[0];
    },
  };
}

function transactionOn(client: object, drizzle: Database["drizzle"]): Readable {
  const dialect: PgDialect = Reflect.get(drizzle, "dialect");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of its client a session calls `unsafe` alone, but for savepoints
  const session = new PostgresJsSession(client as never, dialect, {}, { paramsInErrors: false });
  return new PostgresJsTransaction(dialect, session, {});
}

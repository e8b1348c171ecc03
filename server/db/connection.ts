// The one way to reach Postgres. postgres.js never sets TCP_NODELAY, which costs a small COPY about 43 ms each
// (Nagle meets delayed ACK), so the socket is ours.
import { connect, type Socket } from "node:net";
import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import postgres, { type Sql } from "postgres";
import { relations } from "./schema/relations.ts";
import { endWhenSilent } from "./silence.ts";

export interface DatabaseOptions {
  url: string;
  /** Connections at most. Default 10. */
  max?: number;
  /** Shown in pg_stat_activity. */
  name?: string;
  /** A statement of this long without a byte is a lost connection. Longer than any statement may take; not watched unless said. */
  silenceMs?: number;
  /** The database itself ends a statement that takes longer. */
  statementMs?: number;
}

export interface Database {
  /** postgres.js over the same pool. Instants come as `Date`, days, numeric and bigint as strings. */
  sql: Sql;
  drizzle: PostgresJsDatabase<typeof relations>;
  /** Lets what is under way finish, at most five seconds. */
  close(): Promise<void>;
}

/**
 * Not awaited: a socket that is still connecting buffers what is written and reports a refusal as `error` and `close`,
 * which the driver handles. Had the promise rejected, the driver would keep the connection as "connecting" for ever.
 */
function socketWithoutDelay(silenceMs: number | undefined) {
  let attempt = 0;
  return ({ host, port, path }: { host: string[]; port: number[]; path: string | false }): Socket => {
    if (path) return connect({ path });
    const at = attempt++ % host.length;
    const socket = connect({ host: host[at] ?? "localhost", port: port[at] ?? 5432, noDelay: true });
    if (silenceMs !== undefined) endWhenSilent(socket, silenceMs);
    return Object.assign(socket, { host: host[at] }); // read by the driver for the TLS server name
  };
}

/** The driver's own goes up to 20 s: far too long for a server that was away for two. */
const secondsBeforeReconnecting = (retries: number) => Math.min(0.02 * 2 ** retries, 1) * (0.5 + Math.random() / 2);

const timestamptz = 1184;

export function openDatabase(asked: DatabaseOptions): Database {
  const { url, max = 10, name = "headwater", silenceMs, statementMs } = asked;
  const options = {
    max,
    onnotice: () => {},
    connection: { application_name: name, ...(statementMs !== undefined && { statement_timeout: statementMs }) },
    connect_timeout: 10,
    backoff: secondsBeforeReconnecting,
    socket: socketWithoutDelay(silenceMs),
  };
  const sql = postgres(url, options);
  // An error's text goes into logs: the values of the query that failed must not be in it.
  const database = drizzle({ client: sql, relations, paramsInErrors: false });
  // drizzle turned the client's dates into text; its own mapping takes a Date as well, so raw queries get theirs back.
  sql.options.parsers[timestamptz] = (text: string) => new Date(text);
  return { sql, drizzle: database, close: () => sql.end({ timeout: 5 }) };
}

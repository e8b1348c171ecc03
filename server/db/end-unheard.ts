// A transaction whose network died without a word: idle, its role's own limit ends it. In the middle of a statement, a COPY or one
// whose values are still to come, no limit of Postgres does, and what it has locked stays locked for hours.
import type { Sql } from "postgres";

/**
 * Ends the sessions of this role that wait for the rest of a statement for longer than it waits for a lock: what a statement needs
 * we send at once. Answers how many; a role that waits for ever ends none.
 */
export async function endUnheard(sql: Sql): Promise<number> {
  const ended = await sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where usename = current_user and datname = current_database() and state = 'active' and wait_event = 'ClientRead'
      and query_start < clock_timestamp() - nullif(current_setting('lock_timeout'), '0')::interval`;
  return ended.length;
}

// Ends what somebody, or everybody, is signed in by: at their next request, and within five seconds where a page listens.
//   DATABASE_URL=<superuser> node server/db/end-sessions.ts mira@example.com
//   DATABASE_URL=<superuser> node server/db/end-sessions.ts everybody
// API tokens are not sessions: whoever made one revokes it. Each organisation of theirs has it in its log.
import { parseArgs } from "node:util";
import * as v from "valibot";
import type { Database } from "./connection.ts";
import { runCommand, withDatabase } from "./operator.ts";

const EVERYBODY = "everybody";

/** `everything` is a database opened by a superuser. Gives how many sessions ended. */
export const endSessions = (everything: Database, whose: string): Promise<number> =>
  everything.sql.begin(async (sql) => {
    await sql`set local row_security = off`;
    const ended = await sql<{ person: string }[]>`
      delete from sessions s using users u
      where u.id = s.user_id and (${whose === EVERYBODY} or u.email = ${whose.toLowerCase()}) returning s.user_id as person`;
    const people = [...new Set(ended.map(({ person }) => person))];
    const told = await sql<{ organisation: string; person: string }[]>`
      select organisation_id as organisation, user_id as person from memberships
      where user_id = any(${people}::uuid[]) order by 1, 2`;
    await sql`set local row_security = on`;
    for (const { organisation, person } of told) {
      await sql`select set_config('app.tenant', ${organisation}, true)`;
      await sql`select append_audit('{"kind":"system","name":"operator"}', 'session.ended', 'person', ${person})`;
    }
    return ended.length;
  });

const asked = v.strictTuple(
  [v.union([v.literal(EVERYBODY), v.pipe(v.string(), v.email())], `say an e-mail address, or ${EVERYBODY}`)],
  `say an e-mail address, or ${EVERYBODY}`,
);

if (import.meta.main)
  await runCommand("end-sessions", async () => {
    const [whose] = v.parse(asked, parseArgs({ allowPositionals: true }).positionals);
    await withDatabase("end sessions", async (everything) => {
      process.stdout.write(`${await endSessions(everything, whose)} sessions ended\n`);
    });
  });

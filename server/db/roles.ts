// Who may log in, and to what. Runs at every migrate, because passwords and a database's own privileges are not schema.
import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import postgres, { type ReservedSql } from "postgres";

const iterations = 4096;

/** RFC 5803, made here, so that the password itself never reaches the server or its log. */
function scramVerifier(password: string, salt = randomBytes(16)): string {
  const salted = pbkdf2Sync(password.normalize("NFKC"), salt, iterations, 32, "sha256");
  const hmac = (text: string) => createHmac("sha256", salted).update(text).digest();
  const storedKey = createHash("sha256").update(hmac("Client Key")).digest("base64");
  return `SCRAM-SHA-256$${iterations}:${salt.toString("base64")}$${storedKey}:${hmac("Server Key").toString("base64")}`;
}

/**
 * A transaction that waits for nothing but us is a mistake, and one that holds a lock holds others up. Workers read
 * whole histories, so their statements have no limit: those that nobody sends the rest of, `end-unheard.ts` ends.
 */
const settingsByRole: Record<string, string[]> = {
  headwater_api: ["idle_in_transaction_session_timeout=15s", "lock_timeout=5s", "statement_timeout=10s"],
  headwater_worker: ["idle_in_transaction_session_timeout=120s", "lock_timeout=60s"],
};

/** Lets each role in with its password, and nobody else to this database. Only workers may make temporary tables. */
export async function admitRoles(connection: ReservedSql, passwordByRole: Record<string, string>): Promise<void> {
  for (const [role, password] of Object.entries(passwordByRole)) {
    await admit(connection, role, password);
    await limit(connection, role);
  }
  const [row] = await connection<{ name: string }[]>`select quote_ident(current_database()) as name`;
  if (row) await admitToDatabase(connection, row.name);
}

async function admit(connection: ReservedSql, role: string, password: string): Promise<void> {
  if (await alreadyAdmits(connection, role, password)) return;
  const verifier = scramVerifier(password);
  await patiently(() => connection.unsafe(`alter role ${role} login noinherit password '${verifier}'`));
}

async function limit(connection: ReservedSql, role: string): Promise<void> {
  const wanted = settingsByRole[role] ?? [];
  const [row] = await connection<{ rolconfig: string[] | null }[]>`
    select rolconfig from pg_roles where rolname = ${role}`;
  for (const setting of wanted.filter((entry) => !row?.rolconfig?.includes(entry))) {
    const [name, value] = setting.split("=");
    await patiently(() => connection.unsafe(`alter role ${role} set ${name} = '${value}'`));
  }
}

/** A database's own privileges: a clone of a template does not inherit them. */
export async function admitToDatabase(connection: ReservedSql, quotedName: string): Promise<void> {
  await patiently(() =>
    connection.unsafe(`
      revoke connect, temporary on database ${quotedName} from public;
      grant connect on database ${quotedName} to headwater_api, headwater_worker;
      grant temporary on database ${quotedName} to headwater_worker`),
  );
}

/** Only a superuser can look; anyone else sets the password again, which does no harm. */
async function alreadyAdmits(connection: ReservedSql, role: string, password: string): Promise<boolean> {
  const [allowed] = await connection`select has_table_privilege('pg_authid', 'select') as may`;
  if (!allowed?.["may"]) return false;
  const [row] = await connection`select rolpassword, rolcanlogin from pg_authid where rolname = ${role}`;
  const stored: unknown = row?.["rolpassword"];
  if (typeof stored !== "string" || !row?.["rolcanlogin"]) return false;
  const salt = /^SCRAM-SHA-256\$4096:([^$]+)\$/.exec(stored)?.[1];
  return salt !== undefined && scramVerifier(password, Buffer.from(salt, "base64")) === stored;
}

/** Roles are shared by the whole cluster: another database's migration may change the same row in this moment. */
async function patiently(work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await work();
      return;
    } catch (error) {
      const raced = error instanceof postgres.PostgresError && /concurrently (updated|deleted)/.test(error.message);
      if (!raced || attempt === 20) throw error;
    }
  }
}

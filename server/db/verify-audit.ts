// Proves that the audit log is whole: nothing changed, removed, replaced or moved.
//   DATABASE_URL=... node server/db/verify-audit.ts [--heads <file>]
// A log cut off at its end is whole by itself: each organisation's last entry of every day stands in audit_heads, and is
// looked for. With --heads it is also compared with what the file recorded, which is written anew when all is well: keep
// that file away from the database. The lifecycle worker writes such a file a day into DATA_DIR/audit-heads.
import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import type { TransactionSql } from "postgres";
import * as v from "valibot";
import type { Database } from "./connection.ts";
import { runCommand, withDatabase } from "./operator.ts";

const headShape = v.object({ organisationId: v.string(), n: v.number(), hash: v.string() });
/** The last entry of an organisation's log. */
export type AuditHead = v.InferOutput<typeof headShape>;

export interface AuditVerdict {
  entries: number;
  faults: string[];
  heads: AuditHead[];
}

/**
 * `everything` is a database opened by a superuser, or a role with BYPASSRLS. For anyone else row_security = off makes
 * the first statement fail: a log narrowed to nothing would look whole.
 */
export function verifyAudit(everything: Database, recorded: AuditHead[] = []): Promise<AuditVerdict> {
  return everything.sql.begin("read only", async (sql) => {
    await sql`set local row_security = off`;
    const broken = await sql<{ organisation_id: string; n: string; fault: string }[]>`select * from audit_faults()`;
    const heads = await sql<{ organisationId: string; n: number; hash: string }[]>`
      select distinct on (organisation_id) organisation_id as "organisationId", n::int, hash
      from audit_log order by organisation_id, n desc`;
    const [count] = await sql<{ entries: number }[]>`select count(*)::int as entries from audit_log`;
    const kept = await sql<AuditHead[]>`
      select organisation_id as "organisationId", n::int, hash from audit_heads order by organisation_id, n`;
    const faults = broken.map((row) => `${row.organisation_id} entry ${row.n}: ${row.fault}`);
    for (const head of [...kept, ...recorded])
      for (const fault of await faultsSince(sql, head)) if (!faults.includes(fault)) faults.push(fault);
    return { entries: count?.entries ?? 0, faults, heads: [...heads] };
  });
}

async function faultsSince(sql: TransactionSql, { organisationId, n, hash }: AuditHead): Promise<string[]> {
  const [row] = await sql<{ hash: string }[]>`
    select hash from audit_log where organisation_id = ${organisationId} and n = ${n}`;
  if (!row) return [`${organisationId} entry ${n}: cut off since it was recorded`];
  return row.hash === hash ? [] : [`${organisationId} entry ${n}: rewritten since it was recorded`];
}

async function readHeads(file: string): Promise<AuditHead[]> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "[]"; // the first time there is nothing to compare with
    throw error;
  });
  return v.parse(v.array(headShape), JSON.parse(text));
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { heads: { type: "string" }, help: { type: "boolean" } } });
  if (values.help) {
    process.stdout.write("DATABASE_URL=<superuser> node server/db/verify-audit.ts [--heads <file>]\n");
    return;
  }
  await withDatabase("verify audit", async (everything) => {
    const { entries, faults, heads } = await verifyAudit(everything, values.heads ? await readHeads(values.heads) : []);
    process.stdout.write(
      [...faults, `${entries} entries of ${heads.length} organisations: ${faults.length} faults\n`].join("\n"),
    );
    if (faults.length > 0) process.exitCode = 1;
    else if (values.heads) await writeFile(values.heads, `${JSON.stringify(heads, null, 2)}\n`);
  });
}

if (import.meta.main) await runCommand("verify-audit", main);

/** The last entry of every audit log, once a day: kept in a table that nobody may change, and in a file outside of the database. */
import { inTenant, organisationId } from "@headwater/db";
import type { AuditHead, SweepDeps } from "./deps.ts";

export async function exportHeads(deps: SweepDeps, now = new Date()): Promise<number> {
  const day = now.toISOString().slice(0, 10);
  const organisations = await inTenant(
    deps.db,
    null,
    (tx) => tx.sql<{ id: string }[]>`select distinct organisation_id as id from datasources`,
  );
  const heads: AuditHead[] = [];
  for (const { id } of organisations) {
    const head = await headOf(deps, id, day);
    if (head !== null) heads.push(head);
  }
  if (heads.length > 0) await deps.keepHeads?.(day, heads);
  return heads.length;
}

/** Told twice a day, the first one stands. */
const headOf = (deps: SweepDeps, id: string, day: string): Promise<AuditHead | null> =>
  inTenant(deps.db, organisationId(id), async (tx) => {
    await tx.sql`
      insert into audit_heads (organisation_id, day, n, hash)
      select organisation_id, ${day}::text::date, n, hash from audit_log
      where organisation_id = ${id} and n > 0 order by n desc limit 1
      on conflict do nothing`;
    const [head] = await tx.sql<AuditHead[]>`
      select organisation_id as "organisationId", n::int, hash from audit_heads
      where organisation_id = ${id} and day = ${day}::text::date`;
    return head ?? null;
  });

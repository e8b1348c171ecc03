// Cursors carry milliseconds. Were the columns to keep microseconds, a page would begin after rows it never showed.
import { and, asc, eq, gt, or } from "drizzle-orm";
import { randomUUID } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { commandId } from "./schema/ids.ts";
import * as schema from "./schema/tables.ts";
import { inTenant, type TenantTransaction } from "./tenant.ts";
import { ownDatabase } from "./testing/own-database.ts";

const made = ownDatabase("ours");
const rowsInAll = 50;

beforeAll(async () => {
  await made.owner.sql`delete from commands`;
  // A third at the very same instant, a third a microsecond apart, a third a millisecond apart.
  for (let i = 0; i < rowsInAll; i++) {
    const step = ["0 microseconds", `${i} microseconds`, `${i} milliseconds`][i % 3] ?? "0";
    await made.owner.sql`
      insert into commands (organisation_id, datasource_id, kind, args_hash, idempotency_key, actor, intent_version, created_at)
      values (${made.ours.organisationId}, ${made.ours.datasourceId}, 'syncNow', '', ${randomUUID()}, '{}', 1,
        timestamptz '2026-11-20 10:00:00.123456+00' + ${step}::interval)`;
  }
});

type Cursor = { createdAt: string; id: string } | null;

/** One page as a client asks for it: its cursor went through JSON, which knows milliseconds. */
async function page({ drizzle }: TenantTransaction, after: Cursor, first: number) {
  const { commands } = schema;
  const at = after && new Date(after.createdAt);
  const later =
    after &&
    at &&
    or(gt(commands.createdAt, at), and(eq(commands.createdAt, at), gt(commands.id, commandId(after.id))));
  const rows = await drizzle
    .select({ id: commands.id, createdAt: commands.createdAt })
    .from(commands)
    .where(and(eq(commands.organisationId, made.ours.organisationId), later ?? undefined))
    .orderBy(asc(commands.createdAt), asc(commands.id))
    .limit(first);
  const last = rows.at(-1);
  return { ids: rows.map((row) => row.id), next: last ? { createdAt: last.createdAt.toJSON(), id: last.id } : null };
}

test.each([1, 2, 7, 50])("pages of %i show each row once, at equal and at microsecond-apart times", async (first) => {
  const seen: string[] = [];
  let cursor: Cursor = null;
  for (;;) {
    const { ids, next }: { ids: string[]; next: Cursor } = await inTenant(made.api, made.ours.organisationId, (tx) =>
      page(tx, cursor, first),
    );
    if (ids.length === 0) break;
    seen.push(...ids);
    cursor = next;
  }
  expect(seen).toHaveLength(rowsInAll);
  expect(new Set(seen).size).toBe(rowsInAll);
});

test("ids made one after the other are in that order", async () => {
  const rows = await inTenant(
    made.api,
    made.ours.organisationId,
    (tx) => tx.sql<{ id: string }[]>`select uuidv7() as id from generate_series(1, 1000)`,
  );
  const ids = rows.map((row) => row.id);
  expect(ids.toSorted()).toEqual(ids);
});

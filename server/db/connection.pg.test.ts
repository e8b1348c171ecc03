import { eq, sql as text } from "drizzle-orm";
import { expect, test } from "vitest";
import { openDatabase } from "./connection.ts";
import { organisationId } from "./schema/ids.ts";
import { type FilledOrganisation } from "./testing/every-table.ts";
import * as schema from "./schema/tables.ts";
import { askInTenant } from "./read.ts";
import { inTenant } from "./tenant.ts";
import { ownDatabase } from "./testing/own-database.ts";

const made = ownDatabase("ours");

test("both ways to ask give instants as Date, days, money and big counts as text", async () => {
  const [raw] = await inTenant(
    made.owner,
    made.ours.organisationId,
    (tx) => tx.sql`select o.ordered_at, o.day, o.total, o.document, d.cadence_ms from orders o, datasources d limit 1`,
  );
  expect(raw).toEqual({
    ordered_at: new Date("2026-11-20T10:00:00.000Z"),
    day: "2026-11-20",
    total: "1.10",
    document: { a: 1 },
    cadence_ms: "3600000",
  });
  const [row] = await inTenant(made.owner, made.ours.organisationId, (tx) =>
    tx.drizzle.select().from(schema.orders).limit(1),
  );
  expect(row).toMatchObject({
    orderedAt: new Date("2026-11-20T10:00:00.000Z"),
    day: "2026-11-20",
    total: "1.10",
    document: { a: 1 },
    deletedAt: null,
  });
});

test("both ways to ask keep money exact, however long, and ids beyond 2^53", async () => {
  const total = "123456789012345678901234.000000000000000001";
  await inTenant(made.owner, made.ours.organisationId, async (tx) => {
    const [order] = await tx.drizzle.select().from(schema.orders).limit(1);
    if (!order) throw new Error("there is one order");
    await tx.drizzle.insert(schema.orders).values({ ...order, id: "9007199254740993", total });
    const [row] = await tx.sql`select id, total, total + 1 as more from orders where id = '9007199254740993'`;
    expect(row).toEqual({ id: "9007199254740993", total, more: total.replace("234.", "235.") });
    await tx.sql`delete from orders where id = '9007199254740993'`;
  });
});

test("nested rows are read in one statement", async () => {
  const rows = await inTenant(made.owner, made.ours.organisationId, (tx) =>
    tx.drizzle.query.datasources.findMany({
      where: { organisationId: made.ours.organisationId },
      with: {
        account: true,
        grant: true,
        slot: true,
        runs: { with: { slices: true } },
        streams: true,
        auditEntries: true,
      },
    }),
  );
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({
    account: { platform: "shopify" },
    grant: { version: 0 },
    runs: [{ n: 1, slices: [{ position: 0 }] }],
    streams: [{ rows: 0 }],
  });
  expect(rows[0]?.runs[0]?.startedAt).toBeInstanceOf(Date);
});

test("a savepoint keeps a refused write out and the rest in", async () => {
  await inTenant(made.owner, made.ours.organisationId, async (tx) => {
    await tx.sql`update organisations set region = 'GB' where id = ${made.ours.organisationId}`;
    const refused = tx.drizzle.transaction(async (savepoint) => {
      await savepoint.execute(text`update organisations set name = 'x'`);
      throw new Error("refused");
    });
    await expect(refused).rejects.toThrow("refused");
  });
  const [row] = await made.owner.sql`select name, region from organisations where id = ${made.ours.organisationId}`;
  expect(row).toEqual({ name: "ours", region: "GB" });
});

test("a change is announced once per transaction, with ids only, after the commit", async () => {
  const listener = openDatabase({ url: made.apiUrl, max: 1 });
  const heard: string[] = [];
  await listener.sql.listen("changed", (payload) => heard.push(payload));
  const db = openDatabase({ url: made.workerUrl, max: 1 });
  const announce = (keep: boolean) =>
    inTenant(db, made.ours.organisationId, async (tx) => {
      for (let i = 0; i < 5; i++) await tx.sql`select announce_change(${made.ours.datasourceId})`;
      if (!keep) throw new Error("rolled back");
    });
  await expect(announce(false)).rejects.toThrow("rolled back");
  await announce(true);
  await announce(true);
  await listener.sql`select 1`;
  await expect.poll(() => heard).toEqual(Array(2).fill(`${made.ours.organisationId}:${made.ours.datasourceId}`));
  await db.close();
  await listener.close();
});

test("a query that fails tells its text, never its values", async () => {
  const failed: unknown = await made.owner.drizzle
    .execute(text`select ${"canary"}::text, 1 / 0`)
    .catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(Error);
  expect(failed).toMatchObject({ message: expect.stringContaining("select $1::text, 1"), params: undefined });
  expect(String(failed)).not.toContain("canary");
});

test("a question in one trip sees its own organisation, writes nothing, and leaves no name behind, however it ends", async () => {
  const db = openDatabase({ url: made.apiUrl, max: 1 });
  const namesOf = (id: FilledOrganisation["organisationId"]) =>
    askInTenant(db, id, (ask) => ask<{ name: string }[]>`select name from organisations`);
  const standing = () =>
    db.sql`select current_setting('app.tenant', true) as tenant, current_setting('transaction_read_only') as reads_only`;
  const none = [{ tenant: "", reads_only: "off" }];
  expect(await namesOf(made.ours.organisationId)).toEqual([{ name: "ours" }]);
  expect(await standing()).toEqual(none);
  expect(await namesOf(organisationId("11111111-1111-7111-8111-111111111111"))).toEqual([]);
  const writing = askInTenant(db, made.ours.organisationId, (ask) => ask`update organisations set region = 'FR'`);
  await expect(writing).rejects.toMatchObject({ code: "25006" });
  expect(await standing()).toEqual(none);
  const failing = askInTenant(db, made.ours.organisationId, (ask) => ask`select 1 / ${0}::int`);
  await expect(failing).rejects.toMatchObject({ code: "22012" });
  expect(await namesOf(made.ours.organisationId)).toEqual([{ name: "ours" }]);
  await db.close();
});

test("what is to be kept is planned once for a connection, with values and without", async () => {
  const db = openDatabase({ url: made.apiUrl, max: 1 });
  const { holds, organisations } = schema;
  for (let times = 0; times < 2; times += 1)
    await inTenant(db, made.ours.organisationId, async ({ drizzle }) => {
      await drizzle.select().from(holds).prepare("kept").execute();
      await drizzle.select().from(organisations).where(eq(organisations.name, "ours")).prepare("kept").execute();
    });
  const kept = await db.sql`select from pg_prepared_statements where statement ~ 'from "(holds|organisations)"'`;
  expect(kept).toHaveLength(2);
  await db.close();
});

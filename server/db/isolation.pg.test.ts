// Two organisations, one row of every table each: neither sees the other, whatever went before on the connection.
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sharedTables, sweptTables, tablesOf } from "./testing/catalogue.ts";
import { openDatabase, type Database } from "./connection.ts";
import { holdEveryone } from "./testing/every-table.ts";
import { organisationId } from "./schema/ids.ts";
import { inTenant, type TenantTransaction } from "./tenant.ts";
import { ownDatabase } from "./testing/own-database.ts";
import { openTransactionPooler } from "./testing/transaction-pooler.ts";

const made = ownDatabase("ours", "theirs");
let tenantTables: string[];

beforeAll(async () => {
  tenantTables = (await tablesOf(made.owner.sql)).map((table) => table.name).filter((name) => !(name in sharedTables));
});

const keyOf = (table: string) => (table === "organisations" ? "id" : "organisation_id");

/** Which organisations' rows each table shows in this transaction; a refused table shows null. */
async function sight(tx: TenantTransaction): Promise<Record<string, string[] | null>> {
  const seen: Record<string, string[] | null> = {};
  for (const table of tenantTables) {
    seen[table] = await tx.sql
      .savepoint((sql) => sql<{ id: string }[]>`select ${sql(keyOf(table))} as id from ${sql(table)} order by 1`)
      .then(
        (rows) => rows.map((row) => row.id),
        (error: { code?: string }) => (error.code === "42501" ? null : Promise.reject(error)),
      );
  }
  return seen;
}

describe.each([
  ["headwater_api", () => made.apiUrl],
  ["headwater_worker", () => made.workerUrl],
])("%s", (role, url) => {
  let db: Database;

  // One connection, so that every transaction meets what the one before left on it.
  beforeEach(() => {
    db = openDatabase({ url: url(), max: 1 });
    return () => db.close();
  });

  const expectOursAlone = async () => {
    const seen = await inTenant(db, made.ours.organisationId, sight);
    for (const [table, ids] of Object.entries(seen)) {
      if (ids !== null) expect([table, new Set(ids)]).toEqual([table, new Set([made.ours.organisationId])]);
    }
    expect(Object.values(seen).filter((ids) => ids !== null).length).toBeGreaterThan(25);
  };

  const expectNobody = async () => {
    const seen = await inTenant(db, null, sight);
    const mayBeSwept = role === "headwater_worker" ? sweptTables : [];
    for (const [table, ids] of Object.entries(seen)) {
      if (!mayBeSwept.includes(table) && ids !== null) expect([table, ids]).toEqual([table, []]);
    }
  };

  test("sees its own organisation's rows in every table and no others", expectOursAlone);

  test("without an organisation sees none but what a sweep may, also after one was set", async () => {
    await expectNobody();
    await expectOursAlone(); // from here the setting reads back as an empty string, not as null
    const [left] = await db.sql`select current_setting('app.tenant', true) as value`;
    expect(left?.["value"]).toBe("");
    await expectNobody();
  });

  test("is as confined after an error and after a rollback", async () => {
    const divided = inTenant(db, made.theirs.organisationId, (tx) => tx.sql`select 1 / 0`);
    await expect(divided).rejects.toThrow("division by zero");
    await expectNobody();
    const left = inTenant(db, made.theirs.organisationId, async () => {
      throw new Error("changed its mind");
    });
    await expect(left).rejects.toThrow("changed its mind");
    await expectOursAlone();
  });

  test("finds nothing by guessing another organisation's id", async () => {
    await inTenant(db, made.ours.organisationId, async (tx) => {
      const rows = await tx.sql`
        select from datasources where organisation_id = ${made.theirs.organisationId} or id = ${made.theirs.datasourceId}`;
      expect(rows).toHaveLength(0);
    });
  });

  test("writes nothing into another organisation", async () => {
    const foreign = inTenant(db, made.ours.organisationId, (tx) =>
      tx.sql`insert into processes (kind) values ('test')`.then(
        () =>
          tx.sql`insert into outbox (organisation_id, datasource_id, intent_version)
          values (${made.theirs.organisationId}, ${made.theirs.datasourceId}, 1)`,
      ),
    );
    await expect(foreign).rejects.toThrow("row-level security");
    const moved = inTenant(
      db,
      made.ours.organisationId,
      (tx) => tx.sql`update datasources set name = 'x' where id = ${made.theirs.datasourceId} returning id`,
    );
    expect(await moved).toHaveLength(0);
  });

  test("refuses an organisation that is not a uuid before any statement", () => {
    expect(() => organisationId("1 or 1=1")).toThrow(TypeError);
  });
});

test("every kind of access at once, from a pool: no answer mixes organisations", async () => {
  const db = openDatabase({ url: made.apiUrl, max: 3 });
  const rounds = Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? made.ours : made.theirs));
  const answers = await Promise.all(
    rounds.map(
      (who, i) =>
        inTenant(db, who.organisationId, async (tx) => {
          const rows = await tx.sql<{ organisation_id: string }[]>`select organisation_id from orders`;
          if (i % 5 === 0) await tx.sql`select 1 / 0`;
          return rows.map((row) => row.organisation_id);
        }).catch(() => "failed" as const), // compared below with what had to fail
    ),
  );
  await db.close();
  for (const [i, answer] of answers.entries()) {
    expect(answer).toEqual(i % 5 === 0 ? "failed" : [rounds[i]?.organisationId]);
  }
});

test("behind a transaction pooler, where all share one session, no answer mixes organisations", async () => {
  const pooler = await openTransactionPooler(made.apiUrl);
  const first = openDatabase({ url: pooler.url, max: 1 });
  await first.sql`select 1`; // signs in; the others are let in on the same session
  const pools = [first, openDatabase({ url: pooler.url, max: 2 }), openDatabase({ url: pooler.url, max: 2 })];
  const answers = await Promise.all(
    Array.from({ length: 150 }, async (_, i) => {
      const who = [made.ours, made.theirs, null][i % 3] ?? null;
      const rows = await inTenant(pools[i % 3] ?? first, who?.organisationId ?? null, async (tx) => {
        const seen = await tx.sql<{ id: string }[]>`select organisation_id as id from orders`;
        if (i % 7 === 0) await tx.sql`select 1 / 0`;
        return seen;
      }).catch(() => null); // compared below with what had to fail
      return {
        expected: i % 7 === 0 ? null : who ? [who.organisationId] : [],
        seen: rows?.map((row) => row.id) ?? null,
      };
    }),
  );
  for (const { expected, seen } of answers) expect(seen).toEqual(expected);
  expect(pooler.handovers()).toBeGreaterThan(20);
  await Promise.all(pools.map((pool) => pool.close()));
  await pooler.close();
});

test("a worker cannot move a row into another organisation", async () => {
  const db = openDatabase({ url: made.workerUrl, max: 1 });
  for (const table of ["orders", "rollups", "holds", "slices"]) {
    const moved = inTenant(
      db,
      made.ours.organisationId,
      (tx) => tx.sql`update ${tx.sql(table)} set organisation_id = ${made.theirs.organisationId}`,
    );
    await expect(moved, table).rejects.toThrow("row-level security");
  }
  await db.close();
});

test("a worker inside an organisation is confined in the swept tables as well; without one it only reads them", async () => {
  const db = openDatabase({ url: made.workerUrl, max: 1 });
  const swept = await inTenant(db, null, sight);
  for (const table of sweptTables) {
    expect([table, swept[table]]).toEqual([table, [made.ours.organisationId, made.theirs.organisationId].toSorted()]);
  }
  const written = await inTenant(db, null, (tx) => tx.sql`update datasources set name = 'x' returning id`);
  expect(written).toHaveLength(0);
  const sent = await inTenant(db, null, (tx) => tx.sql`update outbox set sent_at = now() returning id`);
  expect(sent).toHaveLength(2);
  await db.close();
});

test("a hold on everyone is read by each organisation and lifted by none", async () => {
  await holdEveryone(made.owner);
  const db = openDatabase({ url: made.apiUrl, max: 1 });
  const scopes = await inTenant(
    db,
    made.ours.organisationId,
    (tx) => tx.sql<{ scope: string }[]>`select scope from holds order by 1`,
  );
  expect(scopes.map((row) => row.scope)).toEqual(["all", "source"]);
  const lifted = await inTenant(
    db,
    made.ours.organisationId,
    (tx) => tx.sql`update holds set released_at = now() returning scope`,
  );
  expect(lifted.map((row) => row["scope"])).toEqual(["source"]);
  await db.close();
});

test("a signed-in person lists their own organisations before one is chosen", async () => {
  const db = openDatabase({ url: made.apiUrl, max: 1 });
  const list = (tx: TenantTransaction) => tx.drizzle.query.organisations.findMany({ with: { memberships: true } });
  const mine = await inTenant(db, null, list, { userId: made.ours.userId });
  expect(mine.map((organisation) => organisation.id)).toEqual([made.ours.organisationId]);
  expect(mine[0]?.memberships.map((membership) => membership.userId)).toEqual([made.ours.userId]);
  expect(await inTenant(db, null, list)).toEqual([]);
  await db.close();
});

test("a read-only transaction writes nothing", async () => {
  const db = openDatabase({ url: made.apiUrl, max: 1 });
  const write = inTenant(db, made.ours.organisationId, (tx) => tx.sql`insert into processes (kind) values ('x')`, {
    readOnly: true,
  });
  await expect(write).rejects.toThrow("read-only");
  await db.close();
});

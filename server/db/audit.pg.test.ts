import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeEach, expect, test } from "vitest";
import { openDatabase } from "./connection.ts";
import { fillOrganisation, type FilledOrganisation } from "./testing/every-table.ts";
import { inTenant, type TenantTransaction } from "./tenant.ts";
import { ownDatabase } from "./testing/own-database.ts";
import { verifyAudit } from "./verify-audit.ts";

const made = ownDatabase();
let ours: FilledOrganisation;

beforeEach(async () => {
  await made.owner.sql`truncate audit_log`;
  ours = await fillOrganisation(made.owner, "ours"); // writes entry 1
  await made.owner.sql`truncate audit_heads`;
});

const write = (verb: string) => (tx: TenantTransaction) =>
  tx.sql`
    select append_audit('{"kind":"system","name":"test"}', ${verb}, 'datasource', ${ours.datasourceId},
      datasource_id => ${ours.datasourceId}, before => '{"b": 1, "a": "é"}', after => null, address => '203.0.113.7')`;

const writeMany = async (count: number) => {
  for (let i = 0; i < count; i++) await inTenant(made.api, ours.organisationId, write(`verb ${i}`));
};

test("entries are numbered without a gap and sealed, however many write at once and whatever rolls back", async () => {
  const written = await Promise.allSettled(
    Array.from({ length: 60 }, (_, i) =>
      inTenant(made.api, ours.organisationId, async (tx) => {
        await write("raced")(tx);
        if (i % 4 === 0) throw new Error("rolled back");
      }),
    ),
  );
  expect(written.filter(({ status }) => status === "rejected")).toHaveLength(15);
  const rows = await made.owner.sql<{ n: string }[]>`select n from audit_log order by n`;
  expect(rows.map((row) => Number(row.n))).toEqual(Array.from({ length: 46 }, (_, i) => i + 1));
  expect(await verifyAudit(made.owner)).toMatchObject({ entries: 46, faults: [] });
});

test("entries of one transaction keep their order, and stand after those that were committed before them", async () => {
  await inTenant(made.api, ours.organisationId, async (tx) => {
    await write("early")(tx);
    await inTenant(made.owner, ours.organisationId, write("between"));
    await write("late")(tx);
  });
  const rows = await made.owner.sql<{ verb: string }[]>`select verb from audit_log order by n`;
  expect(rows.map((row) => row.verb)).toEqual(["connected", "between", "early", "late"]);
  expect((await verifyAudit(made.owner)).faults).toEqual([]);
});

test("two transactions that write the log and lock a row in opposite orders both end well", async () => {
  const lock = (tx: TenantTransaction) => tx.sql`select from datasources where id = ${ours.datasourceId} for update`;
  const [first, second] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
  await Promise.all([
    inTenant(made.api, ours.organisationId, async (tx) => {
      await write("log, then row")(tx);
      first.resolve(undefined);
      await second.promise;
      await lock(tx);
    }),
    inTenant(made.api, ours.organisationId, async (tx) => {
      await lock(tx);
      second.resolve(undefined);
      await first.promise;
      await write("row, then log")(tx);
    }),
  ]);
  expect(await verifyAudit(made.owner)).toMatchObject({ entries: 3, faults: [] });
});

test("each organisation has a chain of its own", async () => {
  const theirs = await fillOrganisation(made.owner, "theirs");
  await writeMany(3);
  const verdict = await verifyAudit(made.owner);
  expect(verdict.faults).toEqual([]);
  const lengths = Object.fromEntries(verdict.heads.map((head) => [head.organisationId, head.n]));
  expect(lengths).toEqual({ [ours.organisationId]: 4, [theirs.organisationId]: 1 });
});

test("an entry cannot be written for another organisation, or without one", async () => {
  const nobody = inTenant(made.api, null, write("x"));
  await expect(nobody).rejects.toThrow("append_audit needs an organisation");
  const byHand = inTenant(
    made.api,
    ours.organisationId,
    (tx) => tx.sql`insert into audit_log select * from audit_log where organisation_id = ${ours.organisationId}`,
  );
  await expect(byHand).rejects.toThrow("permission denied");
});

test.each([
  "update audit_log set verb = 'x'",
  "delete from audit_log",
  "truncate audit_log",
  "alter table audit_log disable trigger all",
])("neither role can: %s", async (statement) => {
  for (const url of [made.apiUrl, made.workerUrl]) {
    const db = openDatabase({ url, max: 1 });
    const done = inTenant(db, ours.organisationId, (tx) => tx.sql.unsafe(statement));
    await expect(done).rejects.toThrow(/permission denied|must be owner/);
    await db.close();
  }
});

// What even a superuser cannot do unseen.
test.each([
  ["changed: the verb", "update audit_log set verb = 'other' where n = 3", "entry 3: changed"],
  ["changed: who", `update audit_log set actor = '{"kind":"system","name":"nobody"}' where n = 3`, "entry 3: changed"],
  ["changed: before", `update audit_log set before = '{"a": "e", "b": 1}' where n = 3`, "entry 3: changed"],
  ["changed: the address", "update audit_log set address = null where n = 3", "entry 3: changed"],
  [
    "changed: the time, by a millisecond",
    "update audit_log set at = at + interval '1 ms' where n = 3",
    "entry 3: changed",
  ],
  [
    "moved to a value beside it",
    "update audit_log set address = null, object_id = '203.0.113.7' where n = 3",
    "entry 3: changed",
  ],
  ["removed", "delete from audit_log where n = 3", "entry 4: missing before"],
  ["removed: the first", "delete from audit_log where n = 1", "entry 2: missing before"],
  [
    "two exchanged",
    "update audit_log set n = 7 - n + 100 where n in (3, 4); update audit_log set n = n - 100 where n > 100",
    "entry 3: changed",
  ],
  [
    "changed and sealed anew",
    "update audit_log set verb = 'other' where n = 3; update audit_log l set hash = audit_hash(l) where n = 3",
    "entry 4: replaced before",
  ],
])("verify finds what was %s", async (_what, statement, fault) => {
  await writeMany(5);
  await made.owner.sql.unsafe(statement);
  const { faults } = await verifyAudit(made.owner);
  expect(faults).toContain(`${ours.organisationId} ${fault}`);
});

test("verify finds a log cut off at its end, or rewritten whole, by the heads recorded before", async () => {
  await writeMany(5);
  const { heads } = await verifyAudit(made.owner);
  await made.owner.sql`delete from audit_log where n > 4`;
  expect((await verifyAudit(made.owner)).faults).toEqual([]);
  expect((await verifyAudit(made.owner, heads)).faults).toEqual([
    `${ours.organisationId} entry 6: cut off since it was recorded`,
  ]);
  await made.owner.sql`truncate audit_log`;
  await writeMany(6);
  expect((await verifyAudit(made.owner, heads)).faults).toEqual([
    `${ours.organisationId} entry 6: rewritten since it was recorded`,
  ]);
});

test("verify finds a log cut off at its end by the heads that the database keeps, which no worker can change", async () => {
  await writeMany(3);
  await made.owner.sql`insert into audit_heads (organisation_id, day, n, hash)
    select organisation_id, '2026-11-20', n, hash from audit_log where n = 4`;
  expect(await verifyAudit(made.owner)).toMatchObject({ faults: [] });
  const worker = openDatabase({ url: made.workerUrl, max: 1 });
  for (const text of ["delete from audit_heads", "update audit_heads set n = 3"])
    await expect(inTenant(worker, ours.organisationId, (tx) => tx.sql.unsafe(text))).rejects.toThrow(
      "permission denied",
    );
  await worker.close();
  await made.owner.sql`delete from audit_log where n = 4`;
  expect(await verifyAudit(made.owner)).toMatchObject({
    faults: [`${ours.organisationId} entry 4: cut off since it was recorded`],
  });
});

test("a role that sees only a part cannot declare the log whole", async () => {
  await expect(verifyAudit(made.api)).rejects.toThrow("row-level security");
});

test("the command says what it found, exits 1 on a fault and keeps the heads of the last sound log", async () => {
  const folder = await mkdtemp(join(tmpdir(), "headwater-audit-"));
  const heads = join(folder, "heads.json");
  const run = () =>
    promisify(execFile)(process.execPath, [join(import.meta.dirname, "verify-audit.ts"), "--heads", heads], {
      env: { DATABASE_URL: made.ownerUrl },
    });
  await writeMany(2);
  expect((await run()).stdout).toBe("3 entries of 1 organisations: 0 faults\n");
  const sound = await readFile(heads, "utf8");
  await made.owner.sql`delete from audit_log where n = 3`;
  await expect(run()).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringContaining("cut off since it was recorded"),
  });
  expect(await readFile(heads, "utf8")).toBe(sound);
  await rm(folder, { recursive: true });
});

// What only reads shares connections without waiting for their transactions to begin: it must keep apart what inTenant keeps apart.
import { sql as text } from "drizzle-orm";
import { expect, test } from "vitest";
import { openDatabase } from "./connection.ts";
import { isWorthAnotherTry } from "./failures.ts";
import { readInTenant } from "./read.ts";
import { organisationId } from "./schema/ids.ts";
import { memberships, organisations } from "./schema/tables.ts";
import { statement } from "./statement.ts";
import { inTenant, type Readable } from "./tenant.ts";
import { ownDatabase } from "./testing/own-database.ts";

const made = ownDatabase("ours", "theirs");
type Reading = { readonly drizzle: Readable };
const namesIn = ({ drizzle }: Reading) => drizzle.select({ name: organisations.name }).from(organisations);
const outcome = (work: PromiseLike<unknown>) =>
  Promise.resolve(work).then(
    () => "answered",
    (error: unknown) => (isWorthAnotherTry(error) || isWorthAnotherTry(causeOf(error)) ? "try again" : String(error)),
  );
const causeOf = (error: unknown): unknown => (error instanceof Error ? error.cause : undefined);

test("a read sees its own organisation, writes nothing, and leaves no name behind, however it ends", async () => {
  const db = openDatabase({ url: made.apiUrl, max: 1 });
  const standing = () =>
    db.sql`select current_setting('app.tenant', true) as tenant, current_setting('app.user', true) as user, current_setting('transaction_read_only') as reads_only`;
  const none = [{ tenant: "", user: "", reads_only: "off" }];
  expect(await readInTenant(db, made.ours.organisationId, namesIn)).toEqual([{ name: "ours" }]);
  expect(await standing()).toEqual(none);
  expect(await readInTenant(db, organisationId("11111111-1111-7111-8111-111111111111"), namesIn)).toEqual([]);
  const mine = ({ drizzle }: Reading) => drizzle.select({ user: memberships.userId }).from(memberships);
  expect(await readInTenant(db, null, mine, made.ours.userId)).toEqual([{ user: made.ours.userId }]);
  expect(await readInTenant(db, null, mine)).toEqual([]);
  const writing = readInTenant(db, made.ours.organisationId, ({ drizzle }) =>
    drizzle.update(organisations).set({ region: "FR" }),
  );
  await expect(writing).rejects.toMatchObject({ cause: { code: "25006" } });
  expect(await standing()).toEqual(none);
  const thrown = readInTenant(db, made.ours.organisationId, () => Promise.reject(new Error("of the work")));
  await expect(thrown).rejects.toThrow("of the work");
  expect(await standing()).toEqual(none);
  expect(await readInTenant(db, made.theirs.organisationId, namesIn)).toEqual([{ name: "theirs" }]);
  await db.close();
});

test("a statement that failed fails the whole read, whoever caught its error", async () => {
  const db = openDatabase({ url: made.apiUrl, max: 1 });
  const caught = readInTenant(db, made.ours.organisationId, async ({ drizzle }) => {
    await drizzle.execute(text`select 1 / ${0}::int`).catch(() => null); // the point: it fails all the same
    return "answered all the same";
  });
  await expect(caught).rejects.toMatchObject({ code: "22012" });
  expect(await readInTenant(db, made.ours.organisationId, namesIn)).toEqual([{ name: "ours" }]);
  await db.close();
});

test("a handle kept after a read is refused, also while the next one runs on that connection", async () => {
  const db = openDatabase({ url: made.apiUrl, max: 1 });
  const kept = await readInTenant(db, made.ours.organisationId, (tx) => Promise.resolve(tx));
  const asking = statement((pen) => pen.select({ name: organisations.name }).from(organisations));
  const late = () => Promise.all([namesIn(kept), asking(kept.drizzle)]);
  const refused = { cause: { message: expect.stringContaining("has ended") } };
  await expect(late()).rejects.toMatchObject(refused);
  const seen = await readInTenant(db, made.theirs.organisationId, async (tx) => {
    await expect(late()).rejects.toMatchObject(refused);
    return asking(tx.drizzle);
  });
  expect(seen).toEqual([{ name: "theirs" }]);
  await db.close();
});

test("reads and writes side by side on few connections never see each other's organisation", async () => {
  const db = openDatabase({ url: made.apiUrl, max: 3 });
  const asked = Array.from({ length: 120 }, async (_, n) => {
    const one = n % 2 === 0 ? made.ours : made.theirs;
    const ask = async (tx: Reading) => [await namesIn(tx), await namesIn(tx)];
    const seen =
      n % 3 === 0 ? await inTenant(db, one.organisationId, ask) : await readInTenant(db, one.organisationId, ask);
    return seen.flat().every(({ name }) => name === (n % 2 === 0 ? "ours" : "theirs"));
  });
  expect(new Set(await Promise.all(asked))).toEqual(new Set([true]));
  await db.close();
});

test("a pool that only reads survives all its connections being ended, again and again", async () => {
  const db = openDatabase({ url: made.apiUrl, max: 3, name: "only reads" });
  const askAll = () =>
    Promise.all(Array.from({ length: 9 }, () => outcome(readInTenant(db, made.ours.organisationId, namesIn))));
  const well = Array(9).fill("answered");
  expect(await askAll()).toEqual(well);
  for (let round = 0; round < 5; round += 1) {
    const under = askAll();
    await made.owner.sql`select pg_terminate_backend(pid, 5000) from pg_stat_activity
      where application_name = 'only reads' and datname = current_database()`;
    for (const one of await under) expect(["answered", "try again"]).toContain(one);
    await expect.poll(askAll).toEqual(well);
  }
  await db.close();
});

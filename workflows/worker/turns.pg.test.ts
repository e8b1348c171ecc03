import { openDatabase } from "@headwater/db";
import type { Database } from "@headwater/db";
import { createTestDatabase } from "@headwater/db/testing.ts";
import type { TestDatabase } from "@headwater/db/testing.ts";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { takeTurn, waitForTurn } from "./turns.ts";
import type { Process } from "./turns.ts";

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
  db = openDatabase({ url: database.workerUrl, max: 8 });
});
afterAll(async () => {
  await db.close();
  await database.close();
});

const lifecycle = (version: string): Process => ({ id: randomUUID(), kind: "lifecycle", version });
const load = (version: string): Process => ({ id: randomUUID(), kind: "load", version });
const end = ({ id }: Process) => db.sql`delete from processes where id = ${id}`;
/** Killed so long ago. */
const silentFor = ({ id }: Process, seconds: number) =>
  db.sql`update processes set seen_at = now() - ${seconds} * interval '1 second' where id = ${id}`;

/** Signs of life grow old by themselves: what was seen wrong once a machine had stood still is looked at once more. */
const stoodStillAfterMs = 9_000;
function promptly(what: string, look: () => Promise<void>): void {
  test(what, async () => {
    for (let isSeen = false; !isSeen;) {
      await db.sql`delete from processes`;
      const began = performance.now();
      isSeen = await look().then(
        () => true,
        (error: unknown) => {
          if (performance.now() - began < stoodStillAfterMs) throw error;
          return false;
        },
      );
    }
  });
}

promptly("equal workflow code works side by side, in as many processes as one likes", async () => {
  for (const process of [lifecycle("one"), lifecycle("one"), load("one"), load("one")])
    expect(await takeTurn(db, process)).toEqual([]);
  const rows = await db.sql`select kind, version from processes order by kind`;
  expect(rows.map(({ kind, version }) => `${kind} ${version}`)).toEqual([
    "lifecycle one",
    "lifecycle one",
    "load one",
    "load one",
  ]);
});

promptly(
  "other code waits for the last lifecycle process of the one before, and holds up nobody while it waits",
  async () => {
    const before = [lifecycle("one"), lifecycle("one")] as const;
    for (const process of before) await takeTurn(db, process);
    const next = lifecycle("two");
    expect(await takeTurn(db, next)).toEqual(["one", "one"]);
    // It shows no life before its turn: two that wait never wait for each other, and the one before may start again.
    expect(await takeTurn(db, lifecycle("three"))).toEqual(["one", "one"]);
    expect(await takeTurn(db, lifecycle("one"))).toEqual([]);
    await db.sql`delete from processes where version = 'one' and id <> ${before[1].id}`;
    expect(await takeTurn(db, next)).toEqual(["one"]);
    await end(before[1]);
    expect(await takeTurn(db, next)).toEqual([]);
    expect(await takeTurn(db, before[0])).toEqual(["two"]);
  },
);

promptly("a load process answers no workflows of another release, and keeps no lifecycle process waiting", async () => {
  const before = lifecycle("one");
  await takeTurn(db, before);
  expect(await takeTurn(db, load("two"))).toEqual(["one"]);
  await takeTurn(db, load("one"));
  await end(before);
  expect(await takeTurn(db, lifecycle("two"))).toEqual([]);
});

promptly(
  "one that was killed is waited for until its signs of life are old; one that says no version counts as another",
  async () => {
    const killed = lifecycle("one");
    await takeTurn(db, killed);
    await silentFor(killed, 20);
    expect(await takeTurn(db, lifecycle("two"))).toEqual(["one"]);
    await silentFor(killed, 31);
    expect(await takeTurn(db, lifecycle("two"))).toEqual([]);
    await db.sql`update processes set version = null`;
    expect(await takeTurn(db, lifecycle("two"))).toEqual(["an earlier release"]);
  },
);

promptly("of many that look at once, one code alone gets the turn", async () => {
  const all = Array.from({ length: 8 }, (_, n) => lifecycle(n % 2 === 0 ? "even" : "odd"));
  await Promise.all(all.map((process) => takeTurn(db, process)));
  const versions = await db.sql`select distinct version from processes`;
  expect(versions).toHaveLength(1);
});

promptly("the wait is said once, and ends with the last of the others", async () => {
  const before = lifecycle("one");
  await takeTurn(db, before);
  const said: (readonly string[])[] = [];
  let begins: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => (begins = resolve));
  const next = lifecycle("two");
  const trouble: unknown[] = [];
  const hear = (others: readonly string[]): void => {
    said.push(others);
    begins();
  };
  const waiting = waitForTurn(db, next, hear, (error) => trouble.push(error));
  await Promise.race([begun, waiting]);
  await end(before);
  await waiting;
  expect(said).toEqual([["one"]]);
  expect(trouble).toEqual([]);
  const [row] = await db.sql`select version from processes where id = ${next.id}`;
  expect(row).toEqual({ version: "two" });
});

import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase, type Database } from "./connection.ts";
import { endUnheard } from "./end-unheard.ts";
import { ownDatabase } from "./testing/own-database.ts";

const own = ownDatabase();
const LOCK = 7;
let impatient: Database;
beforeAll(() => {
  impatient = openDatabase({ url: `${own.workerUrl}?lock_timeout=1s` });
});
afterAll(() => impatient.close());

test("a session that waits for the rest of a statement is ended, and what it held is free; one that is waited for is not", async () => {
  const { sql } = own.worker;
  const isFree = async (): Promise<unknown> =>
    (await sql`select pg_try_advisory_xact_lock(${LOCK}) as free`)[0]?.["free"];
  const working = sql`select pg_sleep(3), 'worked' as done`.execute();
  const holding = sql
    .begin(async (tx) => {
      await tx`create temporary table sent (line text) on commit drop`;
      await tx`select pg_advisory_xact_lock(${LOCK})`;
      const sink = await tx`copy sent from stdin`.writable();
      await new Promise((_, reject) => void sink.once("error", reject));
    })
    .catch((error: unknown) => error);
  await expect.poll(isFree).toBe(false);
  expect(await endUnheard(sql), "a worker waits a minute").toBe(0);
  expect(await endUnheard(own.owner.sql), "who waits for ever").toBe(0);
  await expect.poll(() => endUnheard(impatient.sql)).toBe(1);
  await expect.poll(isFree).toBe(true);
  expect(await holding).toBeInstanceOf(Error);
  expect((await working)[0]?.["done"]).toBe("worked");
});

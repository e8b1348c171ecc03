// A network that swallows everything: connections stay open, and nothing comes.
import { connect, createServer, type Server, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { openDatabase, type Database } from "./connection.ts";
import { isWorthAnotherTry } from "./failures.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";

const silenceMs = 4_000;
let made: TestDatabase;
let relay: Server;
let isSilent = false;
let db: Database;

/** Passes everything on until it is told to fall silent. */
function passOn(near: Socket, port: number): void {
  const far = connect({ host: "127.0.0.1", port });
  for (const [from, to] of [
    [near, far],
    [far, near],
  ] as const) {
    from.on("data", (bytes: Buffer) => void (isSilent || to.write(bytes)));
    from.on("close", () => to.destroy());
    from.on("error", () => undefined); // the other half hears of it by `close`
  }
}

beforeAll(async () => {
  made = await createTestDatabase(inject("postgresUrl"));
  const port = Number(new URL(made.apiUrl).port);
  relay = createServer((near) => passOn(near, port)).listen(0, "127.0.0.1");
  await new Promise((resolve) => relay.once("listening", resolve));
});
beforeEach(() => {
  isSilent = false;
  const url = new URL(made.apiUrl);
  const address = relay.address();
  url.port = String(typeof address === "object" && address !== null ? address.port : 0);
  db = openDatabase({ url: url.href, max: 1, silenceMs });
});
afterEach(() => db.close());
afterAll(async () => {
  relay.close();
  await made.close();
});

/** Where the machine stands still for as long, an answer is late, as whoever asks must bear: it is asked again. */
const unlessLate = <T>(answer: Promise<T>): Promise<T | null> =>
  answer.catch((error: unknown) => {
    if (isWorthAnotherTry(error)) return null;
    throw error;
  });
const standing = () => expect.poll(() => unlessLate(db.sql`select 1 as one`)).toEqual([{ one: 1 }]);

test("a statement that nobody answers fails, may be tried again, and the next connection serves it", async () => {
  await standing();
  isSilent = true;
  await expect(db.sql`select 2 as two`).rejects.toSatisfy(isWorthAnotherTry);
  isSilent = false;
  await standing();
});

test("a connection that owes nothing is left alone, however long it is quiet", async () => {
  const backend = async () => (await db.sql`select pg_backend_pid() as pid`)[0]?.["pid"];
  const isLeft = async () => {
    const before = await backend();
    await db.sql`select pg_sleep(${silenceMs / 4 / 1000})`;
    await new Promise((resolve) => setTimeout(resolve, silenceMs * 1.2)); // the quiet itself is what is tested
    return (await backend()) === before;
  };
  let answer: boolean | null = null;
  while (answer === null) answer = await unlessLate(isLeft());
  expect(answer).toBe(true);
});

// What a pool does when its connections die under it. Without server/db/patches/postgres@3.4.9.patch the driver loses connections
// for good, ends the process, or runs a dead transaction's statements inside another's.
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { expect, inject, test } from "vitest";
import { openDatabase } from "./connection.ts";
import { isWorthAnotherTry } from "./failures.ts";
import { askInTenant } from "./read.ts";
import { inTenant, type TenantTransaction } from "./tenant.ts";
import { ownDatabase } from "./testing/own-database.ts";

const made = ownDatabase("ours", "theirs");

/** A way to the real server that can be cut and opened again. */
async function openGate(url: string) {
  const target = new URL(url);
  const through = new Set<Socket>();
  const listen = (port: number): Promise<Server> =>
    new Promise((resolve) => {
      const server = createServer((near) => {
        const far = connect(Number(target.port), target.hostname);
        for (const socket of [near, far]) {
          through.add(socket);
          socket.on("error", () => {}).on("close", () => [near, far].forEach((each) => each.destroy()));
        }
        near.pipe(far).pipe(near);
      }).listen(port, "127.0.0.1", () => resolve(server));
    });
  let server = await listen(0);
  const at = server.address();
  const port = typeof at === "object" && at ? at.port : 0;
  const cut = async () => {
    server.close();
    for (const socket of through) socket.destroy();
    through.clear();
    await once(server, "close");
  };
  const address = new URL(url);
  address.port = String(port);
  return { url: address.href, cut, reopen: async () => (server = await listen(port)) };
}

const outcome = (work: PromiseLike<unknown>) =>
  Promise.resolve(work).then(
    () => "answered",
    (error: unknown) => (isWorthAnotherTry(error) ? "try again" : String(error)),
  );

const pidOf = async ({ sql }: Pick<TenantTransaction, "sql">) => {
  const [row] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
  return row?.pid ?? 0;
};

/**
 * Waits until Postgres is at a question that takes this long. Asking another one on the same pool would not tell: it may stand
 * in line behind it. One whose connection is gone sleeps on to its end, so that each test sleeps for a time of its own.
 */
const sleepingFor = (seconds: number) =>
  expect
    .poll(
      () => made.owner.sql`select from pg_stat_activity
        where datname = current_database() and query = ${`select pg_sleep(${seconds})`} and wait_event = 'PgSleep'`,
    )
    .toHaveLength(1);

/** Ends a connection from the server's side and waits until it is gone. */
const end = (pid: number) => made.owner.sql`select pg_terminate_backend(${pid}, 60000)`;

test("a pool survives its server going away and coming back, on every connection", async () => {
  const gate = await openGate(made.apiUrl);
  const db = openDatabase({ url: gate.url, max: 3 });
  const readOne = () => askInTenant(db, made.ours.organisationId, (ask) => ask`select name from organisations`);
  const askAll = () =>
    Promise.all(Array.from({ length: 9 }, (_, n) => outcome(n % 2 === 0 ? db.sql`select 1` : readOne())));
  expect(await askAll()).toEqual(Array(9).fill("answered"));

  const interrupted = outcome(db.sql`select pg_sleep(9)`);
  await sleepingFor(9);
  await gate.cut();
  expect(await interrupted).toBe("try again");
  expect(await askAll()).toEqual(Array(9).fill("try again"));

  await gate.reopen();
  await expect.poll(askAll).toEqual(Array(9).fill("answered"));
  for (let i = 0; i < 5; i++) expect(await askAll()).toEqual(Array(9).fill("answered"));
  await db.close();
  await gate.cut();
});

test("a transaction whose connection is ended rolls back; the next one does not hear of it", async () => {
  const db = openDatabase({ url: made.apiUrl, max: 1 });
  const lost = inTenant(db, made.ours.organisationId, async (tx) => {
    await tx.sql`update organisations set name = 'half done'`;
    await end(await pidOf(tx));
    return tx.sql`select 1`;
  });
  expect(await outcome(lost)).toBe("try again");
  const names = await inTenant(db, made.ours.organisationId, (tx) => tx.sql`select name from organisations`);
  expect(names).toEqual([{ name: "ours" }]);
  await db.close();
});

test("what a dead transaction still asks never runs in the next one on that connection", async () => {
  const db = openDatabase({ url: made.apiUrl, max: 1 });
  const goOn = Promise.withResolvers<undefined>();
  const dead = Promise.withResolvers<unknown>();
  const first = inTenant(db, made.ours.organisationId, async (tx) => {
    await end(await pidOf(tx));
    await goOn.promise; // the next transaction has begun on the same connection by now
    dead.resolve(await outcome(tx.sql`select name from organisations`));
    await outcome(tx.sql`insert into processes (kind) values ('written by a dead transaction')`);
  });
  expect(await outcome(first)).toBe("try again");
  const second = await inTenant(db, made.theirs.organisationId, async (tx) => {
    goOn.resolve(undefined);
    expect(await dead.promise).toBe("try again");
    return tx.sql`select name from organisations`;
  });
  expect(second).toEqual([{ name: "theirs" }]);
  expect(await made.owner.sql`select kind from processes`).toEqual([]);
  await db.close();
});

test("a handle kept after its transaction's end is refused, also while the next one runs on that connection", async () => {
  const db = openDatabase({ url: made.apiUrl, max: 1 });
  let kept: TenantTransaction | null = null;
  await inTenant(db, made.ours.organisationId, async (tx) => {
    kept = tx;
  });
  const late = async () => outcome(keptHandle(kept).sql`select name from organisations`);
  expect(await late()).toMatch("has ended");
  const seen = await inTenant(db, made.theirs.organisationId, async (tx) => {
    expect(await late()).toMatch("has ended");
    expect(await outcome(keptHandle(kept).drizzle.query.organisations.findMany())).toMatch(/has ended|Failed query/);
    return tx.sql`select name from organisations`;
  });
  expect(seen).toEqual([{ name: "theirs" }]);
  await db.close();
});

function keptHandle(kept: TenantTransaction | null): TenantTransaction {
  if (kept === null) throw new Error("the transaction did not run");
  return kept;
}

test("a transaction that idles too long is ended, and its process lives on", async () => {
  const db = openDatabase({ url: made.apiUrl, max: 1 });
  const idle = inTenant(db, made.ours.organisationId, async (tx) => {
    await tx.sql`set local idle_in_transaction_session_timeout = '50ms'`;
    const pid = await pidOf(tx);
    const isGone = async () => (await made.owner.sql`select from pg_stat_activity where pid = ${pid}`).length === 0;
    await expect.poll(isGone).toBe(true);
    return tx.sql`select 1`;
  });
  expect(await outcome(idle)).toBe("try again");
  expect(await outcome(db.sql`select 1`)).toBe("answered");
  await db.close();
});

test("transactions are whole or not at all while connections are ended at random", async () => {
  const seed = inject("seed") ?? Number(process.hrtime.bigint() % 1_000_000n);
  console.log(`seed ${seed}`);
  const random = randomFrom(seed);
  const db = openDatabase({ url: made.apiUrl, max: 4 });
  const killOne = async () => {
    for (let trips = random() * 8; trips > 0; trips--) await made.owner.sql`select 1`; // somewhere in the round
    const rows = await made.owner.sql<{ pid: number }[]>`
      select pid from pg_stat_activity where usename = 'headwater_api' and datname = current_database() order by pid`;
    const victim = rows[Math.floor(random() * rows.length)];
    if (victim) await made.owner.sql`select pg_terminate_backend(${victim.pid})`;
  };
  const pair = (n: number) => {
    const who = n % 2 === 0 ? made.ours : made.theirs;
    return inTenant(db, who.organisationId, async (tx) => {
      await tx.sql`insert into processes (kind, version) values (${`pair ${n}`}, 'first')`;
      const seen = await tx.sql<{ id: string }[]>`select id from organisations`;
      if (seen[0]?.id !== who.organisationId) throw new Error("saw another organisation");
      await tx.sql`insert into processes (kind, version) values (${`pair ${n}`}, 'second')`;
    });
  };
  const outcomes: string[] = [];
  for (let round = 0; round < 30 * inject("scale"); round++) {
    const pairs = Array.from({ length: 20 }, (_, i) => outcome(pair(round * 20 + i)));
    await killOne();
    outcomes.push(...(await Promise.all(pairs)));
  }
  expect(new Set(outcomes)).toEqual(new Set(["answered", "try again"]));
  const halves = await made.owner
    .sql`select kind from processes where kind like 'pair%' group by 1 having count(*) <> 2`;
  expect(halves).toEqual([]);
  const [row] = await made.owner.sql<{ whole: number }[]>`
    select count(distinct kind)::int as whole from processes where kind like 'pair%'`;
  expect(row?.whole).toBeGreaterThanOrEqual(outcomes.filter((each) => each === "answered").length);
  const askAll = () => Promise.all(Array.from({ length: 8 }, () => outcome(db.sql`select 1`)));
  await expect.poll(askAll).toEqual(Array(8).fill("answered"));
  await db.close();
});

/** Mulberry32: small, and the same on every machine. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

test.each([
  ["a value that its column refuses", '{"n":1e999999}\n', "22003"],
  ["a line that is no JSON", "{\n", "22P02"],
])("a COPY that ends with %s fails, and its connection goes on", async (_what, line, code) => {
  const db = openDatabase({ url: made.workerUrl, max: 1 });
  await db.sql`create temporary table stage (document jsonb)`;
  const copied = (async () => pipeline(Readable.from([line]), await db.sql`copy stage from stdin`.writable()))();
  await expect(copied).rejects.toMatchObject({ code });
  expect(await outcome(db.sql`select 1`)).toBe("answered");
  await db.close();
});

test("a COPY whose connection is ended fails, and does not hang", async () => {
  const db = openDatabase({ url: made.workerUrl, max: 1 });
  await db.sql`create temporary table stage (document text)`;
  const copied = db.sql.begin(async (sql) => {
    const pid = await pidOf({ sql });
    const lines = async function* () {
      for (let i = 0; i < 100; i++) {
        yield `${"x".repeat(10_000)}\n`;
        if (i === 50) await end(pid);
      }
    };
    await pipeline(lines, await sql`copy stage from stdin`.writable());
  });
  expect(await outcome(copied)).toBe("try again");
  expect(await outcome(db.sql`select 1`)).toBe("answered");
  await db.close();
});

test("closing takes five seconds at most though a query hangs", async () => {
  // As a role whose statements nothing ends.
  const db = openDatabase({ url: made.ownerUrl, max: 1 });
  const hangs = outcome(db.sql`select pg_sleep(60)`);
  await sleepingFor(60);
  const startedAt = performance.now();
  await db.close();
  // Five seconds, and what a busy machine adds to them; the question takes sixty.
  expect(performance.now() - startedAt).toBeLessThan(30_000);
  await hangs;
});

import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { openDatabase, type Database } from "./connection.ts";
import { fillOrganisation } from "./testing/every-table.ts";
import { migrate, type MigrateOptions } from "./migrate.ts";
import { parseMigration, readMigrations, type Migration } from "./migrations.ts";
import { testPassword } from "./testing.ts";

let name: string;
let url: string;
let admin: Database;
let owner: Database;
let files: Migration[];

beforeEach(async () => {
  name = `migrate_${randomBytes(6).toString("hex")}`;
  admin = openDatabase({ url: inject("postgresUrl"), max: 1 });
  await admin.sql.unsafe(`create database ${name}`);
  const address = new URL(inject("postgresUrl"));
  address.pathname = `/${name}`;
  url = address.href;
  owner = openDatabase({ url, max: 2 });
  files = await readMigrations();
});

afterEach(async () => {
  await owner.close();
  await admin.sql.unsafe(`drop database ${name} with (force)`);
  await admin.close();
});

const passwords = () => ({
  apiPassword: testPassword(url, "headwater_api"),
  workerPassword: testPassword(url, "headwater_worker"),
});
const run = (options: Partial<MigrateOptions> = {}) => migrate({ url, ...passwords(), ...options });

/** The command, as `npm start` runs it. */
async function command(env: Record<string, string>): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "migrate.ts")], { env });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  await once(child, "close");
  return { code: child.exitCode, said };
}

const environment = () => ({
  DATABASE_URL: url,
  API_ROLE_PASSWORD: passwords().apiPassword,
  WORKER_ROLE_PASSWORD: passwords().workerPassword,
});

const next = (text: string, head = "") =>
  parseMigration("9000_next.sql", `-- Why: a test.\n-- Locks: none.\n${head}\n${text}`);

const ledger = async () => {
  const rows = await owner.sql<{ name: string }[]>`select name from schema_migrations order by 1`;
  return rows.map((row) => row.name);
};

describe("migrating", () => {
  test("eight processes at once on an empty database: each file runs once, all end well", async () => {
    const ends = await Promise.all(Array.from({ length: 8 }, () => command(environment())));
    expect(ends.map((end) => end.code)).toEqual(Array(8).fill(0));
    const applied = ends.flatMap((end) => end.said.match(/^applied \S+$/gm) ?? []);
    expect(applied.toSorted()).toEqual(files.map((file) => `applied ${file.name}`));
    expect(await ledger()).toEqual(files.map((file) => file.name));
  });

  test("again: nothing is applied and no role is touched", async () => {
    await run();
    const roles = () =>
      owner.sql`select rolname, xmin::text, rolpassword from pg_authid where rolname like 'headwater%' order by 1`;
    const before = await roles();
    expect(await run()).toEqual({ applied: [] });
    expect(await roles()).toEqual(before);
  });

  test("forward on a database with data keeps every row", async () => {
    await run();
    await fillOrganisation(owner, "ours");
    const before = await owner.sql`select * from orders`;
    const column = next("alter table orders add column till text; update plans set rank = rank + 10");
    expect(await run({ migrations: [...files, column] })).toEqual({ applied: ["9000_next.sql"] });
    expect(await owner.sql`select * from orders`).toEqual(before.map((row) => ({ ...row, till: null })));
  });

  test("a file that changes tenant rows unseen fails, one that says so changes them all", async () => {
    await run();
    await fillOrganisation(owner, "ours");
    const narrowed = next("update orders set name = 'x'");
    await expect(run({ migrations: [...files, narrowed] })).rejects.toThrow(
      /9000_next.sql: .*affected by row-level security/,
    );
    const whole = next(`alter table orders no force row level security;
      update orders set name = 'x'; alter table orders force row level security`);
    await run({ migrations: [...files, whole] });
    expect(await owner.sql`select name from orders`).toEqual([{ name: "x" }]);
  });

  test("an index can be built concurrently, outside a transaction and as the owner", async () => {
    await run();
    const index = next(
      "create index concurrently orders_total on orders (organisation_id, total)",
      "-- Transaction: none",
    );
    await run({ migrations: [...files, index] });
    const [row] =
      await owner.sql`select pg_get_userbyid(relowner) as owner from pg_class where relname = 'orders_total'`;
    expect(row?.["owner"]).toBe("headwater_owner");
  });

  test("databases of one server migrate side by side, though they share the roles", async () => {
    const others = Array.from({ length: 3 }, (_, i) => `${name}_${i}`);
    for (const other of others) await admin.sql.unsafe(`create database ${other}`);
    const urls = others.map((other) => url.replace(name, other));
    const ends = await Promise.all([url, ...urls].map((each) => migrate({ url: each, ...passwords() })));
    expect(ends.map((end) => end.applied.length)).toEqual(Array(4).fill(files.length));
    for (const other of others) await admin.sql.unsafe(`drop database ${other} with (force)`);
  });
});

describe("an index that is built concurrently", () => {
  const indexOf = "0064_orders_made_apart.sql";
  const isBuilt = async () => (await validity())[0]?.["isValid"] === true;
  const validity = () => owner.sql`
    select indexrelid::int as id, indisvalid as "isValid" from pg_index where indexrelid = to_regclass('orders_made_apart')`;
  const building = () => owner.sql<{ pid: number }[]>`
    select pid from pg_stat_activity where datname = ${name} and query like '%create index concurrently%' and state = 'active'
      and pid <> pg_backend_pid() and exists (select from pg_class where relname = 'orders_made_apart')`;

  /** The command, as it waits in the midst of building for somebody who writes into the table. */
  async function inTheMidst(): Promise<{ die: () => Promise<void>; letGo: () => Promise<void> }> {
    await run({ migrations: files.filter((file) => file.name < indexOf) });
    const writer = await owner.sql.reserve();
    await writer.unsafe("begin; lock table orders in row exclusive mode");
    const child = spawn(process.execPath, [join(import.meta.dirname, "migrate.ts")], { env: environment() });
    await expect.poll(building).toHaveLength(1);
    return {
      die: async () => {
        child.kill("SIGKILL");
        await once(child, "close");
      },
      letGo: async () => {
        await writer.unsafe("rollback");
        writer.release();
      },
    };
  }

  const goesOn = async () => {
    expect(await command(environment())).toMatchObject({ code: 0 });
    expect(await ledger()).toEqual(files.map((file) => file.name));
    expect(await isBuilt()).toBe(true);
  };

  test("the server builds on when its process was killed: the next start waits, and takes it as it is", async () => {
    const { die, letGo } = await inTheMidst();
    await die();
    const [{ id } = { id: 0 }] = await validity();
    const again = command(environment());
    await letGo();
    expect(await again).toMatchObject({ code: 0 });
    await goesOn();
    expect((await validity())[0]?.["id"], "not built a second time").toBe(id);
  });

  test("is built anew where the server ended with the process, in the midst of it", async () => {
    const { die, letGo } = await inTheMidst();
    await die();
    await owner.sql`select pg_terminate_backend(pid, 10000) from (${building()}) as b`;
    expect(await isBuilt(), "what is left has the name and is of no use").toBe(false);
    await letGo();
    await goesOn();
  });

  test("and where the process died between it and its row in the ledger, that row is written", async () => {
    await run({ migrations: files.filter((file) => file.name <= indexOf) });
    await owner.sql`delete from schema_migrations where name = ${indexOf}`;
    const before = await validity();
    await goesOn();
    expect(await validity(), "not built a second time").toEqual(before);
  });
});

describe("a migration that cannot be", () => {
  test("leaves nothing behind, names its file and what to do, and the next start goes on from there", async () => {
    const broken = next("create table half (id int); select 1 / 0");
    await expect(run({ migrations: [...files, broken] })).rejects.toThrow("9000_next.sql: division by zero");
    expect(await ledger()).toEqual(files.map((file) => file.name));
    expect(await owner.sql`select to_regclass('half') as half`).toEqual([{ half: null }]);
    expect(await run({ migrations: [...files, next("select 1")] })).toEqual({ applied: ["9000_next.sql"] });
  });

  test("is refused when the file was edited after it ran", async () => {
    await run();
    const edited = files.map((file, i) => (i === 2 ? parseMigration(file.name, `${file.text}\n-- more`) : file));
    await expect(run({ migrations: edited })).rejects.toThrow(/0003_\S+ was edited after it ran.*add a new file/);
  });

  test("is refused when the database is newer than the program", async () => {
    await run({ migrations: [...files, next("select 1")] });
    await expect(run()).rejects.toThrow(/already has 9000_next.sql.*start a newer version/);
  });

  test("is refused when its number comes before one that ran", async () => {
    await run();
    const late = parseMigration("0000_late.sql", "-- Why: a test.\n-- Locks: none.\nselect 1");
    await expect(run({ migrations: [late, ...files] })).rejects.toThrow(/0000_late.sql is numbered before/);
  });

  test("says who holds the table when it has to wait too long", async () => {
    await run();
    const holder = await owner.sql.reserve();
    await holder.unsafe("begin; lock table orders in access share mode");
    const waits = run({ migrations: [...files, next("alter table orders add column a int")], lockMs: 200 });
    await expect(waits).rejects.toThrow(/lock timeout: another transaction holds a lock/);
    await holder.unsafe("rollback");
    holder.release();
    await run({ migrations: [...files, next("alter table orders add column a int")] });
  });

  test("killed at any moment: the next one finishes, each file once", async () => {
    for (const afterMs of [0, 30, 60, 90, 120, 150]) {
      const child = spawn(process.execPath, [join(import.meta.dirname, "migrate.ts")], { env: environment() });
      const lines = afterMs === 0 ? Promise.resolve() : once(child.stdout, "data");
      await Promise.race([lines, once(child, "close")]);
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "close");
    }
    expect((await command(environment())).code).toBe(0);
    expect(await ledger()).toEqual(files.map((file) => file.name));
  });
});

describe("the command says what is wrong", () => {
  test("with its settings, all of them at once", async () => {
    const { code, said } = await command({ DATABASE_URL: "mysql://x", API_ROLE_PASSWORD: "short" });
    expect(code).toBe(1);
    expect(said).toBe(
      "migrate: wrong configuration: DATABASE_URL must begin with postgres://; " +
        "API_ROLE_PASSWORD needs at least 8 characters; WORKER_ROLE_PASSWORD is missing\n",
    );
  });

  test.each([
    ["an address where nothing listens", { port: "1" }, /nothing listens at that address/],
    ["a database that is not there", { pathname: "/nowhere" }, /the database does not exist: create it/],
    ["a wrong password", { password: "wrong" }, /the password is not the role's/],
    ["a host that has no address", { hostname: "nowhere.invalid" }, /the host's name cannot be found/],
  ])("with %s", async (_what, change, words) => {
    const { code, said } = await command({ ...environment(), DATABASE_URL: Object.assign(new URL(url), change).href });
    expect(said).toMatch(words);
    expect(said.split("\n")).toHaveLength(2);
    expect(code).toBe(1);
  });

  test("with a role that may not migrate", async () => {
    await run();
    const address = new URL(url);
    Object.assign(address, { username: "headwater_api", password: passwords().apiPassword });
    const { code, said } = await command({ ...environment(), DATABASE_URL: address.href });
    expect(said).toMatch(/permission denied.*migrate as a role that may create roles/);
    expect(code).toBe(1);
  });
});

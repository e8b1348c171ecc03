import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { randomBytes, randomInt } from "node:crypto";
import { makeVaultKeys } from "@headwater/db";
import { createTestDatabase } from "@headwater/db/testing.ts";
import type { TestDatabase } from "@headwater/db/testing.ts";
import { Client, Connection } from "@temporalio/client";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";
import { SWEEPS, sweepWorkflowId } from "../client.ts";
import { newMerchant } from "../temporal/testing/merchant.ts";
import { until } from "../temporal/testing/until.ts";
import { bundleKey } from "./bundle.ts";

let database: TestDatabase;
const folder = mkdtempSync(join(tmpdir(), "headwater-workers-"));
const namespace = `processes-${randomBytes(4).toString("hex")}`;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
  const keys = makeVaultKeys();
  writeFileSync(join(folder, "private"), keys.privateKey);
  writeFileSync(join(folder, "public"), keys.publicKey);
});
afterEach(async () => {
  for (const child of running) {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }
  running.clear();
});
afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Started {
  readonly child: ChildProcess;
  readonly port: number;
  readonly output: () => string;
}

async function start(program: "lifecycle" | "load", more: Record<string, string> = {}): Promise<Started> {
  const port = await freePort();
  const env = {
    PATH: process.env["PATH"] ?? "",
    DATABASE_URL: database.workerUrl,
    TEMPORAL_ADDRESS: inject("temporalAddress"),
    TEMPORAL_NAMESPACE: namespace,
    VAULT_PRIVATE_KEY_FILE: join(folder, "private"),
    VAULT_PUBLIC_KEY_FILE: join(folder, "public"),
    HEALTH_PORT: String(port),
    DATA_DIR: folder,
    STARTER_PID: String(process.pid),
    ...more,
  };
  const path = fileURLToPath(new URL(`${program}.ts`, import.meta.url));
  const child = spawn(process.execPath, [path], { env, stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (some: Buffer) => (text += some.toString()));
  return { child, port, output: () => text };
}

/** Below those that the system gives to whoever asks: a process takes its time until it listens. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(32_100, 32_768);
    const server = createServer().listen(port, "127.0.0.1");
    const isFree = await once(server, "listening").then(
      () => true,
      () => false, // somebody is there
    );
    server.close();
    if (isFree) return port;
  }
}

const statusOf = (port: number, path: string) =>
  fetch(`http://127.0.0.1:${port}${path}`).then(
    (answer) => answer.status,
    () => 0, // nobody listens yet, or any more
  );
const ready = ({ port, output }: Started) =>
  until(
    async () => ({ status: await statusOf(port, "/readyz"), output: output().slice(-2_000) }),
    ({ status }) => status === 200,
  );
const says = ({ output }: Started, words: string) =>
  until(
    async () => output(),
    (text) => text.includes(words),
  );
async function exitOf({ child }: Started): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  await once(child, "exit");
  return child.exitCode;
}

test("the lifecycle process prepares Temporal, shows life, rings what stayed behind, and ends in order", async () => {
  const worker = await start("lifecycle");
  await ready(worker);
  const connection = await Connection.connect({ address: inject("temporalAddress") });
  const client = new Client({ connection, namespace });
  // The list follows what was made a moment later.
  const schedules = async () =>
    (await Array.fromAsync(client.schedule.list())).map(({ scheduleId }) => scheduleId).toSorted();
  await expect.poll(schedules).toEqual(SWEEPS.map(sweepWorkflowId).toSorted());

  const merchant = await newMerchant(database.ownerUrl, { ring: () => Promise.resolve() });
  const [life] = await merchant.sql`select kind from processes where kind = 'lifecycle'`;
  expect(life).toBeDefined();
  const target = await merchant.connect();
  const command = await merchant.command(target, "cancelConnect", "authorizing_until = now()", { ring: false });
  await until(
    () => merchant.row(target),
    (row) => row === undefined,
  );
  const [settled] = await merchant.sql`select state from commands where id = ${command}`;
  expect(settled).toEqual({ state: "done" });
  await merchant.close();
  await connection.close();

  const metrics = async () => (await fetch(`http://127.0.0.1:${worker.port}/metrics`)).text();
  await expect.poll(metrics).toMatch(/headwater_activity_seconds_count\{activity="loadIntent",outcome="done"\} [1-9]/);
  await expect.poll(metrics).toMatch(/headwater_rings_total\{outcome="sent"\} [1-9]/);
  worker.child.kill("SIGTERM");
  expect(await exitOf(worker), worker.output()).toBe(0);
});

test("a release whose workflows differ from those at work stands by, and begins once those have ended", async () => {
  const owner = postgres(database.ownerUrl, { max: 1 });
  const other = { kind: "lifecycle", version: "another", seen_at: new Date(Date.now() + 3_600_000) };
  const [before] = await owner<[{ id: string }]>`insert into processes ${owner(other)} returning id`;
  const worker = await start("lifecycle");
  // Ready, for whoever ends the old ones only then; and without a sign of life, for it is not at work.
  await ready(worker);
  await says(worker, "standing by");
  const atWork = () => owner<{ version: string }[]>`select version from processes where id <> ${before.id}`;
  expect(await atWork()).toEqual([]);
  await owner`delete from processes where id = ${before.id}`;
  await until(atWork, ([row]) => row?.version === bundleKey());
  await says(worker, '"started"');
  worker.child.kill("SIGTERM");
  expect(await exitOf(worker), worker.output()).toBe(0);
  await owner.end();
});

test("the load process is ready without a workflow of its own, and ends when its starter is gone", async () => {
  const starter = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  running.add(starter);
  const worker = await start("load", { STARTER_PID: String(starter.pid) });
  await ready(worker);
  starter.kill("SIGKILL");
  expect(await exitOf(worker), worker.output()).toBe(0);
});

test("wrong settings are named all together, and nothing starts", async () => {
  const worker = await start("load", {
    DATABASE_URL: "mysql://x",
    HEALTH_PORT: "many",
    VAULT_PRIVATE_KEY_FILE: "/none",
  });
  expect(await exitOf(worker)).toBe(1);
  for (const name of ["DATABASE_URL", "HEALTH_PORT", "VAULT_PRIVATE_KEY_FILE"]) expect(worker.output()).toContain(name);
});

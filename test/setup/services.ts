// What the database and Temporal tests stand on: one embedded PostgreSQL and one Temporal development server a run,
// on free ports and in a folder of their own. Projects share them: the first asks, the last gone ends them.
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { postgresAnswers } from "@headwater/server/start/answers.mjs";
import { startChild } from "@headwater/server/start/child.mjs";
import { Keeper } from "@headwater/server/start/keeper.mjs";
import { portAnswers } from "@headwater/server/start/ports.mjs";
import { makeCluster, postgresBinaries, postgresCommand, superuserUrl } from "@headwater/server/start/postgres.mjs";
import { mayEnter, type Account } from "@headwater/server/start/postgres-account.mjs";
import { temporalBinary } from "@headwater/server/start/temporal-binary.mjs";
import { temporalCommand, temporalIsStuck } from "@headwater/server/start/temporal.mjs";
import { testConfig } from "./config.ts";
import { freeRow } from "./ports.ts";

export interface TestServer {
  address: string;
  stop(): Promise<void>;
}

/** A folder that Postgres's own account can walk into too. */
export function scratchFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `headwater-${name}-`));
  chmodSync(folder, 0o711);
  return folder;
}

async function stopAndForget(server: { stop(): Promise<unknown> }, folder: string): Promise<void> {
  await server.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** A folder that the account which runs Postgres can reach, wherever this machine keeps temporary things. */
function postgresFolder(account: Account | null): string {
  const folder = scratchFolder("pg");
  if (!account || mayEnter(folder, account)) return folder;
  rmSync(folder, { recursive: true });
  mkdirSync(testConfig.places.fallbackDir, { recursive: true });
  const reachable = mkdtempSync(join(testConfig.places.fallbackDir, "test-"));
  chmodSync(reachable, 0o711);
  return reachable;
}

/** An empty server; nothing is kept, so it need not wait for the disk. */
export async function startPostgres(): Promise<TestServer> {
  const binaries = postgresBinaries({ fallbackDir: testConfig.places.fallbackDir });
  const folder = postgresFolder(binaries.account);
  const port = await freeRow(1);
  const cluster = {
    binaries,
    dataDir: join(folder, "cluster"),
    password: randomBytes(12).toString("hex"),
    port,
    durable: false,
    connectionsMax: 400,
  };
  await makeCluster(cluster);
  const child = startChild({
    name: "postgres",
    ...postgresCommand(cluster),
    log: join(folder, "postgres.log"),
    signal: "SIGINT",
  });
  await child.ready(() => postgresAnswers(port), { withinMs: 180_000 });
  return { address: superuserUrl(cluster), stop: () => stopAndForget(child, folder) };
}

export async function startTemporal(): Promise<TestServer> {
  const folder = scratchFolder("temporal");
  const port = await freeRow(2);
  const httpPort = port + 1;
  const namespace = "headwater";
  const binary = await temporalBinary({
    named: testConfig.temporalCli,
    cacheDir: testConfig.places.cacheDir,
    report: console.log,
  });
  const command = temporalCommand({
    binary,
    port,
    httpPort,
    uiPort: null,
    namespace,
    file: join(folder, "temporal.db"),
    // Timers that fire when they are due, not up to a second later.
    settings: ['history.timerProcessorMaxTimeShift="10ms"'],
  });
  const keeper = new Keeper(
    {
      name: "temporal",
      title: "Temporal",
      withinMs: 180_000,
      hint: "",
      command: () => command,
      ready: () => portAnswers(port),
      stuck: () => temporalIsStuck({ httpPort, namespace }),
    },
    { log: join(folder, "temporal.log"), report: console.log, changed: () => undefined },
  );
  await keeper.start();
  return { address: `127.0.0.1:${port}`, stop: () => stopAndForget(keeper, folder) };
}

/** What the bench stands on: a durable PostgreSQL and a Temporal server of its own, on free ports, gone afterwards. */
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { postgresAnswers } from "@headwater/server/start/answers.mjs";
import { startChild } from "@headwater/server/start/child.mjs";
import { freePorts } from "@headwater/server/start/ports.mjs";
import { makeCluster, postgresBinaries, postgresCommand, superuserUrl } from "@headwater/server/start/postgres.mjs";
import { testConfig } from "../setup/config.ts";
import { type TestServer, startTemporal } from "../setup/services.ts";

export interface Servers {
  postgresUrl: string;
  /** A folder in which Postgres, another user than ours, can read and write files. */
  sharedFolder: string;
  temporalAddress: string;
  stop(): Promise<void>;
}

/** With fsync on, as a merchant's would be: both the floor and the product pay for it. */
async function startDurablePostgres(): Promise<TestServer & { sharedFolder: string }> {
  const { fallbackDir } = testConfig.places;
  const binaries = postgresBinaries({ fallbackDir });
  mkdirSync(fallbackDir, { recursive: true });
  const folder = mkdtempSync(join(fallbackDir, "bench-"));
  chmodSync(folder, 0o755);
  const sharedFolder = join(folder, "shared");
  mkdirSync(sharedFolder);
  chmodSync(sharedFolder, 0o777);
  const [port = 0] = await freePorts(1);
  const password = randomBytes(12).toString("hex");
  const cluster = { binaries, dataDir: join(folder, "cluster"), password, port, durable: true };
  await makeCluster(cluster);
  const command = postgresCommand(cluster);
  const child = startChild({ name: "postgres", ...command, log: join(folder, "postgres.log"), signal: "SIGINT" });
  await child.ready(() => postgresAnswers(port), { withinMs: 30_000 });
  const stop = async (): Promise<void> => {
    await child.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  return { address: superuserUrl(cluster), sharedFolder, stop };
}

export async function startServers(): Promise<Servers> {
  const postgres = await startDurablePostgres();
  const temporal = await startTemporal();
  return {
    postgresUrl: postgres.address,
    sharedFolder: postgres.sharedFolder,
    temporalAddress: temporal.address,
    stop: async () => {
      await temporal.stop();
      await postgres.stop();
    },
  };
}

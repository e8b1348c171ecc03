/** What every worker process has: one configuration, one database, a log, a health page, signs of life, an orderly end. */
import { randomUUID } from "node:crypto";
import { openDatabase, requireVaultKeys, VaultError } from "@headwater/db";
import type { Database } from "@headwater/db";
import { Runtime } from "@temporalio/worker";
import type { Logger } from "pino";
import { openWorkerLog } from "./log.ts";
import { repeat } from "./repeat.ts";
import { asTemporalLogger, measure } from "./telemetry.ts";
import type { Telemetry } from "./telemetry.ts";
import { waitForTurn } from "./turns.ts";
import type { Process } from "./turns.ts";
import { DATABASE_SILENCE_MS, readWorkerConfig } from "./config.ts";
import type { Environment, WorkerConfig } from "./config.ts";
import { bundleKey } from "./bundle.ts";
import { serveHealth } from "./health.ts";
import type { Health } from "./health.ts";

export interface Frame {
  readonly id: string;
  readonly config: WorkerConfig;
  readonly db: Database;
  readonly log: Logger;
  readonly health: Health;
  readonly telemetry: Telemetry;
}

/** What the process is for. `run` resolves when it has ended, which `stop` asks for. */
export interface Running {
  readonly isReady: () => boolean;
  readonly run: Promise<void>;
  stop(): Promise<void> | void;
}

const SIGN_OF_LIFE_MS = 10_000;
const LOOK_FOR_STARTER_MS = 1_000;
/** Longer than the grace that activities get, shorter than a starter's patience. */
const LAST_RESORT_MS = 40_000;

export async function runProcess(
  kind: "lifecycle" | "load",
  env: Environment,
  start: (frame: Frame) => Promise<Running>,
): Promise<void> {
  const config = readWorkerConfig(env);
  const log = openWorkerLog(kind, config.logLevel);
  const max = kind === "load" ? 24 : 12;
  const db = openDatabase({
    url: config.databaseUrl,
    max,
    name: `headwater ${kind}`,
    silenceMs: DATABASE_SILENCE_MS,
  });
  let running: Running | null = null;
  let standsBy = false;
  const isReady = async (): Promise<boolean> => (standsBy || running?.isReady() === true) && (await answers(db));
  const health = await serveHealth(config.healthPort, isReady);
  Runtime.install({ logger: asTemporalLogger(log) });
  const frame: Frame = { id: randomUUID(), config, db, log, health, telemetry: measure(health.registry) };
  const loops = watchStarter(config, () => end("the starter is gone"));
  const end = (why: string): void => {
    log.info({ why }, "stopping");
    setTimeout(() => process.exit(1), LAST_RESORT_MS).unref();
    if (running === null) process.exit(0);
    void Promise.resolve(running.stop()).catch((error: unknown) => log.error({ err: error }, "stop failed"));
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => end(signal));
  await requireOurVault(frame);
  const self = { id: frame.id, kind, version: bundleKey() };
  const standBy = (waitsFor: readonly string[]): void => {
    // Ready all the same: whoever replaces processes one by one ends the old ones only then.
    standsBy = true;
    log.warn({ waitsFor }, "standing by: workflow code of another release is at work");
  };
  await waitForTurn(db, self, standBy, (error) => log.warn({ err: error }, "whose turn it is cannot be read"));
  loops.push(signsOfLife(frame, self));
  running = await start(frame);
  standsBy = false;
  log.info({ health: health.port }, "started");
  try {
    await running.run;
  } finally {
    for (const loop of loops) loop.stop();
    await forget(frame);
    await health.close();
    await db.close();
    log.info("stopped");
  }
}

/** Another database's private key would fail at every datasource, one by one. A database that is away is waited for. */
async function requireOurVault({ db, config, log }: Frame): Promise<void> {
  try {
    await requireVaultKeys(db, config.vaultPrivateKey);
  } catch (error) {
    if (error instanceof VaultError) throw error;
    log.warn({ err: error }, "vault key not compared");
  }
}

const answers = async (db: Database): Promise<boolean> => (await db.sql`select 1`).length === 1;

const signsOfLife = ({ db, log }: Frame, { id, kind, version }: Process) =>
  repeat(SIGN_OF_LIFE_MS, async () => {
    try {
      await db.sql`
        insert into processes (id, kind, version, started_at, seen_at) values (${id}, ${kind}, ${version}, now(), now())
        on conflict (id) do update set seen_at = now()`;
    } catch (error) {
      log.warn({ err: error }, "sign of life failed");
    }
  });

async function forget({ db, id, log }: Frame): Promise<void> {
  try {
    await db.sql`delete from processes where id = ${id}`;
  } catch (error) {
    log.warn({ err: error }, "sign of life stayed");
  }
}

/** A child that loses its starter ends itself: nobody would ever end it. */
function watchStarter({ starterPid }: WorkerConfig, onGone: () => void) {
  if (starterPid === null) return [];
  const loop = repeat(LOOK_FOR_STARTER_MS, () => {
    if (isAlive(starterPid)) return;
    loop.stop();
    onGone();
  });
  return [loop];
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

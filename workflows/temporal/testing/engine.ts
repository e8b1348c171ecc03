/** The engine whole, against a real Temporal server and a real database, with a source that does as the test says. */
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "@headwater/db";
import type { Database } from "@headwater/db";
import { createTestDatabase } from "@headwater/db/testing.ts";
import { Client, Connection } from "@temporalio/client";
import type { DataConverter } from "@temporalio/common";
import { DefaultLogger, NativeConnection, Runtime } from "@temporalio/worker";
import type { Worker } from "@temporalio/worker";
import { createEntityActivities } from "../../activities/entity.ts";
import type { SweepDeps, WorkDeps } from "../../activities/deps.ts";
import { createSweepActivities } from "../../activities/sweeps.ts";
import { createBackfillActivities, createWorkActivities } from "../../activities/work.ts";
import { createRinger, DURATIONS } from "../../client.ts";
import type { Durations, Ringer } from "../../client.ts";
import { ensureNamespace, ensureSearchAttributes } from "../../worker/boot.ts";
import { loadBundle } from "../../worker/bundle.ts";
import { converterFor } from "../../payloads.ts";
import { runningEntities } from "../../worker/running-entities.ts";
import { backfillWorker, lifecycleWorker, syncWorker } from "../../worker/workers.ts";
import type { Base } from "../../worker/workers.ts";
import { fakeSource } from "./fake-source.ts";
import type { FakeSource } from "./fake-source.ts";
import { newMerchant } from "./merchant.ts";
import { answersOfThen, releasedBundle } from "./released.ts";
import { QUICK_BUDGET, RULES, RULES_BY_PLATFORM } from "./rules.ts";
import { patiently } from "./until.ts";
import type { Merchant } from "./merchant.ts";

Runtime.install({ logger: new DefaultLogger("ERROR") });

/** Hours of two seconds; no test asserts less than that. What ends an attempt for good is as long as ever: no test waits for it. */
export const FAST: Durations = {
  ...DURATIONS,
  canEvery: 4,
  graceMs: 3_000,
  secondLookMs: 1_000,
  intervalMs: 2_000,
  dayMs: 4_000,
};

export interface Engine {
  readonly merchant: Merchant;
  readonly source: FakeSource;
  /** Of the namespace that stands now: see `loseTemporal`. */
  readonly client: Client;
  readonly ringer: Ringer;
  readonly deps: SweepDeps & WorkDeps;
  /** With today's workflows, or with those of a release that keeps its bundle. */
  startWorkers(release?: string): Promise<void>;
  stopWorkers(): Promise<void>;
  /** All that Temporal knew is gone: workers, and whoever rings, meet an empty server. */
  loseTemporal(): Promise<void>;
  close(): Promise<void>;
}

export interface EngineOptions {
  readonly postgresUrl: string;
  readonly temporalAddress: string;
  readonly durations?: Durations;
  /** Seals what travels through Temporal. */
  readonly payloadKeys?: string;
}

interface Stand {
  readonly namespace: string;
  readonly client: Client;
  readonly ringer: Ringer;
}

interface Started {
  readonly worker: Worker;
  readonly run: Promise<void>;
}

export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { postgresUrl, temporalAddress, durations = FAST, payloadKeys = null } = options;
  const database = await createTestDatabase(postgresUrl);
  const connection = await Connection.connect({ address: temporalAddress });
  const native = await NativeConnection.connect({ address: temporalAddress });
  const dataConverter = converterFor(payloadKeys);
  const newStand = () => standIn(connection, durations, dataConverter);
  let stand = await newStand();
  let workers: Started[] = [];
  const db = openDatabase({ url: database.workerUrl, max: 16 });
  const source = fakeSource(db);
  // A server that a busy machine keeps from answering is rung again, as the outbox would.
  const ringer: Ringer = { ring: (target, version) => patiently(() => stand.ringer.ring(target, version)) };
  const merchant = await newMerchant(database.ownerUrl, ringer);
  const deps: SweepDeps & WorkDeps = {
    db,
    log: silent,
    platformRules: (platform) => RULES_BY_PLATFORM[platform] ?? RULES,
    budget: QUICK_BUDGET,
    load: source.load,
    loadDeps: notAsked(db),
    ringer,
    endOrphan: () => Promise.resolve({ kind: "revoked" }),
    probe: () => Promise.resolve("answers"),
    runningEntities: () => runningEntities(stand.client),
  };
  const startWorkers = async (release?: string): Promise<void> => {
    const bundle = await (release === undefined ? loadBundle(bundles) : releasedBundle(release, bundles));
    const watchers = release === undefined ? [] : [answersOfThen];
    const base = { connection: native, namespace: stand.namespace, dataConverter, watchers };
    workers = await startAll(base, bundle, deps);
  };
  const stopWorkers = async (): Promise<void> => {
    for (const { worker } of workers) worker.shutdown();
    await Promise.all(workers.map(({ run }) => run));
    workers = [];
  };
  return {
    merchant,
    source,
    deps,
    ringer,
    get client() {
      return stand.client;
    },
    startWorkers,
    stopWorkers,
    async loseTemporal() {
      await stopWorkers();
      stand = await newStand();
      await startWorkers();
    },
    async close() {
      await stopWorkers();
      await native.close();
      await connection.close();
      await merchant.close();
      await db.close();
      await database.close();
    },
  };
}

async function standIn(connection: Connection, durations: Durations, dataConverter: DataConverter): Promise<Stand> {
  const namespace = `test-${randomBytes(6).toString("hex")}`;
  await ensureNamespace(connection, namespace);
  await patiently(() => ensureSearchAttributes(connection, namespace));
  const client = new Client({ connection, namespace, dataConverter });
  return { namespace, client, ringer: createRinger(client, durations) };
}

const bundles = join(tmpdir(), "headwater-test-bundles");

async function startAll(
  base: Base,
  bundle: { readonly codePath: string },
  deps: SweepDeps & WorkDeps,
): Promise<Started[]> {
  const workers = await Promise.all([
    lifecycleWorker(base, bundle, { ...createEntityActivities(deps), ...createSweepActivities(deps) }),
    syncWorker(base, createWorkActivities(deps)),
    backfillWorker(base, createBackfillActivities(deps)),
  ]);
  return workers.map((worker) => ({ worker, run: worker.run() }));
}

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The fake load path never looks at its dependencies; whoever does fails loudly. */
const asked = (name: string): never => {
  throw new Error(`The fake source was asked for ${name}`);
};
const notAsked = (db: Database): WorkDeps["loadDeps"] => ({
  sql: db.sql,
  connectorOf: () => asked("a connector"),
  appOf: () => asked("an app"),
  outbound: {
    send: () => asked("a call"),
    browserAddress: () => asked("an address"),
    close: () => Promise.resolve(),
  },
  vaultPrivateKey: "",
  workerId: "test",
  log: silent,
});

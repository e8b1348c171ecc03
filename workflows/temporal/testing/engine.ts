/** The engine whole, against a real Temporal server and a real database, with a source that does as the test says. */
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "@headwater/db";
import type { Database } from "@headwater/db";
import { createTestDatabase } from "@headwater/db/testing.ts";
import { Client, Connection } from "@temporalio/client";
import { DefaultLogger, NativeConnection, Runtime } from "@temporalio/worker";
import type { Worker } from "@temporalio/worker";
import { createEntityActivities } from "../../activities/entity.ts";
import type { PlatformRules, SweepDeps, WorkDeps } from "../../activities/deps.ts";
import { createSweepActivities } from "../../activities/sweeps.ts";
import { createBackfillActivities, createWorkActivities } from "../../activities/work.ts";
import { createRinger, DURATIONS } from "../../client.ts";
import type { Durations, Ringer } from "../../client.ts";
import { ensureNamespace, ensureSearchAttributes } from "../../worker/boot.ts";
import { loadBundle } from "../../worker/bundle.ts";
import { converterFor } from "../../payloads.ts";
import { backfillWorker, lifecycleWorker, syncWorker } from "../../worker/workers.ts";
import { fakeSource } from "./fake-source.ts";
import type { FakeSource } from "./fake-source.ts";
import { newMerchant } from "./merchant.ts";
import type { Merchant } from "./merchant.ts";

Runtime.install({ logger: new DefaultLogger("ERROR") });

/** Hours of two seconds; no test asserts less than that. */
export const FAST: Durations = {
  ...DURATIONS,
  canEvery: 4,
  choosingMs: 4_000,
  graceMs: 3_000,
  secondLookMs: 1_000,
  intervalMs: 2_000,
  dayMs: 4_000,
};

const RULES: PlatformRules = {
  manyAccounts: false,
  daily: {},
  concurrency: 2,
  streams: [
    { name: "orders", needs: ["read"], isSnapshot: false },
    { name: "products", needs: ["read"], isSnapshot: true },
  ],
};

/** A platform with one account, one whose logins reach several, one with every daily kind. */
const RULES_BY_PLATFORM: Readonly<Record<string, PlatformRules>> = {
  shopify: RULES,
  "meta-ads": { ...RULES, manyAccounts: true },
  klaviyo: { ...RULES, daily: { reread: 1, sweep: 1, spotCheck: 1 } },
};

export interface Engine {
  readonly client: Client;
  readonly ringer: Ringer;
  readonly merchant: Merchant;
  readonly source: FakeSource;
  readonly deps: SweepDeps & WorkDeps;
  startWorkers(): Promise<void>;
  stopWorkers(): Promise<void>;
  close(): Promise<void>;
}

export interface EngineOptions {
  readonly postgresUrl: string;
  readonly temporalAddress: string;
  readonly durations?: Durations;
}

export async function startEngine({ postgresUrl, temporalAddress, durations = FAST }: EngineOptions): Promise<Engine> {
  const database = await createTestDatabase(postgresUrl);
  const namespace = `test-${randomBytes(6).toString("hex")}`;
  const connection = await Connection.connect({ address: temporalAddress });
  await ensureNamespace(connection, namespace);
  await patiently(() => ensureSearchAttributes(connection, namespace));
  const native = await NativeConnection.connect({ address: temporalAddress });
  const dataConverter = converterFor(null);
  const client = new Client({ connection, namespace, dataConverter });
  const ringer = createRinger(client, { durations });
  const db = openDatabase({ url: database.workerUrl, max: 16 });
  const source = fakeSource(db);
  const merchant = await newMerchant(database.ownerUrl, ringer);
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const deps: SweepDeps & WorkDeps = {
    db,
    log,
    platformRules: (platform) => RULES_BY_PLATFORM[platform] ?? RULES,
    load: source.load,
    loadDeps: notAsked(db),
    ringer,
    runningEntities: () => runningIn(client),
  };
  let workers: { readonly worker: Worker; readonly run: Promise<void> }[] = [];
  const stopWorkers = async (): Promise<void> => {
    for (const { worker } of workers) worker.shutdown();
    await Promise.all(workers.map(({ run }) => run));
    workers = [];
  };
  return {
    client,
    ringer,
    merchant,
    source,
    deps,
    async startWorkers() {
      const base = { connection: native, namespace, dataConverter };
      const bundle = await loadBundle(join(tmpdir(), "headwater-test-bundles"));
      const made = await Promise.all([
        lifecycleWorker(base, bundle, { ...createEntityActivities(deps), ...createSweepActivities(deps) }),
        syncWorker(base, createWorkActivities(deps)),
        backfillWorker(base, createBackfillActivities(deps)),
      ]);
      workers = made.map((worker) => ({ worker, run: worker.run() }));
    },
    stopWorkers,
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
  log: { info: () => undefined, warn: () => undefined, error: () => undefined },
});

async function runningIn(client: Client): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  const query = "WorkflowType = 'datasource' AND ExecutionStatus = 'Running'";
  for await (const { workflowId } of client.workflow.list({ query })) ids.add(workflowId.slice(3));
  return ids;
}

/** Waits for a condition, never for a time; says what it saw last when it gives up. */
export async function until<T>(look: () => Promise<T>, holds: (seen: T) => boolean, withinMs = 20_000): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() > end) throw new Error(`Not within ${withinMs} ms; last seen: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function patiently(work: () => Promise<void>): Promise<void> {
  const end = Date.now() + 15_000;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

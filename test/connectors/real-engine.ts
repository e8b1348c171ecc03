// The engine whole with the real load path and the real connectors: Temporal, Postgres, and over HTTP whatever stands for the source.
import type { Outbound } from "@headwater/connectors/outbound/outbound.ts";
import { connectorFor } from "@headwater/connectors/connectors.ts";
import { openDatabase } from "@headwater/db";
import { createEntityActivities } from "@headwater/workflows/activities/entity.ts";
import type { SweepDeps, WorkDeps } from "@headwater/workflows/activities/deps.ts";
import { endOrphans } from "@headwater/workflows/activities/orphans.ts";
import { createSweepActivities } from "@headwater/workflows/activities/sweeps.ts";
import { createBackfillActivities, createWorkActivities } from "@headwater/workflows/activities/work.ts";
import { createRinger, DURATIONS, type Durations, type Ringer } from "@headwater/workflows/client.ts";
import { BUDGET } from "@headwater/workflows/lifecycle/budget.ts";
import { loadPath } from "@headwater/workflows/load/load-path.ts";
import { converterFor } from "@headwater/workflows/payloads.ts";
import { ensureNamespace, ensureSearchAttributes } from "@headwater/workflows/worker/boot.ts";
import { loadBundle } from "@headwater/workflows/worker/bundle.ts";
import { platformRules } from "@headwater/workflows/worker/deps.ts";
import { sendOutbox } from "@headwater/workflows/worker/outbox.ts";
import { repeat, type Loop } from "@headwater/workflows/worker/repeat.ts";
import { backfillWorker, lifecycleWorker, syncWorker } from "@headwater/workflows/worker/workers.ts";
import { Client, Connection } from "@temporalio/client";
import { NativeConnection, type Worker } from "@temporalio/worker";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Place {
  readonly workerUrl: string;
  readonly vaultPrivateKey: string;
  readonly outbound: Outbound;
  /** Where the API puts files of costs. */
  readonly uploadsFolder?: string;
  readonly clientOf: (platform: string) => { clientId: string; clientSecret: string; redirectUri: string } | null;
}

export interface RealEngine {
  /** Handed to the API, which is started between the two. */
  readonly ringer: Ringer;
  start(place: Place): Promise<void>;
  /** As every few minutes: ends the logins on which nothing stands, and which nobody ended at once. */
  endOrphans(): Promise<unknown>;
  /** All that Temporal keeps of every workflow, as text: what is in a payload, in a failure, in a heartbeat. */
  historyText(): Promise<string>;
  close(): Promise<void>;
}

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

export async function openEngine(address: string, durations: Partial<Durations> = {}): Promise<RealEngine> {
  const connection = await Connection.connect({ address });
  const native = await NativeConnection.connect({ address });
  const namespace = `test-${randomBytes(6).toString("hex")}`;
  const dataConverter = converterFor(null);
  await ensureNamespace(connection, namespace);
  await patiently(() => ensureSearchAttributes(connection, namespace));
  const client = new Client({ connection, namespace, dataConverter });
  const ringer = createRinger(client, { ...DURATIONS, ...durations });
  const running: { worker: Worker; run: Promise<void> }[] = [];
  const closing: (() => Promise<unknown>)[] = [];
  let sweeping: SweepDeps | null = null;
  let sending: Loop | null = null;
  return {
    ringer,
    async start(place) {
      const db = openDatabase({ url: place.workerUrl, max: 16 });
      const loadDb = openDatabase({ url: place.workerUrl, max: 12 });
      closing.push(
        () => db.close(),
        () => loadDb.close(),
      );
      const deps = depsOf(place, { db, loadDb, ringer });
      sweeping = deps;
      const bundle = await loadBundle(join(tmpdir(), "headwater-test-bundles"));
      const base = { connection: native, namespace, dataConverter };
      const workers = await Promise.all([
        lifecycleWorker(base, bundle, { ...createEntityActivities(deps), ...createSweepActivities(deps) }),
        syncWorker(base, createWorkActivities(deps)),
        backfillWorker(base, createBackfillActivities(deps)),
      ]);
      running.push(...workers.map((worker) => ({ worker, run: worker.run() })));
      // A ring that a busy machine kept from arriving stays behind, and goes out with the next turn.
      sending = repeat(1_000, () =>
        sendOutbox(db, ringer).then(
          () => undefined,
          () => undefined, // asked again
        ),
      );
    },
    async endOrphans() {
      if (sweeping !== null) await endOrphans(sweeping);
    },
    async historyText() {
      const texts: string[] = [];
      for await (const { workflowId, runId } of client.workflow.list())
        texts.push(JSON.stringify(await client.workflow.getHandle(workflowId, runId).fetchHistory(), legibly));
      return texts.join("\n");
    },
    async close() {
      sending?.stop();
      for (const { worker } of running) worker.shutdown();
      await Promise.all(running.map(({ run }) => run));
      await native.close();
      await connection.close();
      for (const close of closing) await close();
    },
  };
}

/** A payload's bytes as what they say: written out, they are base64. */
const legibly = (name: string, value: unknown): unknown =>
  name === "data" && typeof value === "string" ? Buffer.from(value, "base64").toString("utf8") : value;

type Stores = {
  readonly db: WorkDeps["db"];
  readonly loadDb: ReturnType<typeof openDatabase>;
  readonly ringer: Ringer;
};

function depsOf(place: Place, { db, loadDb, ringer }: Stores): SweepDeps & WorkDeps {
  const loadDeps = {
    sql: loadDb.sql,
    connectorOf: connectorFor,
    appOf: place.clientOf,
    outbound: place.outbound,
    vaultPrivateKey: place.vaultPrivateKey,
    ...(place.uploadsFolder === undefined ? {} : { uploadsFolder: place.uploadsFolder }),
    workerId: "test",
    log: silent,
  };
  return {
    db,
    log: silent,
    platformRules,
    budget: BUDGET,
    load: loadPath,
    loadDeps,
    ringer,
    endOrphan: (grant) =>
      loadPath.endGrant(loadDeps, grant, { signal: AbortSignal.timeout(60_000), heartbeat: () => undefined }),
    probe: () => Promise.resolve("answers"),
    runningEntities: () => Promise.resolve(null),
  };
}

/** A namespace is not there at once. */
async function patiently(work: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1)
    try {
      return await work();
    } catch (error) {
      if (tries >= 40) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
}

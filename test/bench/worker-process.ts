/**
 * The load worker as it is, but for its one platform: the page server stands in Shopify's place. Also the same slices by
 * a plain function, for what the workflow costs. Told what to do by its parent, measured from outside.
 */
import { makeOutbound } from "@headwater/connectors/outbound/guarded.ts";
import { openDatabase } from "@headwater/db";
import type { RunResult } from "@headwater/workflows/activities/contract.ts";
import type { WorkDeps } from "@headwater/workflows/activities/deps.ts";
import { createEntityActivities } from "@headwater/workflows/activities/entity.ts";
import { createSweepActivities } from "@headwater/workflows/activities/sweeps.ts";
import { createBackfillActivities, createWorkActivities } from "@headwater/workflows/activities/work.ts";
import { BUDGET } from "@headwater/workflows/lifecycle/budget.ts";
import type { LoadDeps, RunRef, SliceRef } from "@headwater/workflows/load/contract.ts";
import { loadPath } from "@headwater/workflows/load/load-path.ts";
import { rulesOf } from "@headwater/workflows/worker/deps.ts";
import { converterFor } from "@headwater/workflows/payloads.ts";
import { loadBundle } from "@headwater/workflows/worker/bundle.ts";
import { backfillWorker, type Base, lifecycleWorker, syncWorker } from "@headwater/workflows/worker/workers.ts";
import { MockActivityEnvironment } from "@temporalio/testing";
import { DefaultLogger, NativeConnection, Runtime } from "@temporalio/worker";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HOST, pageSource, type Rate } from "./page-source.ts";

export interface LoadSettings {
  role: "load" | "lifecycle";
  workerUrl: string;
  temporalAddress: string | null;
  pagesPort: number;
  vaultPrivateKey: string;
  rate: Rate;
}
export type Order =
  | { kind: "settings"; settings: LoadSettings }
  | { kind: "slices"; slices: SliceRef[]; lanes: number }
  | { kind: "syncs"; runs: RunRef[] };
export type Told =
  | { kind: "ready" }
  | { kind: "slicesDone" }
  | { kind: "synced"; syncs: { ms: number; statements: number }[] }
  | { kind: "failed"; why: string };

const quiet = { info: () => undefined, warn: () => undefined, error: console.error };
const statements: string[] = [];
let isCounting = false;
let deps: WorkDeps | null = null;
const tell = (told: Told): void => void process.send?.(told);
const watch = { signal: new AbortController().signal, heartbeat: () => undefined };

async function prepare(settings: LoadSettings): Promise<void> {
  const connector = pageSource(settings.rate);
  const db = openDatabase({ url: settings.workerUrl, max: 24, name: "load bench" });
  Object.assign(db.sql.options, {
    debug: (_connection: number, text: string) => {
      if (isCounting) statements.push(...text.split(/;\s+/));
    },
  });
  const loadDeps: LoadDeps = {
    sql: db.sql,
    connectorOf: () => connector,
    appOf: () => null,
    outbound: makeOutbound({ routes: new Map([[HOST, new URL(`http://127.0.0.1:${settings.pagesPort}`)]]) }),
    vaultPrivateKey: settings.vaultPrivateKey,
    workerId: "bench",
    log: quiet,
  };
  const workDeps: WorkDeps = {
    db,
    log: quiet,
    load: loadPath,
    loadDeps,
    platformRules: () => rulesOf(connector),
    budget: BUDGET,
  };
  if (settings.temporalAddress !== null) await serveQueues(settings.role, settings.temporalAddress, workDeps);
  deps = workDeps;
  tell({ kind: "ready" });
}

async function serveQueues(role: LoadSettings["role"], address: string, workDeps: WorkDeps): Promise<void> {
  Runtime.install({ logger: new DefaultLogger("ERROR") });
  const connection = await NativeConnection.connect({ address });
  const base = { connection, namespace: "headwater", dataConverter: converterFor(null) };
  const workers = role === "load" ? await loadWorkers(base, workDeps) : [await entityWorker(base, workDeps)];
  for (const worker of workers) worker.run().catch((error: unknown) => tell({ kind: "failed", why: String(error) }));
}

const loadWorkers = (base: Base, workDeps: WorkDeps) =>
  Promise.all([
    syncWorker(base, createWorkActivities(workDeps)),
    backfillWorker(base, createBackfillActivities(workDeps)),
  ]);

async function entityWorker(base: Base, workDeps: WorkDeps) {
  const ringer = { ring: () => Promise.resolve() };
  const sweeps = createSweepActivities({
    ...workDeps,
    ringer,
    endOrphan: () => Promise.reject(new Error("the bench has no orphans")),
    probe: () => Promise.resolve("answers"),
    runningEntities: () => Promise.resolve(new Set()),
  });
  const bundle = await loadBundle(join(tmpdir(), "headwater-workflow-bundles"));
  return lifecycleWorker(base, bundle, { ...createEntityActivities(workDeps), ...sweeps });
}

async function workThrough({ loadDeps }: WorkDeps, slices: SliceRef[], lanes: number): Promise<void> {
  const left = [...slices];
  const lane = async (): Promise<void> => {
    for (let slice = left.shift(); slice !== undefined; slice = left.shift()) {
      for (;;) {
        const outcome = await loadPath.workOnSlice(loadDeps, slice, watch);
        if (outcome.kind === "done") break;
        if (outcome.kind !== "more") throw new Error(JSON.stringify(outcome));
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** The product's own sync activity, whatever it sends to the database besides the load path. */
async function syncAll(workDeps: WorkDeps, runs: RunRef[]): Promise<{ ms: number; statements: number }[]> {
  const activities = createWorkActivities(workDeps);
  isCounting = true;
  const syncs = [];
  for (const { organisationId, datasourceId, generation, n } of runs) {
    const asked = { organisationId, datasourceId, generation, n, askedBy: [], skipped: 0, intervalMs: 3_600_000 };
    statements.length = 0;
    const began = performance.now();
    const result: RunResult = await new MockActivityEnvironment().run(() => activities.sync(asked));
    if (result.kind !== "done") throw new Error(JSON.stringify(result));
    syncs.push({ ms: performance.now() - began, statements: statements.length });
  }
  return syncs;
}

async function carryOut(order: Order): Promise<void> {
  if (order.kind === "settings") return prepare(order.settings);
  if (deps === null) throw new Error("settings come first");
  if (order.kind === "syncs") return tell({ kind: "synced", syncs: await syncAll(deps, order.runs) });
  await workThrough(deps, order.slices, order.lanes);
  tell({ kind: "slicesDone" });
}

process.on("message", (order: Order) => {
  carryOut(order).catch((error: unknown) =>
    tell({ kind: "failed", why: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
process.on("disconnect", () => process.exit(0));

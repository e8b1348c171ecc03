/** One first load, measured: through the workflow in the product's own processes, or by a plain function in the same one. */
import { Client, Connection } from "@temporalio/client";
import { QUEUES, WORKFLOW_TYPES, backfillWorkflowId } from "@headwater/workflows/lifecycle/names.ts";
import { converterFor } from "@headwater/workflows/payloads.ts";
import postgres from "postgres";
import type { Pages } from "./child.ts";
import { WorkerProcess } from "./child.ts";
import { freshGround, proveLanded } from "./ground.ts";
import type { Shape } from "./orders.ts";
import type { Rate } from "./page-source.ts";
import type { Servers } from "./servers.ts";

export interface Stand {
  servers: Servers;
  pages: Pages;
}

export interface Measured {
  ms: number;
  peakMb: number;
}

async function checkpoint(postgresUrl: string): Promise<void> {
  const sql = postgres(postgresUrl, { max: 1, onnotice: () => undefined });
  await sql`checkpoint`;
  await sql.end();
}

export async function loadThroughWorkflow(stand: Stand, shape: Shape, rate: Rate, mayWait = false): Promise<Measured> {
  const { servers, pages } = stand;
  const ground = await freshGround(servers.postgresUrl, rate);
  const settings = {
    workerUrl: ground.workerUrl,
    temporalAddress: servers.temporalAddress,
    pagesPort: pages.port,
    vaultPrivateKey: ground.deps.vaultPrivateKey,
    rate,
  };
  const load = await WorkerProcess.start({ ...settings, role: "load" });
  const lifecycle = await WorkerProcess.start({ ...settings, role: "lifecycle" });
  const connection = await Connection.connect({ address: servers.temporalAddress });
  const client = new Client({ connection, namespace: "headwater", dataConverter: converterFor(null) });
  try {
    await checkpoint(servers.postgresUrl);
    const began = performance.now();
    const { run } = await ground.plan();
    const { organisationId, datasourceId } = ground.ref;
    await client.workflow.execute(WORKFLOW_TYPES.backfill, {
      taskQueue: QUEUES.lifecycle,
      workflowId: backfillWorkflowId(datasourceId, 1),
      args: [{ v: 1, datasourceId, organisationId, runId: run.runId, maxEvents: 3_000 }],
    });
    const ms = performance.now() - began;
    if (!mayWait) await proveLanded(ground.owner, shape);
    return { ms, peakMb: load.peakMb };
  } finally {
    await connection.close();
    await load.stop();
    await lifecycle.stop();
    await ground.close();
  }
}

export async function loadByPlainFunction(stand: Stand, shape: Shape, rate: Rate): Promise<Measured> {
  const { servers, pages } = stand;
  const ground = await freshGround(servers.postgresUrl, rate);
  const load = await WorkerProcess.start({
    role: "load",
    workerUrl: ground.workerUrl,
    temporalAddress: null,
    pagesPort: pages.port,
    vaultPrivateKey: ground.deps.vaultPrivateKey,
    rate,
  });
  try {
    await checkpoint(servers.postgresUrl);
    const began = performance.now();
    const { slices } = await ground.plan();
    await load.ask({ kind: "slices", slices, lanes: rate.concurrency }, "slicesDone");
    const ms = performance.now() - began;
    await proveLanded(ground.owner, shape);
    return { ms, peakMb: load.peakMb };
  } finally {
    await load.stop();
    await ground.close();
  }
}

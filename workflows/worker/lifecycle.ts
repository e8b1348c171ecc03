/** The `lifecycle` process: the workflows, the short activities on our own rows, the sweeps, and the rings that stayed behind. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEntityActivities } from "../activities/entity.ts";
import type { OrphanRef } from "../activities/deps.ts";
import { createSweepActivities } from "../activities/sweeps.ts";
import { reconcile } from "../activities/reconcile.ts";
import { createRinger } from "../client.ts";
import type { DatasourceRef } from "../load/contract.ts";
import { keepHeadsIn } from "./audit-heads.ts";
import { prepare } from "./boot.ts";
import { loadBundle } from "./bundle.ts";
import { assemble, webhookDeps } from "./deps.ts";
import { keepPrepared } from "./keep-prepared.ts";
import { keepMailing } from "./mails.ts";
import { keepSending } from "./outbox.ts";
import { converterFor } from "../payloads.ts";
import { runProcess } from "./process.ts";
import type { Frame, Running } from "./process.ts";
import { runningEntities } from "./running-entities.ts";
import { connectTemporal } from "./temporal.ts";
import { keepHandling } from "./webhooks.ts";
import { lifecycleWorker } from "./workers.ts";

const REVOKE_MS = 20_000;
const PROBE_MS = 10_000;

async function start(frame: Frame): Promise<Running> {
  const { config, db } = frame;
  const dataConverter = converterFor(config.payloadKeys);
  const parts = assemble(frame);
  const { deps } = parts;
  const temporal = await connectTemporal(config, dataConverter);
  await prepare(temporal, deps.log);
  const ringer = createRinger(temporal.client);
  const sweepDeps = {
    ...deps,
    ringer,
    endOrphan: (ref: OrphanRef) =>
      deps.load.endGrant(deps.loadDeps, ref, { signal: AbortSignal.timeout(REVOKE_MS), heartbeat: () => undefined }),
    probe: (ref: DatasourceRef) =>
      deps.load.probeSource(deps.loadDeps, ref, { signal: AbortSignal.timeout(PROBE_MS), heartbeat: () => undefined }),
    keepHeads: keepHeadsIn(config.dataDir),
    ...(deps.loadDeps.uploadsFolder === undefined ? {} : { uploadsFolder: deps.loadDeps.uploadsFolder }),
    runningEntities: () => runningEntities(temporal.client),
  };
  const worker = await lifecycleWorker(
    {
      connection: temporal.native,
      namespace: temporal.namespace,
      dataConverter,
      watchers: [frame.telemetry.activities],
    },
    await loadBundle(join(tmpdir(), "headwater-workflow-bundles")),
    { ...createEntityActivities(deps), ...createSweepActivities(sweepDeps) },
  );
  const loops = [
    keepSending(db, ringer, deps.log, frame.telemetry.rings),
    keepHandling(webhookDeps(deps)),
    keepMailing(config, { db, log: deps.log }),
    keepPrepared({
      client: temporal.client,
      log: deps.log,
      prepare: () => prepare(temporal, deps.log),
      reconcile: () => reconcile(sweepDeps),
    }),
  ];
  // Once at the start, whatever the Schedule says: Temporal may have come back without its file.
  void reconcile(sweepDeps).catch((error: unknown) => deps.log.warn("reconciler failed", { error: String(error) }));
  const runUntilStopped = async (): Promise<void> => {
    try {
      await worker.run();
    } finally {
      for (const loop of loops) loop.stop();
      await temporal.close();
      await parts.close();
    }
  };
  return {
    isReady: () => worker.getState() === "RUNNING",
    run: runUntilStopped(),
    stop: () => worker.shutdown(),
  };
}

await runProcess("lifecycle", process.env, start);

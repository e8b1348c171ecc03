/** The `load` process: everything that talks to a source and moves rows. No workflows here, so the memory is the pages'. */
import { createBackfillActivities, createWorkActivities } from "../activities/work.ts";
import { assemble } from "./deps.ts";
import { converterFor } from "../payloads.ts";
import { runProcess } from "./process.ts";
import type { Frame, Running } from "./process.ts";
import { connectTemporal } from "./temporal.ts";
import { backfillWorker, syncWorker } from "./workers.ts";

async function start(frame: Frame): Promise<Running> {
  const dataConverter = converterFor(frame.config.payloadKeys);
  const parts = assemble(frame);
  const temporal = await connectTemporal(frame.config, dataConverter);
  const base = {
    connection: temporal.native,
    namespace: temporal.namespace,
    dataConverter,
    watchers: [frame.telemetry.activities],
  };
  const workers = [
    await syncWorker(base, createWorkActivities(parts.deps)),
    await backfillWorker(base, createBackfillActivities(parts.deps)),
  ];
  const runUntilStopped = async (): Promise<void> => {
    try {
      await Promise.all(workers.map((worker) => worker.run()));
    } finally {
      await temporal.close();
      await parts.close();
    }
  };
  return {
    isReady: () => workers.every((worker) => worker.getState() === "RUNNING"),
    run: runUntilStopped(),
    stop: () => {
      for (const worker of workers) worker.shutdown();
    },
  };
}

await runProcess("load", process.env, start);

import { Worker } from "@temporalio/worker";
import type { WorkerOptions } from "@temporalio/worker";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { datasourceWorkflowId } from "../client.ts";
import { buildBundle } from "../worker/bundle.ts";
import { converterFor } from "../payloads.ts";
import { tooLarge } from "../worker/guard.ts";
import { startEngine } from "./testing/engine.ts";
import type { Engine } from "./testing/engine.ts";
import { historyOf, runsOf, valuesIn } from "./testing/histories.ts";
import { SCENARIOS } from "./testing/scenarios.ts";
import { until } from "./testing/until.ts";

let engine: Engine;
let replaying: Pick<WorkerOptions, "workflowBundle" | "dataConverter">;
beforeAll(async () => {
  engine = await startEngine({ postgresUrl: inject("postgresUrl"), temporalAddress: inject("temporalAddress") });
  await engine.startWorkers();
  replaying = { workflowBundle: await buildBundle(), dataConverter: converterFor(null) };
});
afterAll(() => engine.close());

describe.concurrent("a life, and its replay", () => {
  test.each(Object.keys(SCENARIOS))("%s", async (name) => {
    const target = await SCENARIOS[name]?.(engine);
    const workflowId = datasourceWorkflowId(target?.datasourceId ?? "");
    const runs = await until(
      () => runsOf(engine.client, workflowId),
      (found) => found.length > 0,
    );
    for (const { runId } of runs) {
      const { history } = await historyOf(engine.client, workflowId, runId);
      await Worker.runReplayHistory(replaying, history, workflowId);
      for (const value of valuesIn(history)) expect(tooLarge(value)).toBeNull();
    }
  });
});

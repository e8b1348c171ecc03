import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { datasourceWorkflowId } from "../client.ts";
import { startEngine } from "./testing/engine.ts";
import type { Engine } from "./testing/engine.ts";
import { historyOf, timesAsked } from "./testing/histories.ts";
import { connected, phaseUntil } from "./testing/waiting.ts";
import { until } from "./testing/until.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine({ postgresUrl: inject("postgresUrl"), temporalAddress: inject("temporalAddress") });
  await engine.startWorkers();
});
afterAll(() => engine.close());

const frozen = {
  kind: "failed",
  failure: { class: "permission", lacks: "open", curedBy: "source", code: "fake.frozen", said: "frozen" },
} as const;
const looks = async (id: string) =>
  timesAsked((await historyOf(engine.client, datasourceWorkflowId(id))).history, "verify");

test("a frozen shop is looked at once, not in a loop, and at once again when somebody consents anew", async () => {
  const { merchant, source } = engine;
  const target = await merchant.connect();
  source.when(target.datasourceId, { verify: () => frozen, keepsCandidate: true });
  await merchant.comeBack(target);
  await phaseUntil(engine, target, "PAUSED");
  await connected(engine); // another one lives through its whole history meanwhile
  expect(await looks(target.datasourceId)).toBe(1);
  source.when(target.datasourceId, {});
  await merchant.comeBack(target);
  await until(
    () => merchant.row(target),
    (row) => row?.auth === "ok" && row.phase === "LIVE",
  );
});

import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { startEngine } from "./testing/engine.ts";
import type { Engine } from "./testing/engine.ts";
import { connected } from "./testing/waiting.ts";
import { until } from "./testing/until.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine({ postgresUrl: inject("postgresUrl"), temporalAddress: inject("temporalAddress") });
  await engine.startWorkers();
});
afterAll(() => engine.close());

test("a report that takes long is waited for, the syncs are not: the same run goes on until it is done", async () => {
  const { source } = engine;
  let asked = 0;
  const target = await connected(
    engine,
    { refresh: () => ((asked += 1) <= 4 ? { kind: "throttled", forMs: 900 } : { kind: "done" }) },
    "tiktok-ads",
  );
  const calls = await until(
    async () => source.callsOf(target.datasourceId),
    (seen) => seen.includes("refresh:2"),
  );
  const first = calls.flatMap((call, at) => (call === "refresh:1" ? [at] : []));
  // One more where a busy machine had an attempt repeated.
  expect(first.length).toBeGreaterThanOrEqual(5);
  const between = calls.slice(first[0], first.at(-1)).filter((call) => call.startsWith("sync"));
  expect(between.length, calls.join(" ")).toBeGreaterThan(0);
  const runs = await engine.merchant.sql`
    select state from runs where datasource_id = ${target.datasourceId} and kind = 'refresh' and n = 1`;
  expect(runs).toEqual([{ state: "succeeded" }]);
});

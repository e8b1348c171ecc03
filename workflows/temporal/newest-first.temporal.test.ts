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

test("the newest windows have the source to themselves: nothing older is begun before they are in", async () => {
  const { merchant, source } = engine;
  let open = () => undefined as void;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const target = await merchant.connect();
  source.when(target.datasourceId, {
    slice: async ({ position }) => {
      if (position === 0) await gate;
      return { kind: "done" };
    },
  });
  await merchant.comeBack(target);
  const calls = () => source.callsOf(target.datasourceId).filter((call) => call.startsWith("slice"));
  await until(
    async () => calls(),
    (seen) => seen.includes("slice:1"),
  );
  await connected(engine); // another one lives through its whole history meanwhile
  // A busy machine may have an attempt repeated.
  expect(new Set(calls())).toEqual(new Set(["slice:0", "slice:1"]));
  open();
  await until(
    () => merchant.row(target),
    (row) => row?.phase === "LIVE" && row.backfill === "done",
  );
  expect(calls().length).toBeGreaterThan(2);
});

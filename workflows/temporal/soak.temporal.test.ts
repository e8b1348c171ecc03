// Many sources living side by side for a while: none falls behind, none costs more than a cycle costs, nothing piles up.
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { datasourceWorkflowId } from "../client.ts";
import { FAST, startEngine } from "./testing/engine.ts";
import type { Engine } from "./testing/engine.ts";
import { cycleCosts, historyOf } from "./testing/histories.ts";
import { connected } from "./testing/waiting.ts";
import { until } from "./testing/until.ts";

const scale = inject("scale");
const sources = 8 * Math.min(scale, 25);
const cycles = 3 * Math.min(scale, 40);
/** A cycle is two seconds; a busy machine may take many times that. */
const patienceMs = 60_000 + cycles * 30_000;

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine({
    postgresUrl: inject("postgresUrl"),
    temporalAddress: inject("temporalAddress"),
    durations: { ...FAST, canEvery: 1_000, dayMs: 86_400_000 },
  });
  await engine.startWorkers();
});
afterAll(() => engine.close());

const leastSyncs = async (): Promise<number> => {
  const [row] = await engine.merchant.sql<{ least: number }[]>`
    select coalesce(min(count), 0)::int as least from (
      select count(r.id) from datasources d left join runs r on r.datasource_id = d.id and r.kind = 'sync' and r.state = 'succeeded'
      group by d.id) as each`;
  return row?.least ?? 0;
};

test(
  `${sources} sources go through ${cycles} cycles each; none is left behind and none is run twice at once`,
  { timeout: 2 * patienceMs },
  async () => {
    const targets = await Promise.all(Array.from({ length: sources }, () => connected(engine)));
    const memory = process.memoryUsage().heapUsed;
    const before = await leastSyncs();
    await until(leastSyncs, (least) => least >= before + cycles, patienceMs);
    const [bad] = await engine.merchant.sql<{ failed: number; beside: number }[]>`
      select count(*) filter (where r.state = 'failed')::int as failed,
        count(*) filter (where exists (select from runs o where o.datasource_id = r.datasource_id and o.kind = 'sync' and o.n > r.n and o.started_at < r.finished_at))::int as beside
      from runs r where r.kind = 'sync'`;
    expect(bad).toEqual({ failed: 0, beside: 0 });
    const [first] = targets;
    if (first === undefined) throw new Error("a soak has sources");
    // A cycle that a busy machine made late costs more, and is followed by one that is in time.
    const costs = await until(
      async () => cycleCosts((await historyOf(engine.client, datasourceWorkflowId(first.datasourceId))).types),
      (seen) => seen.includes(11),
      patienceMs,
    );
    expect(Math.min(...costs)).toBe(11);
    expect(process.memoryUsage().heapUsed).toBeLessThan(2 * memory + 64e6);
  },
);

/** The bars of the quality page that the load path must hold, each a ratio against its floor in the same run. */
import type { RunRef } from "@headwater/workflows/load/contract.ts";
import { dayStart } from "@headwater/workflows/load/days.ts";
import { WorkerProcess } from "./child.ts";
import { measureFloor } from "./floor.ts";
import { freshGround, plannedWindows, shapeOf, ZONE } from "./ground.ts";
import { indexRange, type Shape } from "./orders.ts";
import type { Rate } from "./page-source.ts";
import { loadByPlainFunction, loadThroughWorkflow, type Stand } from "./runs.ts";

export interface Figure {
  id: string;
  value: number;
  required: number;
  unit: string;
  detail: string;
}

const PAGE_SIZE = 250;
const FREE: Rate = { perSecond: null, concurrency: 2 };

export const median = (values: readonly number[]): number =>
  values.toSorted((left, right) => left - right)[values.length >> 1] ?? 0;
const spread = (values: readonly number[]): string =>
  `${Math.round(Math.min(...values))}-${Math.round(Math.max(...values))} ms`;
export const rounded = (value: number, digits = 2): number => Number(value.toFixed(digits));

const serve = (stand: Stand, shape: Shape, more: { latencyMs?: number; perSecond?: number } = {}): Promise<void> =>
  stand.pages.serve({ shape, pageSize: PAGE_SIZE, latencyMs: more.latencyMs ?? 0, perSecond: more.perSecond ?? null });

export async function firstLoad(stand: Stand, times: number): Promise<Figure[]> {
  const shape = shapeOf(100_000);
  await serve(stand, shape);
  const floors: number[] = [];
  const loads: number[] = [];
  const plains: number[] = [];
  for (let time = 0; time < times; time += 1) {
    floors.push(await measureFloor(stand.servers.postgresUrl, stand.servers.sharedFolder, shape));
    loads.push((await loadThroughWorkflow(stand, shape, FREE)).ms);
    plains.push((await loadByPlainFunction(stand, shape, FREE)).ms);
  }
  const load = median(loads);
  return [
    {
      id: "L1",
      value: rounded(load / median(floors)),
      required: 3,
      unit: "x raw COPY",
      detail: `100,000 orders with lines and transactions in ${Math.round(load)} ms (${spread(loads)}), ${Math.round(100_000_000 / load)} orders/s; raw COPY of the same orders' documents, without lines and transactions of their own, ${Math.round(median(floors))} ms (${spread(floors)})`,
    },
    {
      id: "L7",
      value: rounded(load / median(plains)),
      required: 1.15,
      unit: "x a plain function",
      detail: `in the workflow ${Math.round(load)} ms, by a plain function ${Math.round(median(plains))} ms (${spread(plains)})`,
    },
  ];
}

export async function memory(stand: Stand): Promise<Figure[]> {
  const peaks: number[] = [];
  const flat = 1.1;
  for (const count of [100_000, 500_000]) {
    const shape = shapeOf(count);
    await serve(stand, shape);
    peaks.push((await loadThroughWorkflow(stand, shape, FREE)).peakMb);
  }
  const [small = 0, large = 0] = peaks;
  return [
    {
      id: "L4",
      value: rounded(Math.max(small, large), 0),
      required: 300,
      unit: "MB peak of the load worker",
      detail: `${Math.round(small)} MB at 100,000 orders, ${Math.round(large)} MB at 500,000`,
    },
    {
      id: "L4 flat",
      value: rounded(large / small),
      required: flat,
      unit: "x from 100k to 500k",
      detail: "the same run, five times as long",
    },
  ];
}

/** Every window of two years is asked for, one that holds nothing too: nobody knows so before. */
const pagesOf = (shape: Shape): number =>
  plannedWindows()
    .map(({ from, to }) => indexRange(shape, dayStart(from, ZONE).getTime(), dayStart(to, ZONE).getTime()))
    .reduce((sum, { first, end }) => sum + Math.max(1, Math.ceil((end - first) / PAGE_SIZE)), 0);

export async function apiBound(stand: Stand, count: number): Promise<Figure[]> {
  const latencyMs = 200;
  const perSecond = 2;
  const shape = shapeOf(count);
  const pages = pagesOf(shape);
  const rate: Rate = { perSecond, concurrency: 1 };
  await serve(stand, shape, { latencyMs, perSecond });
  const { ms } = await loadThroughWorkflow(stand, shape, rate);
  const floor = pages * Math.max(latencyMs / rate.concurrency, 1000 / perSecond);
  return [
    {
      id: "L6",
      value: rounded(ms / floor, 3),
      required: 1.05,
      unit: "x the rate's own minimum",
      detail: `${pages} pages of at most 250 at 200 ms and 2 calls/s in ${Math.round(ms)} ms, minimum ${floor} ms; ${stand.pages.refused} calls too early`,
    },
  ];
}

export async function nothingNew(stand: Stand, times: number): Promise<Figure[]> {
  await serve(stand, shapeOf(1_000));
  const rate: Rate = { perSecond: 1_000, concurrency: 1 };
  const ground = await freshGround(stand.servers.postgresUrl, rate);
  const load = await WorkerProcess.start({
    role: "load",
    workerUrl: ground.workerUrl,
    temporalAddress: null,
    pagesPort: stand.pages.port,
    vaultPrivateKey: ground.deps.vaultPrivateKey,
    rate,
  });
  try {
    const runs: RunRef[] = Array.from({ length: times + 1 }, (_, at) => ground.run("sync", at + 1));
    const { syncs } = await load.ask({ kind: "syncs", runs }, "synced");
    const warm = syncs.slice(1);
    const ms = median(warm.map((sync) => sync.ms));
    const statements = Math.max(...warm.map((sync) => sync.statements));
    const first = Math.round(syncs[0]?.ms ?? 0);
    return [
      {
        id: "L8",
        value: rounded(ms, 1),
        required: 300,
        unit: "ms",
        detail: `median of ${times}; the first, with its connections, ${first} ms`,
      },
      {
        id: "L8 statements",
        value: statements,
        required: 5,
        unit: "statements",
        detail: "all that is sent, BEGIN, COMMIT and settings counted",
      },
    ];
  } finally {
    await load.stop();
    await ground.close();
  }
}

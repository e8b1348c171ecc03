/** The bars of the quality page that people at screens feel: lists under load, and a change told to ten thousand. */
import { setTimeout as pause } from "node:timers/promises";
import type { Ground, Order as ApiOrder, Told as ApiTold } from "./api-process.ts";
import { type Figure, median, rounded } from "./bars.ts";
import type { Order as CallerOrder, Told as CallerTold } from "./caller-process.ts";
import { Process } from "./child.ts";
import type { Stand } from "./runs.ts";

const SOCKETS = 10_000;
const CHANGES = 20;
const CHANGE_EVERY_MS = 1000;

const openApi = async (stand: Stand, ground: Omit<Ground, "postgresUrl">) => {
  const api = new Process<ApiOrder, ApiTold>("api-process.ts");
  const opened = await api.ask({ kind: "open", ground: { postgresUrl: stand.servers.postgresUrl, ...ground } }, "open");
  return { api, ...opened };
};
const openCaller = () => new Process<CallerOrder, CallerTold>("caller-process.ts");

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((left, right) => left - right)[Math.floor((values.length - 1) * share)] ?? Infinity;

export async function lists(stand: Stand): Promise<Figure[]> {
  const { api, url, tokens } = await openApi(stand, { organisations: 8, datasources: 27, tokens: 8 });
  const caller = openCaller();
  try {
    const order = { kind: "list", url, secrets: tokens.flat(), connections: 32 } as const;
    await caller.ask({ ...order, forMs: 3_000 }, "listed");
    const forMs = 8_000;
    const cpuBefore = api.cpuMs;
    const { ms, wrong } = await caller.ask({ ...order, forMs }, "listed");
    if (wrong !== null) throw new Error(`a list was answered with ${wrong}`);
    const perSecond = (ms.length * 1000) / forMs;
    const p99 = percentile(ms, 0.99);
    const cpuMs = (api.cpuMs - cpuBefore) / ms.length;
    return [
      {
        id: "G1",
        value: rounded(1000 / perSecond),
        required: rounded(1000 / 600),
        unit: "ms a list (600 a second)",
        detail: `${Math.round(perSecond)} a second, half of them within ${rounded(median(ms), 1)} ms; ${rounded(cpuMs)} ms of the process's time each`,
      },
      { id: "G1 p99", value: rounded(p99, 1), required: 60, unit: "ms", detail: "at 32 connections" },
    ];
  } finally {
    await caller.stop();
    await api.stop();
  }
}

export async function subscribers(stand: Stand): Promise<Figure[]> {
  const { api, url, tokens } = await openApi(stand, { organisations: 5, datasources: 27, tokens: 20 });
  // Two of them: one would be slower than what it measures.
  const callers = [openCaller(), openCaller()];
  try {
    const secrets = tokens.flat();
    const before = api.memoryKb;
    const half = SOCKETS / callers.length;
    await Promise.all(
      callers.map((caller, at) =>
        caller.ask(
          { kind: "listen", url, sockets: half, secrets: secrets.filter((_, n) => n % callers.length === at) },
          "listening",
        ),
      ),
    );
    const memoryKb = (api.memoryKb - before) / SOCKETS;
    for (let n = 0; n < CHANGES; n += 1) {
      await api.ask({ kind: "change", name: `shop ${n} at ${Date.now()}` }, "changed");
      await pause(CHANGE_EVERY_MS);
    }
    const heard = await Promise.all(callers.map((caller) => caller.ask({ kind: "hear" }, "heard")));
    const ms = heard.flatMap((one) => one.ms);
    const wrong = heard.reduce((sum, one) => sum + one.wrong, 0) + Math.abs(SOCKETS * CHANGES - ms.length);
    return [
      {
        id: "G2",
        value: percentile(ms, 0.99),
        required: 700,
        unit: "ms p99 to the last of 10,000",
        detail: `half of them within ${median(ms)} ms of the statement that made the change`,
      },
      {
        id: "G2 memory",
        value: rounded(memoryKb, 1),
        required: 50,
        unit: "KB a subscriber",
        detail: "sockets and all",
      },
      { id: "G2 told", value: wrong, required: 0, unit: "lost, doubled, out of order", detail: `${ms.length} told` },
    ];
  } finally {
    for (const caller of callers) await caller.stop();
    await api.stop();
  }
}

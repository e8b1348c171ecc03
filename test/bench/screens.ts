/** The bars of the quality page that people at screens feel: a change told to ten thousand. */
import { setTimeout as pause } from "node:timers/promises";
import type { Ground, Order as ApiOrder, Told as ApiTold } from "./api-process.ts";
import { type Figure, median, rounded } from "./bars.ts";
import type { Order as CallerOrder, Told as CallerTold } from "./caller-process.ts";
import { Process } from "./child.ts";
import type { Stand } from "./runs.ts";

const SOCKETS = 10_000;
const FEW = 10;
const CHANGES = 20;
const CHANGE_EVERY_MS = 1000;

export const openApi = async (stand: Stand, ground: Omit<Ground, "postgresUrl">) => {
  const api = new Process<ApiOrder, ApiTold>("api-process.ts");
  const opened = await api.ask({ kind: "open", ground: { postgresUrl: stand.servers.postgresUrl, ...ground } }, "open");
  return { api, ...opened };
};
export const openCaller = () => new Process<CallerOrder, CallerTold>("caller-process.ts");

export const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((left, right) => left - right)[Math.floor((values.length - 1) * share)] ?? Infinity;

type Api = Process<ApiOrder, ApiTold>;
type Caller = Process<CallerOrder, CallerTold>;
const TICKS = 4;

/** Of one tick, whoever listens; a look after ended sessions, every few ticks, is none of it. */
async function statementsOfTick(api: Api): Promise<number> {
  const counts = [];
  for (let n = 0; n < TICKS; n += 1) {
    await api.ask({ kind: "note" }, "noting");
    await api.ask({ kind: "change", name: `shop noted ${n} at ${Date.now()}` }, "changed");
    await pause(CHANGE_EVERY_MS);
    counts.push((await api.ask({ kind: "noted" }, "noted")).statements.length);
  }
  return Math.min(...counts);
}

/** The lists of every organisation's tokens, dealt out one by one: whatever a caller takes first is of all of them. */
const dealt = (tokens: readonly (readonly string[])[]): string[] =>
  (tokens[0] ?? []).flatMap((_, n) => tokens.flatMap((own) => own[n] ?? []));

async function listenWith(callers: readonly Caller[], url: string, secrets: readonly string[], sockets: number) {
  const each = (at: number) => secrets.filter((_, n) => n % callers.length === at);
  await Promise.all(
    callers.map((caller, at) =>
      caller.ask({ kind: "listen", url, sockets: sockets / callers.length, secrets: each(at) }, "listening"),
    ),
  );
}

async function hear(callers: readonly Caller[]): Promise<{ ms: number[]; wrong: number }> {
  const heard = await Promise.all(callers.map((caller) => caller.ask({ kind: "hear" }, "heard")));
  return { ms: heard.flatMap(({ ms }) => ms), wrong: heard.reduce((sum, { wrong }) => sum + wrong, 0) };
}

export async function subscribers(stand: Stand): Promise<Figure[]> {
  const { api, url, tokens } = await openApi(stand, { organisations: 5, datasources: 27, tokens: 20 });
  // Two of them: one would be slower than what it measures.
  const callers = [openCaller(), openCaller()];
  try {
    const secrets = dealt(tokens);
    const before = api.memoryKb;
    await listenWith(callers, url, secrets, FEW);
    const few = await statementsOfTick(api);
    await listenWith(callers, url, secrets, SOCKETS - FEW);
    const memoryKb = (api.memoryKb - before) / SOCKETS;
    const many = await statementsOfTick(api);
    await hear(callers);
    for (let n = 0; n < CHANGES; n += 1) {
      await api.ask({ kind: "change", name: `shop ${n} at ${Date.now()}` }, "changed");
      await pause(CHANGE_EVERY_MS);
    }
    const { ms, wrong } = await hear(callers);
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
      {
        id: "G2 told",
        value: wrong + Math.abs(SOCKETS * CHANGES - ms.length),
        required: 0,
        unit: "lost, doubled, out of order",
        detail: `${ms.length} told`,
      },
      {
        id: "G2 statements",
        value: Math.abs(many - few),
        required: 2,
        unit: "statements more a tick",
        detail: `${many} for ${SOCKETS} subscribers, ${few} for ${FEW}: a change in each of 5 organisations`,
      },
    ];
  } finally {
    for (const caller of callers) await caller.stop();
    await api.stop();
  }
}

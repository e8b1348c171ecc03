/** Lists and the overview under load, each beside what it stands on, taken in turns in the same run: ratios are to be trusted, not times. */
import { addDays, dayIn } from "@headwater/server/reading/days.ts";
import { Process } from "./child.ts";
import type { Order as ApiOrder, Told as ApiTold } from "./api-process.ts";
import { type Figure, median, rounded } from "./bars.ts";
import type { Order as CallerOrder, Told as CallerTold } from "./caller-process.ts";
import type { Order as FloorOrder, Told as FloorTold } from "./list-floor-process.ts";
import type { Stand } from "./runs.ts";
import { openApi, openCaller, percentile } from "./screens.ts";

const STATUS = `id name platform { title } account { name } connection { status reason { message } } dataSync { status reason { message } }`;
const PROGRESS = `backfill { state percent rows eta { message } }`;
const listOf = (fields: string) => `{ datasources(first: 50) { nodes { ${fields} } } }`;
/** 27 datasources with their statuses, reasons and progress; and the same with each stream of theirs, four times as much to say. */
const LIST = listOf(`${STATUS} ${PROGRESS}`);
const WITH_STREAMS = listOf(`${STATUS} ${PROGRESS} streams { name state rows percent }`);
const overviewOf = (from: string, to: string) =>
  `{ overview(range: { preset: CUSTOM, from: "${from}", to: "${to}" }) { range { days } sources { mark completeThrough daysReady }
  tiles { metric value { amount currency } apart { amount currency } comparison { amount } change series { day value comparison isComplete } note daysHave } } }`;

const CONNECTIONS = 32;
const ROUND_MS = 3_000;
const ROUNDS = 3;
const POOL = 12;

interface Asked {
  readonly url: string;
  readonly secrets: string[];
  readonly query: string;
}
type Caller = Process<CallerOrder, CallerTold>;
type Api = Process<ApiOrder, ApiTold>;

async function timed(caller: Caller, asked: Asked, connections = CONNECTIONS, forMs = ROUND_MS): Promise<number[]> {
  const { ms, wrong } = await caller.ask({ kind: "list", ...asked, connections, forMs }, "listed");
  if (wrong !== null) throw new Error(`answered with ${wrong}`);
  return ms;
}

/** Every one of them once in each round, so that what slows the machine slows them alike. Answers a second, and their times. */
async function inTurns(caller: Caller, all: readonly Asked[], besides: () => Promise<void>) {
  const rounds = all.map(() => ({ perSecond: [] as number[], p99: [] as number[] }));
  for (const asked of all) await timed(caller, asked);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [at, asked] of all.entries()) {
      const ms = await timed(caller, asked);
      rounds[at]?.perSecond.push((ms.length * 1000) / ROUND_MS);
      rounds[at]?.p99.push(percentile(ms, 0.99));
    }
    await besides();
  }
  return rounds.map(({ perSecond, p99 }) => ({ perSecond: median(perSecond), p99: median(p99) }));
}

async function answerOf({ url, secrets, query }: Asked): Promise<Record<string, unknown>> {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { authorization: `Bearer ${secrets[0]}`, "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  const { data } = await response.json();
  return data;
}

async function heldBy(api: Api, caller: Caller, asked: Asked): Promise<number> {
  await api.ask({ kind: "watch" }, "watching");
  await timed(caller, asked, 1);
  return (await api.ask({ kind: "watched" }, "watched")).heldMs;
}

/** What the quality page's machine did: 6,926 hellos, 2,941 such lists from memory and, it asks, 600 from the database a second. */
const TO_HELLO = 6926 / 600;
const TO_MEMORY = 2941 / 600;

export async function lists(stand: Stand): Promise<Figure[]> {
  const { api, url, databaseUrl, tokens } = await openApi(stand, { organisations: 8, datasources: 27, tokens: 8 });
  const caller = openCaller();
  const floor = new Process<FloorOrder, FloorTold>("list-floor-process.ts");
  try {
    const ours = { url, secrets: tokens.flat() };
    const [list, withStreams] = [LIST, WITH_STREAMS].map((query) => ({ ...ours, query }));
    if (list === undefined || withStreams === undefined) throw new Error("two lists");
    await answerOf(list);
    await api.ask({ kind: "note" }, "noting");
    const answer = await answerOf(list);
    const { statements } = await api.ask({ kind: "noted" }, "noted");
    const bare = { url: (await floor.ask({ kind: "open", answer }, "open")).url, secrets: ["nobody's"] };
    const reads: number[] = [];
    const alone = { kind: "read", databaseUrl, statements, connections: POOL, lanes: CONNECTIONS } as const;
    const [one, many, hello, memory] = await inTurns(
      caller,
      [list, withStreams, { ...bare, query: "{ hello }" }, { ...bare, query: LIST }],
      async () => void reads.push((await floor.ask({ ...alone, forMs: ROUND_MS }, "read")).perSecond),
    );
    if (one === undefined || many === undefined || hello === undefined || memory === undefined) throw new Error("four");
    const heldMs = await heldBy(api, caller, withStreams);
    const floors = `hello ${Math.round(hello.perSecond)}, from memory ${Math.round(memory.perSecond)}, ${statements.length} statements alone ${Math.round(median(reads))} a second`;
    return [
      {
        id: "G1",
        value: rounded(1000 / one.perSecond),
        required: rounded(1000 / 600),
        unit: "ms a list (600 a second)",
        detail: `${Math.round(one.perSecond)} a second; with each stream ${Math.round(many.perSecond)}; ${floors}`,
      },
      { id: "G1 p99", value: rounded(one.p99, 1), required: 60, unit: "ms", detail: `at ${CONNECTIONS} connections` },
      ratio("G1 hello", hello.perSecond / one.perSecond, TO_HELLO, "of bare yoga's hellos to a list"),
      ratio("G1 memory", memory.perSecond / one.perSecond, TO_MEMORY, "of bare yoga's such lists from memory to one"),
      { id: "G1 held", value: rounded(heldMs, 1), required: 50, unit: "ms", detail: "that a list held the event loop" },
    ];
  } finally {
    await floor.stop();
    await caller.stop();
    await api.stop();
  }
}

const ratio = (id: string, value: number, required: number, detail: string): Figure => ({
  id,
  value: rounded(value),
  required: rounded(required),
  unit: "times as many",
  detail,
});

const dayBefore = (days: number): string => addDays(dayIn(new Date(), "Asia/Kolkata"), -days);

/** Two years of days beside the two before; how many orders are behind a day does not matter to it. */
export async function overview(stand: Stand): Promise<Figure[]> {
  const { api, url, tokens } = await openApi(stand, { organisations: 1, datasources: 4, tokens: 2 });
  const caller = openCaller();
  try {
    await api.ask({ kind: "years", days: 1_470 }, "filled");
    const query = overviewOf(dayBefore(731), dayBefore(2));
    const asked = { url, secrets: tokens.flat(), query };
    await timed(caller, asked, 1);
    const ms = await timed(caller, asked, 1, 3 * ROUND_MS);
    const heldMs = await heldBy(api, caller, asked);
    const detail = `one after another, ${ms.length} times; half of them within ${rounded(median(ms), 1)} ms`;
    return [
      { id: "O1", value: rounded(percentile(ms, 0.95), 1), required: 100, unit: "ms p95, two years of days", detail },
      { id: "O1 held", value: rounded(heldMs, 1), required: 50, unit: "ms", detail: "that it held the event loop" },
    ];
  } finally {
    await caller.stop();
    await api.stop();
  }
}

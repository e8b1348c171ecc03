// The sandbox's HTTP door. The Host header (or a `/~/<name>/…` path, for browsers) says whose stand-in is asked;
// on its own address it is the fault desk.
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { once } from "node:events";
import { openClock, type Clock } from "./clock.ts";
import type { SandboxConfig } from "./config.ts";
import { answerDesk } from "./desk/desk.ts";
import { bend, hurtOf, insteadOf } from "./faults/break.ts";
import { openFaults, type Faults } from "./faults/faults.ts";
import type { FaultRule } from "./faults/rule.ts";
import { sendAnswer } from "./faults/send.ts";
import { BodyTooLarge, json, readBody, type Answer, type Incoming } from "./http.ts";
import { openLedger } from "./ledger.ts";
import type { Rooms } from "./rooms.ts";
import { openStandIn, type StandIn } from "./shopify/stand-in.ts";
import { openStore, type Store } from "./store.ts";
import type { Twin } from "./twin.ts";
import { openTwins } from "./twins.ts";

export interface Sandbox {
  readonly origin: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly shopify: StandIn;
  readonly twins: ReadonlyMap<string, Twin>;
  close(): Promise<void>;
}

const bodyBytesMax = 1_000_000;

async function readIncoming(message: IncomingMessage): Promise<Incoming> {
  const url = new URL(message.url ?? "/", "http://sandbox");
  const way = /^\/~\/([^/]+)(\/.*)?$/.exec(url.pathname);
  const headers = Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]),
  );
  const called = (headers["host"] ?? "").replace(/:\d+$/, "").toLowerCase();
  const named = way?.[1]?.toLowerCase() ?? called;
  return {
    method: message.method ?? "GET",
    // The desk is this machine's own: no page that was led here under another name gets to it by an address.
    host: isDesk(named) && !isDesk(called) ? "" : named,
    path: way ? (way[2] ?? "/") : url.pathname,
    query: url.searchParams,
    headers,
    body: await readBody(message, bodyBytesMax),
    prefix: way ? `/~/${named}` : "",
    requestId: randomUUID(),
  };
}

/** For the fault that serves the page before once more. */
const lastPages = new Map<string, Buffer>();

const isDesk = (host: string): boolean => host === "localhost" || host === "127.0.0.1" || host === "[::1]";

/** Who answers for a host: Shopify's stand-in, or a twin. */
interface Door {
  answer(incoming: Incoming): Promise<Real>;
  instead(rule: FaultRule, incoming: Incoming): Promise<Answer | null>;
}
interface Real extends Answer {
  readonly operation: string;
  readonly shop: number | null;
  readonly account: string | null;
  readonly noteServed?: () => void;
}

function doorOf({ shopify, twins }: Rooms, host: string): Door | null {
  if (shopify.owns(host))
    return {
      answer: async (incoming) => {
        const served = await shopify.answer(incoming);
        return { ...served, shop: served.shop?.id ?? null, account: null };
      },
      instead: insteadOf,
    };
  const twin = [...twins.values()].find((each) => each.owns(host));
  if (twin === undefined) return null;
  return {
    answer: async (incoming) => ({ ...(await twin.answer(incoming)), shop: null }),
    instead: async (rule, incoming) => twin.faultAnswer?.(rule, incoming) ?? insteadOf(rule, incoming),
  };
}

async function answerAt(rooms: Rooms, door: Door, incoming: Incoming, response: ServerResponse): Promise<void> {
  const { store, faults, shopify } = rooms;
  const started = Date.now();
  const ledger = openLedger(store);
  // A provider's answers carry its own time, whatever ours is.
  response.setHeader("date", new Date(rooms.clock.nowMs()).toUTCString());
  const fault = faults.next({ host: incoming.host, path: incoming.path, body: incoming.body, query: incoming.query });
  const early = fault ? await door.instead(fault.rule, incoming) : null;
  const real: Real =
    early === null
      ? await door.answer(incoming)
      : { ...early, operation: fault?.rule.kind ?? "fault", shop: null, account: null };
  // What is asked for between two pages of a list, as the rest of an order's lines, is no page of it.
  const list = `${incoming.host} ${real.operation}`;
  const answer = fault && !early ? await bend(fault.rule, real, incoming.body, lastPages.get(list)) : real;
  if (!fault && Buffer.isBuffer(real.body) && incoming.body.includes("pageInfo")) lastPages.set(list, real.body);
  const sent = await sendAnswer(response, answer, fault ? hurtOf(fault.rule) : null);
  ledger.request({
    requestId: incoming.requestId,
    atMs: rooms.clock.nowMs(),
    shop: shopify.world.byDomain(incoming.host)?.id ?? real.shop,
    account: real.account,
    surface: incoming.host,
    operation: real.operation,
    status: answer.status,
    bytes: sent.bytes,
    tookMs: Date.now() - started,
    fault: fault ? `${fault.rule.kind}#${fault.id}` : null,
    isWhole: sent.isWhole,
  });
  // Whatever left the process may have arrived: a cut answer counts as served too, and is served again.
  real.noteServed?.();
}

async function handle(rooms: Rooms, message: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const incoming = await readIncoming(message);
    const door = doorOf(rooms, incoming.host);
    if (door !== null) return await answerAt(rooms, door, incoming, response);
    const answer: Answer = isDesk(incoming.host)
      ? await answerDesk(rooms, incoming)
      : json(421, { errors: `The sandbox stands in for no ${incoming.host}` });
    await sendAnswer(response, answer, null);
  } catch (error) {
    if (!response.headersSent && !response.destroyed) {
      const status = error instanceof BodyTooLarge ? 413 : 500;
      await sendAnswer(
        response,
        json(status, { errors: error instanceof Error ? error.message : String(error) }),
        null,
      );
    }
    if (!(error instanceof BodyTooLarge))
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  }
}

async function listen(server: Server, config: SandboxConfig): Promise<string> {
  server.listen(config.port, config.host);
  await once(server, "listening");
  const address = server.address();
  return `http://${config.host}:${typeof address === "object" && address !== null ? address.port : config.port}`;
}

export async function startSandbox(config: SandboxConfig): Promise<Sandbox> {
  const store = openStore(config.dataDir);
  const clock = openClock(store);
  const faults = openFaults(store);
  const bulkFault = (shop: string): string | null => faults.nextBulk(shop)?.text ?? null;
  const shopify = openStandIn({ config, store, clock, ledger: openLedger(store), bulkFault });
  const opened = await openTwins((platform) => ({
    store,
    clock,
    client: config.clients[platform] ?? null,
    appUrl: config.appUrl,
    webhookUrl: config.webhookUrl === null ? null : `${config.webhookUrl}/${platform}`,
    live: config.live,
    seed: config.seed,
    sftpPort: config.sftpPort,
    faultFor: (kinds, words) => faults.nextOf(kinds, words),
  }));
  const twins = new Map(opened.map((twin) => [twin.platform, twin]));
  const rooms: Rooms = { config, store, clock, faults, shopify, twins };
  const pending = new Set<Promise<void>>();
  const server = createServer({ keepAliveTimeout: 20_000 }, (message, response) => {
    const work = handle(rooms, message, response).finally(() => pending.delete(work));
    pending.add(work);
  });
  const origin = await listen(server, config);
  return {
    origin,
    store,
    clock,
    faults,
    shopify,
    twins,
    async close() {
      shopify.close();
      await Promise.all(opened.map(async (twin) => twin.close()));
      server.closeAllConnections();
      server.close();
      await once(server, "close");
      await Promise.allSettled(pending);
      store.close();
    },
  };
}

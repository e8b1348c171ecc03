/** Many clients in one process, a generator and no more: what they hear is timed and counted, not understood. */
import { Agent, request } from "node:http";
import { WebSocket } from "ws";

export type Order =
  | { kind: "listen"; url: string; secrets: string[]; sockets: number }
  | { kind: "hear" }
  | { kind: "list"; url: string; secrets: string[]; query: string; connections: number; forMs: number };
export interface Heard {
  /** From the writing of a change to its arrival, each. */
  ms: number[];
  /** Revisions that were left out, came twice or came out of order. */
  wrong: number;
}
export type Told =
  | { kind: "listening" }
  | ({ kind: "heard" } & Heard)
  | { kind: "listed"; ms: number[]; wrong: string | null }
  | { kind: "failed"; why: string };

const FEED = `subscription { datasources { ... on Snapshot { revision datasources { id name dataSync { status } } }
  ... on Changes { revision changed { id name dataSync { status } } removed } } }`;
const atOnce = 50;

const tell = (told: Told): void => void process.send?.(told);
let heard: Heard = { ms: [], wrong: 0 };

/** Resolves with its snapshot; from then on every change is timed by the moment that its name carries. */
function listen(url: string, secret: string): Promise<void> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/graphql`, "graphql-transport-ws");
  let revision: number | null = null;
  return new Promise((resolve, reject) => {
    socket.on("error", reject);
    socket.on("close", (code, reason) => {
      heard.wrong += 1;
      reject(new Error(`a socket was closed with ${code} ${String(reason)}`));
    });
    socket.on("open", () => socket.send(JSON.stringify({ type: "connection_init", payload: { token: secret } })));
    socket.on("message", (data: Buffer) => {
      const text = data.toString();
      if (text.startsWith('{"type":"connection_ack"'))
        return socket.send(JSON.stringify({ id: "1", type: "subscribe", payload: { query: FEED } }));
      const at = /"revision":(\d+)/.exec(text)?.[1];
      if (at === undefined) return reject(new Error(text));
      const isNext = revision === null || Number(at) === revision + 1;
      if (revision === null) resolve();
      else {
        heard.ms.push(Date.now() - Number(/at (\d+)/.exec(text)?.[1] ?? 0));
        if (!isNext) heard.wrong += 1;
      }
      revision = Number(at);
    });
  });
}

/** Over all orders: a token holds as many sockets as one may, so that the next order goes on where the one before stopped. */
let begun = 0;

async function listenAll(url: string, secrets: string[], sockets: number): Promise<void> {
  const until = begun + sockets;
  const lane = async (): Promise<void> => {
    while (begun < until) {
      const secret = secrets[begun % secrets.length] ?? "";
      begun += 1;
      await listen(url, secret);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

/** Milliseconds until the whole answer is here. */
function ask(url: string, secret: string, query: string, agent: Agent): Promise<{ ms: number; text: string }> {
  const began = performance.now();
  const body = JSON.stringify({ query });
  const headers = {
    authorization: `Bearer ${secret}`,
    "content-type": "application/json",
    "content-length": body.length,
  };
  return new Promise((resolve, reject) => {
    const asked = request(`${url}/graphql`, { method: "POST", agent, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("end", () => resolve({ ms: performance.now() - began, text }));
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

async function list(order: Extract<Order, { kind: "list" }>): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: order.connections });
  const until = performance.now() + order.forMs;
  const ms: number[] = [];
  let wrong: string | null = null;
  let asked = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() < until && wrong === null) {
      asked += 1;
      const answer = await ask(order.url, order.secrets[asked % order.secrets.length] ?? "", order.query, agent);
      if (answer.text.startsWith('{"data":{')) ms.push(answer.ms);
      else wrong = answer.text.slice(0, 300);
    }
  };
  await Promise.all(Array.from({ length: order.connections }, lane));
  agent.destroy();
  tell({ kind: "listed", ms, wrong });
}

async function carryOut(order: Order): Promise<void> {
  switch (order.kind) {
    case "listen":
      await listenAll(order.url, order.secrets, order.sockets);
      return tell({ kind: "listening" });
    case "hear":
      tell({ kind: "heard", ...heard });
      heard = { ms: [], wrong: 0 };
      return;
    case "list":
      return list(order);
    default:
      return order satisfies never;
  }
}

process.on("message", (order: Order) => {
  carryOut(order).catch((error: unknown) => tell({ kind: "failed", why: String(error) }));
});
process.on("disconnect", () => process.exit(0));

/** The seeded page server, a process of its own: pages of orders by cursor, with a latency and a rate that it enforces. */
import { createServer, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { indexRange, orderJson, type Shape } from "./orders.ts";

export interface Serving {
  shape: Shape;
  pageSize: number;
  latencyMs: number;
  /** Null: as fast as asked. */
  perSecond: number | null;
}

let serving: Serving | null = null;
let refused = 0;
let allowedAt = 0;

/** The next call may come one interval after the last was due; earlier ones are refused. Two milliseconds are the clock's. */
function isEarly({ perSecond }: Serving): boolean {
  if (perSecond === null) return false;
  const now = performance.now();
  if (now < allowedAt - 2) return true;
  allowedAt = Math.max(allowedAt, now) + 1000 / perSecond;
  return false;
}

function pageOf({ shape, pageSize }: Serving, query: URLSearchParams): string {
  const from = Number(query.get("from") ?? "0");
  const to = Number(query.get("to") ?? "8640000000000000");
  const { first, end } =
    query.get("changes") === "1" ? { first: shape.count, end: shape.count } : indexRange(shape, from, to);
  const at = Math.max(first, Number(query.get("at") ?? "0"));
  const last = Math.min(end, at + pageSize);
  const orders: string[] = [];
  for (let index = at; index < last; index += 1) orders.push(orderJson(shape, index));
  return `{"orders":[${orders.join(",")}],"next":${last < end ? last : "null"}}`;
}

const server = createServer((request, response) => {
  void respond(new URL(request.url ?? "/", "http://pages"), response);
});

async function respond(url: URL, response: ServerResponse): Promise<void> {
  try {
    const { status, body } = await answer(url);
    response.writeHead(status, { "content-type": "application/json", "retry-after": "1" }).end(body);
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
}

async function answer(url: URL): Promise<{ status: number; body: string }> {
  if (serving === null) return { status: 503, body: "{}" };
  if (isEarly(serving)) {
    refused += 1;
    return { status: 429, body: "{}" };
  }
  const body = pageOf(serving, url.searchParams);
  if (serving.latencyMs > 0) await sleep(serving.latencyMs);
  return { status: 200, body };
}

process.on("message", (message: Serving) => {
  serving = message;
  refused = 0;
  allowedAt = 0;
  process.send?.({ kind: "serving" });
});
process.on("disconnect", () => process.exit(0));
setInterval(() => process.send?.({ kind: "refused", refused }), 500).unref();
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.send?.({ kind: "listening", port: typeof address === "object" && address !== null ? address.port : 0 });
});

/** `/healthz`: alive. `/readyz`: it would do work now, or stands by for its turn. `/metrics`: what it did. On loopback alone. */
import { createServer } from "node:http";
import { collectDefaultMetrics, Registry } from "prom-client";

export interface Health {
  readonly port: number;
  readonly registry: Registry;
  close(): Promise<void>;
}

export async function serveHealth(port: number, isReady: () => Promise<boolean>): Promise<Health> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const server = createServer((request, response) => {
    void answer(request.url ?? "/", registry, isReady).then(({ status, type, text }) =>
      response.writeHead(status, { "content-type": type, "cache-control": "no-store" }).end(text),
    );
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    registry,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(path: string, registry: Registry, isReady: () => Promise<boolean>) {
  const plain = "text/plain; charset=utf-8";
  if (path === "/metrics") return { status: 200, type: registry.contentType, text: await registry.metrics() };
  if (path === "/healthz") return { status: 200, type: plain, text: "alive\n" };
  if (path !== "/readyz") return { status: 404, type: plain, text: "no such page\n" };
  const ready = await isReady().catch(() => false); // one that cannot tell is not ready
  return { status: ready ? 200 : 503, type: plain, text: ready ? "ready\n" : "not ready\n" };
}

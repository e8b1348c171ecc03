// The network between our processes and their servers: Postgres and Temporal stand behind a proxy that cuts, stalls and
// forgets. Both are somebody else's here, found by DATABASE_URL and TEMPORAL_ADDRESS as in production.
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { seededRandom } from "../sandbox/random.ts";
import { startPostgres, startTemporal, type TestServer } from "../setup/services.ts";
import { isBackfilled, settled } from "./kill-loop.ts";
import { openProduct, type Product } from "./product.ts";
import { cutting, cuttingAndStalling } from "./storm.ts";
import { fairWeather, openTcpProxy, type TcpProxy } from "./tcp-proxy.ts";
import { oneWorkflowEach } from "./workflows.ts";

let product: Product;
let postgres: TcpProxy;
let temporal: TcpProxy;
const servers: TestServer[] = [];

beforeAll(async () => {
  servers.push(await startPostgres(), await startTemporal());
  const [database, engine] = servers.map(({ address }) => address);
  const url = new URL(database ?? "");
  postgres = await openTcpProxy({ host: url.hostname, port: Number(url.port) });
  temporal = await openTcpProxy({ host: "127.0.0.1", port: Number(engine?.split(":")[1]) });
  url.port = String(postgres.port);
  product = await openProduct({
    settings: { DATABASE_URL: url.href, TEMPORAL_ADDRESS: `127.0.0.1:${temporal.port}` },
  });
  await product.desk("settings", { bulkRunningMs: 300, bulkBytesPerSecond: 2_000_000 });
  await product.caller.command("setPlan", { plan: "scale" });
});
afterEach(() => {
  postgres.set(fairWeather);
  temporal.set(fairWeather);
});
afterAll(async () => {
  await product?.close();
  for (const proxy of [postgres, temporal]) await proxy?.close();
  for (const server of servers) await server.stop();
});

const rowsOf = async (domain: string): Promise<number> => {
  const [row] = await product.sql`
    select count(*)::int as n from orders o join accounts a on a.id = o.account_id where a.domain = ${domain}`;
  return Number(row?.["n"]);
};

async function writing(name: string): Promise<{ domain: string; id: string }> {
  const domain = `${name}.myshopify.com`;
  await product.addShop({ domain, orders: 5_000, spanDays: 700 });
  const id = await product.connect(domain);
  await product.until(`${domain} writes rows`, async () => (await rowsOf(domain)) > 0);
  return { domain, id };
}

test("Postgres's connections are cut again and again, in the middle of transactions: nothing is lost or doubled", async () => {
  const { domain, id } = await writing("cut");
  const cut = await cutting(postgres, seededRandom("network", product.seed), 15);
  expect(cut).toBeGreaterThan(0);
  await settled(product, domain, id);
  await product.audited(domain, { basis: "truth" });
});

test("Postgres is not told that we are gone: its orphaned transactions hold nobody up for ever", async () => {
  const { domain, id } = await writing("half-open");
  const orphans = postgres.halfOpenAll();
  expect(orphans).toBeGreaterThan(3);
  let before = 0;
  // Our own connections were cut with the others.
  await product.until("they are counted", async () => (before = await rowsOf(domain)) > 0);
  const isWritten = async () => (await rowsOf(domain)) > before || (await isBackfilled(product, domain));
  await product.until("rows are written beside the orphans", isWritten);
  await settled(product, domain, id);
  await product.audited(domain, { basis: "truth" });
});

test("Postgres falls silent: the API says so and does not hang, and all goes on when it speaks again", async () => {
  const { domain, id } = await writing("silent");
  postgres.set({ isSilent: true });
  const headers = { "content-type": "application/json", cookie: product.caller.cookie(), origin: product.stack.appUrl };
  const query = JSON.stringify({ query: "{ datasources(first: 1) { nodes { id } } }" });
  const ask = async (path: string, init: RequestInit = {}): Promise<number> =>
    (await fetch(`${product.stack.appUrl}${path}`, { ...init, signal: AbortSignal.timeout(60_000) })).status;
  expect(await ask("/healthz")).toBe(200);
  expect(await ask("/readyz")).toBe(503);
  expect(await ask("/graphql", { method: "POST", headers, body: query })).toBeGreaterThanOrEqual(500);
  postgres.set(fairWeather);
  await settled(product, domain, id);
  await product.audited(domain, { basis: "truth" });
});

test("Temporal is cut off and falls silent in turn: every datasource goes on, each with one workflow", async () => {
  const { domain, id } = await writing("engine");
  expect(await cuttingAndStalling(temporal, seededRandom("engine", product.seed), 6)).toBeGreaterThan(0);
  await settled(product, domain, id);
  await oneWorkflowEach(product);
  await product.audited(domain, { basis: "truth" });
});

// What people do while data moves: R2, R3, R35, R36, and a shop's privacy request from end to end.
import { randomUUID } from "node:crypto";
import { createClient, type Client } from "graphql-ws";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { at, type Fields } from "./caller.ts";
import { isBackfilled, killNow, settled } from "./kill-loop.ts";
import { demoOrganisation, openProduct, type Product } from "./product.ts";
import { watched } from "./stillness.ts";

let product: Product;
beforeAll(async () => {
  product = await openProduct();
  await product.caller.command("setPlan", { plan: "scale" });
});
afterAll(() => product?.close());

async function backfilling(name: string, orders = 10_000): Promise<{ domain: string; id: string }> {
  const domain = `${name}.myshopify.com`;
  await product.addShop({ domain, orders, spanDays: 700 });
  const id = await product.connect(domain);
  await product.until(`${domain} writes rows`, async () => (await rowsOf(domain)) > 0, 60_000);
  return { domain, id };
}

async function rowsOf(domain: string): Promise<number> {
  const [row] =
    await product.sql`select count(*)::int as n from orders o join accounts a on a.id = o.account_id where a.domain = ${domain}`;
  return Number(row?.["n"]);
}

const slots = async (): Promise<number> => Number((await product.sql`select count(*)::int as n from slots`)[0]?.["n"]);

/** The list as a page holds it open; each message with the time it came. */
function listening(): { client: Client; messages: { at: number; type: string }[] } {
  const messages: { at: number; type: string }[] = [];
  const { origin } = new URL(product.stack.appUrl);
  class Browser extends WebSocket {
    constructor(url: string, protocols: string | string[]) {
      super(url, protocols, { headers: { origin, cookie: product.caller.cookie() } });
    }
  }
  const client = createClient({
    url: `${product.stack.appUrl.replace("http", "ws")}/graphql`,
    webSocketImpl: Browser,
    connectionParams: { organisation: demoOrganisation, locale: "en" },
    retryAttempts: 1_000,
    retryWait: () => new Promise((resolve) => void setTimeout(resolve, 200)),
    shouldRetry: () => true,
  });
  const query =
    "subscription { datasources { __typename ... on Snapshot { revision datasources { id dataSync { status } } } ... on Changes { revision } } }";
  client.subscribe(
    { query },
    {
      next: (result) =>
        void messages.push({ at: Date.now(), type: String(at(result, "data", "datasources", "__typename")) }),
      error: () => undefined,
      complete: () => undefined,
    },
  );
  return { client, messages };
}

test("R2: the API dies: a page has the whole state again within five seconds, and a command sent across it is done once", async () => {
  const { domain, id } = await backfilling("api-dies", 2_000);
  const { client, messages } = listening();
  await product.until(
    "the page has its first state",
    () => Promise.resolve(messages.some((each) => each.type === "Snapshot")),
    10_000,
  );
  for (let round = 0; round < 3; round += 1) {
    const idempotencyKey = randomUUID();
    const first = product.caller.command("syncNow", { datasource: id, idempotencyKey }).catch(() => null);
    await killNow(product, "api");
    const backAt = Date.now();
    const isWhole = (): Promise<boolean> =>
      Promise.resolve(messages.some((each) => each.type === "Snapshot" && each.at >= backAt - 1_000));
    await product.until("the whole state again", isWhole, 5_000);
    await first;
    const again = await product.caller.command("syncNow", { datasource: id, idempotencyKey });
    expect(["SyncNowSuccess", "NotPossibleNow"]).toContain(again.outcome);
    const rows = await product.sql`select state from commands where idempotency_key like ${`%${idempotencyKey}%`}`;
    expect(rows.length).toBeLessThanOrEqual(1);
  }
  await client.dispose();
  await settled(product, domain, id);
  await product.audited(domain, { basis: "truth" });
}, 300_000);

test("R3: while Postgres is away nothing claims to be well, and all is as it was when it is back", async () => {
  const ask = () => product.caller.graphql("{ datasources(first: 10) { nodes { dataSync { status } } } }");
  await ask();
  await product.stack.hold("postgres", { hard: true });
  const ready = await fetch(`${product.stack.appUrl}/readyz`).then((response) => response.status);
  expect(ready).toBe(503);
  await expect(ask()).rejects.toThrow();
  await product.until("Postgres is back", () => product.stack.release("postgres").then(() => true), 30_000);
  await product.until("the API answers again", () => ask().then(() => true), 15_000);
});

test("R35: paused in a backfill nothing more is written, and it goes on where it stood", async () => {
  const { domain, id } = await backfilling("paused");
  expect((await product.caller.command("pauseDatasource", { datasource: id })).outcome).toBe("PauseDatasourceSuccess");
  expect(await watched(() => rowsOf(domain), 2_500)).toHaveLength(1);
  expect(await isBackfilled(product, domain)).toBe(false);
  expect((await product.caller.command("resumeDatasource", { datasource: id })).outcome).toBe(
    "ResumeDatasourceSuccess",
  );
  await settled(product, domain, id);
  await product.audited(domain, { basis: "truth" });
}, 300_000);

test("R35: disconnected while it writes: the slot is free at once and no row follows", async () => {
  const { domain, id } = await backfilling("leaving");
  const held = await slots();
  const started = performance.now();
  const done = await product.caller.command("disconnectDatasource", { datasource: id, deleteData: false });
  const tookMs = performance.now() - started;
  expect(done.outcome).toBe("DisconnectDatasourceSuccess");
  const [rows, left] = [await rowsOf(domain), await slots()];
  expect(left).toBe(held - 1);
  expect(await watched(() => rowsOf(domain), 3_000)).toEqual([rows]);
  console.log(`disconnect beside a backfill: ${Math.round(tookMs)} ms`);
  expect(tookMs).toBeLessThan(1_000);
}, 120_000);

test("R35: reauthorized with another store, it keeps its own and says so", async () => {
  const domain = "mine.myshopify.com";
  await product.addShop({ domain, orders: 200, spanDays: 200 });
  const id = await product.connect(domain);
  await settled(product, domain, id);
  const begun = await product.caller.command("reauthorizeDatasource", { datasource: id }, "authorizeUrl");
  const landed = await product.caller.consent(String(begun["authorizeUrl"]), { otherShop: "kuwait-oud.myshopify.com" });
  expect(landed.status).toBeGreaterThanOrEqual(200);
  await settled(product, domain, id);
  await product.audited(domain, { basis: "truth" });
  const [stranger] =
    await product.sql`select count(*)::int as n from accounts where domain = 'kuwait-oud.myshopify.com'`;
  expect(Number(stranger?.["n"])).toBe(0);
}, 120_000);

test("a privacy request of the shop reaches the rows: the customer is gone, the totals stay", async () => {
  const domain = "private.myshopify.com";
  await product.addShop({ domain, orders: 200, spanDays: 200 });
  const id = await product.connect(domain);
  await settled(product, domain, id);
  const [one] =
    await product.sql`select o.customer_id, count(*)::int as n from orders o join accounts a on a.id = o.account_id
    where a.domain = ${domain} and o.customer_id is not null group by 1 order by 2 desc limit 1`;
  const customer = String(one?.["customer_id"]);
  const total = () =>
    product.sql`select sum(o.total)::text as total, count(*)::int as n from orders o join accounts a on a.id = o.account_id where a.domain = ${domain}`;
  const before = await total();
  const payload = { customer: { id: Number(customer.split("/").at(-1)) }, orders_to_redact: [] };
  await product.desk(`shops/${domain}`, { action: "webhook", topic: "customers/redact", payload });
  // Other shops know a customer of the same number: only this one's is meant.
  const left = () => product.sql`select 1 from orders o join accounts a on a.id = o.account_id
    where a.domain = ${domain} and o.customer_id = ${customer}`;
  const isGone = async (): Promise<boolean> => (await left()).length === 0;
  await product.until("the customer is gone", isGone, 30_000);
  expect(await total()).toEqual(before);
}, 120_000);

test("R36: ten connects at once for one free slot: exactly one succeeds", async () => {
  const allowance = (await slots()) + 1;
  const connectOnce = (i: number): Promise<Fields & { outcome: string }> =>
    product.caller.command(
      "connectDatasource",
      { platform: "shopify", fields: [{ name: "shop", value: `racer-${i}.myshopify.com` }] },
      "datasource { id }",
    );
  await product.sql`update plans set allowance = ${allowance} where id = 'scale'`;
  const outcomes = (await Promise.all(Array.from({ length: 10 }, (_, i) => connectOnce(i)))).map(
    (each) => each.outcome,
  );
  expect(outcomes.filter((each) => each === "ConnectDatasourceSuccess")).toHaveLength(1);
  expect(outcomes.filter((each) => each === "SlotLimitReached")).toHaveLength(9);
  expect(await slots()).toBe(allowance);
});

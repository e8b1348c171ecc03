import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { once } from "node:events";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { items, startTestSandbox, testClient, words, type TestSandbox } from "../../testing.ts";

interface Delivery {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const shop = "tokyo-paper.myshopify.com";
const received: Delivery[] = [];
let status = 200;
let app: Server;
let appUrl = "";
let sandbox: TestSandbox;

beforeAll(async () => {
  app = createServer((message, response) => {
    const chunks: Buffer[] = [];
    message.on("data", (chunk: Buffer) => chunks.push(chunk));
    message.on("end", () => {
      received.push({ path: message.url ?? "", headers: message.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(status).end();
    });
  }).listen(0, "127.0.0.1");
  await once(app, "listening");
  const address = app.address();
  appUrl = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  sandbox = await startTestSandbox({ webhookUrl: `${appUrl}/webhooks` });
});
afterAll(async () => {
  await sandbox.close();
  app.close();
});
beforeEach(() => {
  received.length = 0;
  status = 200;
});

const arrived = (count: number) => expect.poll(() => received.length, { interval: 20 }).toBeGreaterThanOrEqual(count);
const hmac = (body: string) => createHmac("sha256", testClient.clientSecret).update(body).digest("base64");

test("an uninstall tells the app that asked for it, at once, signed in base64 over the raw body", async () => {
  await sandbox.install(shop);
  await sandbox.desk(`shops/${shop}`, { action: "uninstall" });
  const { access_token: access } = await sandbox.install(shop);
  const query = `mutation($u: String!) { webhookSubscriptionCreate(topic: APP_UNINSTALLED, webhookSubscription: { uri: $u, format: JSON }) { userErrors { message } } }`;
  await sandbox.graphql(shop, access, query, { u: `${appUrl}/webhooks/shopify` });
  await sandbox.desk(`shops/${shop}`, { action: "uninstall" });
  await arrived(1);
  const [delivery] = received;
  expect(delivery?.path).toBe("/webhooks/shopify");
  expect(delivery?.headers).toMatchObject({
    "x-shopify-topic": "app/uninstalled",
    "x-shopify-shop-domain": shop,
    "x-shopify-api-version": "2026-10",
  });
  expect(delivery?.headers["x-shopify-hmac-sha256"]).toBe(hmac(delivery?.body ?? ""));
  expect(delivery?.headers["x-shopify-webhook-id"]).toBeTruthy();
});

test.each(["customers/data_request", "customers/redact", "shop/redact"])(
  "%s reaches the declared address",
  async (topic) => {
    await sandbox.desk(`shops/${shop}`, { action: "webhook", topic, payload: { customer: { id: 7 } } });
    await arrived(1);
    expect(JSON.parse(received[0]?.body ?? "{}")).toMatchObject({ shop_domain: shop, customer: { id: 7 } });
  },
);

test("a subscription of its own gets the topic instead, and only one of an address is taken", async () => {
  const { access_token: access } = await sandbox.install(shop);
  const query = `mutation($u: String!) { webhookSubscriptionCreate(topic: ORDERS_DELETE, webhookSubscription: { uri: $u, format: JSON }) { webhookSubscription { id topic uri } userErrors { field message } } }`;
  const create = async (u: string) =>
    (await sandbox.graphql(shop, access, query, { u }))["data"]?.["webhookSubscriptionCreate"];
  expect((await create(`${appUrl}/mine`))?.["userErrors"]).toEqual([]);
  expect(items((await create(`${appUrl}/mine`))?.["userErrors"])).toHaveLength(1);
  expect(words(items((await create("http://example.com/x"))?.["userErrors"])[0]?.["message"])).toContain("protocol");
  await sandbox.desk(`shops/${shop}`, { action: "happen", kind: "remove", count: 1 });
  await arrived(1);
  expect(received[0]?.path).toBe("/mine");
  expect(received[0]?.headers["x-shopify-topic"]).toBe("orders/delete");
});

test("an answer that is no 2xx brings the same delivery again under the same id", async () => {
  status = 500;
  await sandbox.desk(`shops/${shop}`, { action: "webhook", topic: "customers/redact" });
  await arrived(1);
  status = 200;
  await arrived(2);
  expect(received[1]?.headers["x-shopify-webhook-id"]).toBe(received[0]?.headers["x-shopify-webhook-id"]);
});

test("the desk replays a delivery, and forges one with a wrong signature", async () => {
  await sandbox.desk(`shops/${shop}`, { action: "webhook", topic: "shop/redact" });
  await arrived(1);
  const id = String(received[0]?.headers["x-shopify-webhook-id"]);
  expect(await sandbox.desk(`webhooks/${id}`, {})).toEqual({ status: 200 });
  expect(received[1]?.headers["x-shopify-webhook-id"]).toBe(id);
  await sandbox.desk(`webhooks/${id}`, { forged: true });
  expect(received[2]?.headers["x-shopify-hmac-sha256"]).not.toBe(hmac(received[2]?.body ?? ""));
});

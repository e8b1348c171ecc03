/* oxlint-disable typescript/no-unsafe-type-assertion -- answers of GraphQL and of SQL are of any shape; each expectation checks what it reads */
import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { ownApi } from "../testing/own-api.ts";

const api = ownApi();

const shop = "monsoon-and-moss.myshopify.com";
const body = JSON.stringify({ id: 1, myshopify_domain: shop, note: "ü \u0001" });
/** Topic and shop stand in the body too, which alone is signed. */
const bodyOf = {
  "app/uninstalled": body,
  "customers/data_request": JSON.stringify({
    shop_id: 1,
    shop_domain: shop,
    customer: { id: 7 },
    data_request: { id: 9 },
  }),
  "customers/redact": JSON.stringify({ shop_id: 1, shop_domain: shop, customer: { id: 7 }, orders_to_redact: [] }),
  "shop/redact": JSON.stringify({ shop_id: 1, shop_domain: shop }),
  "orders/create": JSON.stringify({ id: 1 }),
} as const;
const sign = (text: string | Uint8Array, secret = "test-secret") =>
  createHmac("sha256", secret).update(text).digest("base64");

const deliver = (change: Record<string, string> = {}, text = body, platform = "shopify", method = "POST") =>
  fetch(`${api.url}/webhooks/${platform}`, {
    method,
    headers: {
      "content-type": "application/json",
      "x-shopify-topic": "app/uninstalled",
      "x-shopify-shop-domain": "monsoon-and-moss.myshopify.com",
      "x-shopify-webhook-id": crypto.randomUUID(),
      "x-shopify-hmac-sha256": sign(text),
      "x-shopify-triggered-at": new Date().toISOString(),
      ...change,
    },
    ...(method === "GET" ? {} : { body: text }),
  });
const kept = async () =>
  (await api.owner
    .sql`select platform, webhook_id, topic, account_key, convert_from(body, 'UTF8') as body, headers from inbound_webhooks order by received_at`) as unknown as Record<
    string,
    unknown
  >[]; // rows of one shape

test("verified on the raw body, kept once, whatever the topic; the same delivery again is thanked for and dropped", async () => {
  for (const [topic, name] of [
    ["app/uninstalled", "uninstalled"],
    ["customers/data_request", "customerDataRequest"],
    ["customers/redact", "customerErasure"],
    ["shop/redact", "accountErasure"],
    ["orders/create", "other"],
  ] as const) {
    const id = crypto.randomUUID();
    for (let n = 0; n < 3; n += 1)
      expect(
        (await deliver({ "x-shopify-webhook-id": id, "x-shopify-topic": topic }, bodyOf[topic])).status,
        topic,
      ).toBe(200);
    expect((await kept()).filter((row) => row["webhook_id"] === id)).toMatchObject([
      { platform: "shopify", topic: name, account_key: shop, body: bodyOf[topic] },
    ]);
  }
  expect(JSON.stringify((await kept()).map((row) => row["headers"]))).not.toContain("hmac");
});

test("when the source said it is kept beside when it came; a time that cannot be read is none", async () => {
  const said = "2026-03-29T18:00:27.877041743Z";
  for (const [told, at] of [
    [said, new Date("2026-03-29T18:00:27.877Z")],
    ["soon", null],
  ] as const) {
    const id = crypto.randomUUID();
    await deliver({ "x-shopify-webhook-id": id, "x-shopify-triggered-at": told });
    expect(await api.owner.sql`select triggered_at from inbound_webhooks where webhook_id = ${id}`).toEqual([
      { triggered_at: at },
    ]);
  }
});

test("fifty deliveries of one event at once are one row", async () => {
  const id = crypto.randomUUID();
  const answers = await Promise.all(Array.from({ length: 50 }, () => deliver({ "x-shopify-webhook-id": id })));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect((await kept()).filter((row) => row["webhook_id"] === id)).toHaveLength(1);
});

test("forged, unsigned, altered, from no shop, of no platform: no row", async () => {
  const before = (await kept()).length;
  expect((await deliver({ "x-shopify-hmac-sha256": sign(body, "other") })).status).toBe(401);
  expect((await deliver({ "x-shopify-hmac-sha256": "" })).status).toBe(401);
  expect((await deliver({ "x-shopify-hmac-sha256": sign(body) }, `${body} `)).status).toBe(401);
  expect((await deliver({ "x-shopify-shop-domain": "evil.example" })).status).toBe(400);
  expect((await deliver({ "x-shopify-webhook-id": "" })).status).toBe(400);
  expect((await deliver({}, body, "klaviyo")).status).toBe(404);
  expect((await deliver({}, body, "shopify", "GET")).status).toBe(405);
  const huge = "x".repeat(5_000_001);
  expect((await deliver({ "x-shopify-hmac-sha256": sign(huge) }, huge)).status).toBe(413);
  expect((await kept()).length).toBe(before);
});

import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { askedIn, makeScriptedSession } from "../testing/scripted.ts";
import { isSourceFailure } from "../failure.ts";
import { shopifyWebhooks } from "./webhooks.ts";

const client = {
  clientId: "our-app",
  clientSecret: "hush",
  redirectUri: "https://app.example.com/oauth/shopify/callback",
};
const shop = "tea.myshopify.com";
/** As Shopify documents each topic's payload. */
const bodies = {
  "app/uninstalled": { id: 1, name: "Tea", domain: "tea.example.com", myshopify_domain: shop, note: "é☕" },
  "customers/data_request": {
    shop_id: 1,
    shop_domain: shop,
    orders_requested: [299938],
    customer: { id: 7 },
    data_request: { id: 9999 },
  },
  "customers/redact": { shop_id: 1, shop_domain: shop, customer: { id: 7 }, orders_to_redact: [299938] },
  "shop/redact": { shop_id: 1, shop_domain: shop },
  "orders/create": { id: 5001 },
} as const;
type Topic = keyof typeof bodies;

const signed = (text: string | Uint8Array, secret = client.clientSecret) =>
  createHmac("sha256", secret).update(text).digest();
const bytesOf = (topic: Topic, change: object = {}) => Buffer.from(JSON.stringify({ ...bodies[topic], ...change }));
const body = bytesOf("app/uninstalled");

function delivery(change: Record<string, string | null> = {}, of: Uint8Array = body, over: Uint8Array = of) {
  const headers = new Map<string, string>(
    Object.entries({
      "x-shopify-topic": "app/uninstalled",
      "x-shopify-shop-domain": shop,
      "x-shopify-hmac-sha256": signed(over).toString("base64"),
      "x-shopify-webhook-id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
      "x-shopify-triggered-at": "2026-11-20T11:59:00.123Z",
    }),
  );
  for (const [name, value] of Object.entries(change)) {
    if (value === null) headers.delete(name);
    else headers.set(name, value);
  }
  return shopifyWebhooks.read({ headers, body: of, door: null }, client);
}
const forged = { kind: "refused", status: 401, problem: { code: "shopify.webhookForged" } };

describe("a webhook", () => {
  test.each([
    ["app/uninstalled", "uninstalled"],
    ["customers/data_request", "customerDataRequest"],
    ["customers/redact", "customerErasure"],
    ["shop/redact", "accountErasure"],
    ["orders/create", "other"],
  ] as const)("of %s is known", (sourceTopic, topic) => {
    expect(delivery({ "x-shopify-topic": sourceTopic }, bytesOf(sourceTopic))).toEqual({
      kind: "accepted",
      webhookId: "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
      topic,
      sourceTopic,
      accountKey: shop,
      triggeredAt: new Date("2026-11-20T11:59:00.123Z"),
    });
  });

  test.each([
    ["without a signature", { "x-shopify-hmac-sha256": null }, body],
    ["signed in hex, as a callback is", { "x-shopify-hmac-sha256": signed(body).toString("hex") }, body],
    ["signed with another secret", { "x-shopify-hmac-sha256": signed(body, "x").toString("base64") }, body],
    ["with one byte changed", {}, Buffer.from(body.toString().replace("1", "2"))],
    ["parsed and written again", {}, Buffer.from(JSON.stringify(JSON.parse(body.toString()), null, 1))],
    ["with an empty body", {}, Buffer.alloc(0)],
  ])("%s is refused", (_what, change, of) => {
    expect(delivery(change, of, body)).toMatchObject({ kind: "refused", status: 401 });
  });

  test.each(["x-shopify-shop-domain", "x-shopify-webhook-id", "x-shopify-topic"])(
    "that lacks %s is refused",
    (name) => {
      expect(delivery({ [name]: null })).toMatchObject({ kind: "refused", status: 400 });
    },
  );

  test("from a name that is no shop is refused, though signed", () => {
    expect(delivery({ "x-shopify-shop-domain": "evil.org" })).toMatchObject({ kind: "refused", status: 400 });
  });

  test("of an uninstall may leave the shop's name null, as Shopify's own example does", () => {
    const unnamed = bytesOf("app/uninstalled", { domain: null, myshopify_domain: null });
    expect(delivery({}, unnamed)).toMatchObject({ kind: "accepted", topic: "uninstalled", accountKey: shop });
  });

  test("names its shop in the signed body in whatever case", () => {
    const of = bytesOf("shop/redact", { shop_domain: "TEA.myshopify.com" });
    expect(delivery({ "x-shopify-topic": "shop/redact" }, of)).toMatchObject({ accountKey: shop });
  });
});

// Headers are not signed, and our client secret signs more than webhooks.
describe("a forged webhook, signed with our own secret", () => {
  const acting = ["app/uninstalled", "customers/data_request", "customers/redact", "shop/redact"] as const;

  test.each([...acting, "orders/create"] as const)("made of an OAuth callback's query, as %s, is refused", (topic) => {
    // What any merchant finds in the address bar after installing the app on a shop of their own.
    const query = "code=abc&host=YWRtaW4&shop=own-shop.myshopify.com&state=xyz&timestamp=1763719200";
    const hmac = Buffer.from(signed(query).toString("hex"), "hex").toString("base64");
    const change = { "x-shopify-topic": topic, "x-shopify-hmac-sha256": hmac };
    expect(delivery(change, Buffer.from(query))).toEqual(forged);
  });

  test.each(acting)("of one's own shop with another's name in the header, as %s, is refused", (topic) => {
    const own = { shop_domain: "own-shop.myshopify.com", myshopify_domain: "own-shop.myshopify.com" };
    expect(delivery({ "x-shopify-topic": topic }, bytesOf(topic, own))).toEqual(forged);
  });

  test.each(acting.flatMap((from) => acting.filter((to) => to !== from).map((to) => [from, to] as const)))(
    "of %s that says it is %s is refused",
    (from, to) => {
      expect(delivery({ "x-shopify-topic": to }, bytesOf(from))).toEqual(forged);
    },
  );

  test("that carries the victim only as its public domain is refused", () => {
    const of = bytesOf("app/uninstalled", { domain: shop, myshopify_domain: "own-shop.myshopify.com" });
    expect(delivery({}, of)).toEqual(forged);
  });

  test.each([
    ["of an order", bytesOf("orders/create")],
    ["of a shop named by no text", bytesOf("app/uninstalled", { myshopify_domain: 7 })],
  ])("%s that says it is an uninstall is refused", (_what, of) => {
    expect(delivery({}, of)).toEqual(forged);
  });

  test.each(["[]", "null", "1", `"${shop}"`, `[{"shop_domain":"${shop}","shop_id":1}]`, "{", "\xff"])(
    "whose body is %s is refused",
    (text) => {
      for (const topic of [...acting, "orders/create"])
        expect(delivery({ "x-shopify-topic": topic }, Buffer.from(text, "latin1"))).toEqual(forged);
    },
  );
});

describe("asking to be told of an uninstall", () => {
  const registered = (userErrors: object[]) =>
    makeScriptedSession(() => ({
      body: JSON.stringify({ data: { webhookSubscriptionCreate: { webhookSubscription: null, userErrors } } }),
    }));

  test("names our address, and a second time changes nothing", async () => {
    const session = registered([]);
    await shopifyWebhooks.register(session, "https://app.example.com/webhooks/shopify");
    expect(session.sent.map((request) => askedIn(request).variables)).toEqual([
      { uri: "https://app.example.com/webhooks/shopify" },
    ]);
    await shopifyWebhooks.register(
      registered([{ field: ["uri"], message: "Address for this topic has already been taken" }]),
      "https://a.example.com",
    );
  });

  test("fails aloud for any other reason", async () => {
    const refused = shopifyWebhooks.register(
      registered([{ field: ["uri"], message: "Address is not allowed" }]),
      "http://127.0.0.1",
    );
    await expect(refused).rejects.toSatisfy(
      (error: unknown) => isSourceFailure(error) && error.failure.code === "shopify.webhookRefused",
    );
  });
});

describe("a privacy request", () => {
  const subject = (text: string) => shopifyWebhooks.subject?.(Buffer.from(text));

  test("names the customer and the orders by the ids of our records, whatever their length", () => {
    const request =
      '{"shop_id":1,"customer":{"id":9007199254740993,"email":"a@b.c"},"orders_to_redact":[299938,"280263"]}';
    expect(subject(request)).toEqual({
      customerId: "gid://shopify/Customer/9007199254740993",
      orderIds: ["gid://shopify/Order/299938", "gid://shopify/Order/280263"],
    });
  });

  test("that names nobody is told apart from one that does", () => {
    expect(subject('{"shop_id":1}')).toBeNull();
    expect(subject('{"customer":{"id":null},"orders_to_redact":[]}')).toBeNull();
  });
});

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
const body = Buffer.from('{"id":1,"domain":"tea.myshopify.com","note":"é☕"}');

function delivery(change: Record<string, string | null> = {}, of: Uint8Array = body) {
  const headers = new Map<string, string>(
    Object.entries({
      "x-shopify-topic": "app/uninstalled",
      "x-shopify-shop-domain": "tea.myshopify.com",
      "x-shopify-hmac-sha256": createHmac("sha256", client.clientSecret).update(body).digest("base64"),
      "x-shopify-webhook-id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
      "x-shopify-triggered-at": "2026-11-20T11:59:00.123Z",
    }),
  );
  for (const [name, value] of Object.entries(change)) {
    if (value === null) headers.delete(name);
    else headers.set(name, value);
  }
  return shopifyWebhooks.read({ headers, body: of }, client);
}

describe("a webhook", () => {
  test.each([
    ["app/uninstalled", "uninstalled"],
    ["customers/data_request", "customerDataRequest"],
    ["customers/redact", "customerErasure"],
    ["shop/redact", "accountErasure"],
    ["orders/create", "other"],
  ])("of %s is known", (sourceTopic, topic) => {
    expect(delivery({ "x-shopify-topic": sourceTopic })).toEqual({
      kind: "accepted",
      webhookId: "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
      topic,
      sourceTopic,
      accountKey: "tea.myshopify.com",
      triggeredAt: new Date("2026-11-20T11:59:00.123Z"),
    });
  });

  const hex = createHmac("sha256", client.clientSecret).update(body).digest("hex");
  test.each([
    ["without a signature", { "x-shopify-hmac-sha256": null }, body],
    ["signed in hex, as a callback is", { "x-shopify-hmac-sha256": hex }, body],
    [
      "signed with another secret",
      { "x-shopify-hmac-sha256": createHmac("sha256", "x").update(body).digest("base64") },
      body,
    ],
    ["with one byte changed", {}, Buffer.from(body.toString().replace("1", "2"))],
    ["parsed and written again", {}, Buffer.from(JSON.stringify(JSON.parse(body.toString()), null, 1))],
    ["with an empty body", {}, Buffer.alloc(0)],
  ])("%s is refused", (_what, change, of) => {
    expect(delivery(change, of)).toMatchObject({ kind: "refused", status: 401 });
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
  const subject = (body: string) => shopifyWebhooks.subject?.(Buffer.from(body));

  test("names the customer and the orders by the ids of our records, whatever their length", () => {
    const told =
      '{"shop_id":1,"customer":{"id":9007199254740993,"email":"a@b.c"},"orders_to_redact":[299938,"280263"]}';
    expect(subject(told)).toEqual({
      customerId: "gid://shopify/Customer/9007199254740993",
      orderIds: ["gid://shopify/Order/299938", "gid://shopify/Order/280263"],
    });
  });

  test("that names nobody is told apart from one that does", () => {
    expect(subject('{"shop_id":1}')).toBeNull();
    expect(subject('{"customer":{"id":null},"orders_to_redact":[]}')).toBeNull();
  });
});

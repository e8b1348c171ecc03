// What a shop tells us: that we were uninstalled, and the three privacy topics. Signed over the raw body, in base64.
import { createHmac, timingSafeEqual } from "node:crypto";
import { SourceFailure } from "../failure.ts";
import { saidBy } from "../outbound/redact.ts";
import { parseExactly, type Json } from "../json.ts";
import { textOrNull } from "../read-fields.ts";
import type { Webhooks, WebhookReading, WebhookTopic } from "../webhooks.ts";
import { callShop, part } from "./api.ts";
import { asList, asObject } from "./graphql-answer.ts";
import { isShop } from "./shop-name.ts";

const topics: ReadonlyMap<string, WebhookTopic> = new Map([
  ["app/uninstalled", "uninstalled"],
  ["customers/data_request", "customerDataRequest"],
  ["customers/redact", "customerErasure"],
  ["shop/redact", "accountErasure"],
]);

export const registerText = `mutation Register($uri: String!) {
  webhookSubscriptionCreate(topic: APP_UNINSTALLED, webhookSubscription: { uri: $uri, format: JSON }) {
    webhookSubscription { id } userErrors { field message }
  }
}`;
const REGISTER_COST = 10;

export const shopifyWebhooks: Webhooks = {
  // The privacy topics are a setting of the app, not of a shop.
  register: async (session, address) => {
    const result = await callShop(session, {
      query: registerText,
      variables: { uri: address },
      cost: REGISTER_COST,
      purpose: "webhooks.register",
      once: true,
    });
    const payload = part(result, "webhookSubscriptionCreate");
    const said = asList(payload["userErrors"]).map((error) => textOrNull(asObject(error) ?? {}, "message") ?? "");
    if (said.length > 0 && !said.every((message) => /already been taken|already exists/i.test(message)))
      throw new SourceFailure({
        class: "invalid_request",
        code: "shopify.webhookRefused",
        said: saidBy(said.join("; ")),
      });
  },
  read: ({ headers, body }, client) => {
    const given = Buffer.from(headers.get("x-shopify-hmac-sha256") ?? "", "base64");
    const expected = createHmac("sha256", client.clientSecret).update(body).digest();
    if (given.length !== expected.length || !timingSafeEqual(given, expected))
      return { kind: "refused", status: 401, problem: { code: "shopify.webhookForged" } };
    return readHeaders(headers);
  },
  subject: (body) => {
    const told = asObject(parseExactly(Buffer.from(body).toString("utf8")));
    const customerId = globalId("Customer", asObject(told?.["customer"])?.["id"]);
    const orderIds = asList(told?.["orders_to_redact"]).flatMap((id) => globalId("Order", id) ?? []);
    return customerId === null && orderIds.length === 0 ? null : { customerId, orderIds };
  },
};

/** Here ids are bare numbers, which may be longer than a double holds; our records carry the global ones. */
function globalId(type: "Customer" | "Order", id: Json | undefined): string | null {
  const digits = typeof id === "string" ? id : JSON.stringify(id ?? null);
  return /^\d+$/.test(digits) ? `gid://shopify/${type}/${digits}` : null;
}

function readHeaders(headers: ReadonlyMap<string, string>): WebhookReading {
  const sourceTopic = headers.get("x-shopify-topic") ?? "";
  const accountKey = (headers.get("x-shopify-shop-domain") ?? "").toLowerCase();
  const webhookId = headers.get("x-shopify-webhook-id") ?? "";
  if (!isShop(accountKey) || webhookId === "" || sourceTopic === "")
    return { kind: "refused", status: 400, problem: { code: "shopify.webhookIncomplete" } };
  const triggeredAt = Date.parse(headers.get("x-shopify-triggered-at") ?? "");
  return {
    kind: "accepted",
    webhookId,
    topic: topics.get(sourceTopic) ?? "other",
    sourceTopic,
    accountKey,
    triggeredAt: Number.isNaN(triggeredAt) ? null : new Date(triggeredAt),
  };
}

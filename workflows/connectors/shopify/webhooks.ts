// What a shop tells us: that we were uninstalled, and the three privacy topics. Signed over the raw body, in base64. The
// headers are not signed, and the same secret signs other things (a callback's query, which stands in its merchant's
// address bar): so what we act on, topic and shop, must be told by the signed body too (decision 0004).
import { createHmac, timingSafeEqual } from "node:crypto";
import { SourceFailure } from "../failure.ts";
import { saidBy } from "../outbound/redact.ts";
import { parseExactly, type Json } from "../json.ts";
import { textOrNull, type Fields } from "../read-fields.ts";
import type { Webhooks, WebhookReading, WebhookTopic } from "../webhooks.ts";
import { callShop, part } from "./api.ts";
import { asList, asObject } from "./graphql-answer.ts";
import { isShop } from "./shop-name.ts";

type Known = {
  readonly topic: WebhookTopic;
  /** What tells a body of this topic from those of the others, and that it speaks of this shop, by its permanent name. */
  readonly isOf: (body: Fields, shop: string) => boolean;
};
const has = (body: Fields, name: string): boolean => body[name] !== undefined;
const isPrivacy = (body: Fields, shop: string): boolean =>
  has(body, "shop_id") && !has(body, "myshopify_domain") && textIn(body, "shop_domain") === shop;

const topics: ReadonlyMap<string, Known> = new Map<string, Known>([
  [
    "app/uninstalled",
    {
      topic: "uninstalled",
      // Shopify's own example of a shop that has gone leaves the name null: then the header's counts.
      isOf: (body, shop) =>
        has(body, "id") &&
        !has(body, "shop_id") &&
        (body["myshopify_domain"] === null || textIn(body, "myshopify_domain") === shop),
    },
  ],
  [
    "customers/data_request",
    {
      topic: "customerDataRequest",
      isOf: (body, shop) => isPrivacy(body, shop) && has(body, "customer") && has(body, "data_request"),
    },
  ],
  [
    "customers/redact",
    {
      topic: "customerErasure",
      isOf: (body, shop) => isPrivacy(body, shop) && has(body, "customer") && !has(body, "data_request"),
    },
  ],
  [
    "shop/redact",
    {
      topic: "accountErasure",
      isOf: (body, shop) =>
        isPrivacy(body, shop) && ["customer", "orders_to_redact", "data_request"].every((name) => !has(body, name)),
    },
  ],
]);
const FORGED: WebhookReading = { kind: "refused", status: 401, problem: { code: "shopify.webhookForged" } };

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
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return FORGED;
    const told = objectIn(body);
    return told === null ? FORGED : readHeaders(headers, told);
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

/** A webhook is always a JSON object; nothing else that our secret signs is. */
function objectIn(body: Uint8Array): Fields | null {
  try {
    return asObject(parseExactly(Buffer.from(body).toString("utf8")));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function readHeaders(headers: ReadonlyMap<string, string>, told: Fields): WebhookReading {
  const sourceTopic = headers.get("x-shopify-topic") ?? "";
  const accountKey = (headers.get("x-shopify-shop-domain") ?? "").toLowerCase();
  const webhookId = headers.get("x-shopify-webhook-id") ?? "";
  if (!isShop(accountKey) || webhookId === "" || sourceTopic === "")
    return { kind: "refused", status: 400, problem: { code: "shopify.webhookIncomplete" } };
  const known = topics.get(sourceTopic);
  if (known !== undefined && !known.isOf(told, accountKey)) return FORGED;
  const triggeredAt = Date.parse(headers.get("x-shopify-triggered-at") ?? "");
  return {
    kind: "accepted",
    webhookId,
    topic: known?.topic ?? "other",
    sourceTopic,
    accountKey,
    triggeredAt: Number.isNaN(triggeredAt) ? null : new Date(triggeredAt),
  };
}

function textIn(told: Fields, name: string): string | null {
  const value = told[name];
  return typeof value === "string" ? value.toLowerCase() : null;
}

/** For tests: a shop at the other end of a consent, with Shopify's own signature, and a count of how often it was asked for tokens. */
import { createHmac, randomUUID } from "node:crypto";
import { expect } from "vitest";
import type { Outbound, OutboundRequest } from "@headwater/connectors/outbound/outbound.ts";
import { answerWith, outboundThat } from "@headwater/connectors/testing/answer.ts";
import type { TestApi } from "./api.ts";
import { MUTATIONS } from "./mutations.ts";
import type { Visitor } from "./visitor.ts";

export interface TokenAnswer {
  readonly status: number;
  readonly body: object;
}

export interface ShopStandIn {
  readonly outbound: Outbound;
  readonly asked: OutboundRequest[];
  answer: () => TokenAnswer;
}

export const tokens = (access: string, refresh: string): TokenAnswer => ({
  status: 200,
  body: {
    access_token: access,
    refresh_token: refresh,
    expires_in: 3600,
    refresh_token_expires_in: 7_776_000,
    scope: "read_orders,read_all_orders,read_products,read_customers",
  },
});

export function makeShop(): ShopStandIn {
  const shop: ShopStandIn = {
    asked: [],
    answer: () => tokens("canary-access-1", "canary-refresh-1"),
    outbound: outboundThat((request) => {
      shop.asked.push(request);
      const { status, body } = shop.answer();
      return answerWith(status, body);
    }),
  };
  return shop;
}

export const shopName = () => `shop-${randomUUID().slice(0, 8)}`;

export async function start(who: Visitor, shop = shopName(), idempotencyKey: string = randomUUID()) {
  const answer = await who.ask(MUTATIONS.connect, {
    input: { platform: "shopify", fields: [{ name: "shop", value: shop }], idempotencyKey },
  });
  expect(answer.errors).toBeUndefined();
  return answer.data.result;
}

export const stateIn = (authorizeUrl: string): string => new URL(authorizeUrl).searchParams.get("state") ?? "";

export function signedQuery(values: Record<string, string>, secret = "test-secret"): string {
  const query = { timestamp: String(Math.floor(Date.now() / 1000)), host: "YWRtaW4", ...values };
  const message = Object.entries(query)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join("&");
  const hmac = createHmac("sha256", secret).update(message).digest("hex");
  return new URLSearchParams({ ...query, hmac }).toString();
}

export const comeHome = (api: TestApi, query: string, cookie?: string, platform = "shopify") =>
  fetch(`${api.url}/oauth/${platform}/callback?${query}`, {
    redirect: "manual",
    headers: cookie === undefined ? {} : { cookie },
  });

export const rawId = (gid: string) => Buffer.from(gid, "base64url").toString().split(":")[1] ?? "";
export const rowOf = async (api: TestApi, gid: string) =>
  (await api.owner.sql`select * from datasources where id = ${rawId(gid)}`)[0];

// What answers under a shop's own name: consent, tokens, the Admin API, and the two old REST paths that still count.
import { html, page } from "../html.ts";
import { json, pageAnswer, readFields, type Answer, type Incoming } from "../http.ts";
import { answerGraphql, deadToken } from "./graphql-surface.ts";
import { answerAuthorize } from "./oauth/authorize.ts";
import { answerOrderPage } from "./order-page.ts";
import { installOf, judgeAccess, uninstall } from "./oauth/installs.ts";
import { answerToken, type TokenReply } from "./oauth/token.ts";
import type { Shop, ShopCondition } from "./seed/shop.ts";
import type { Served, Surface } from "./surface.ts";

const closedAnswers: Record<Exclude<ShopCondition, "open">, { status: number; errors: string }> = {
  frozen: { status: 402, errors: "Unavailable Shop" },
  locked: { status: 423, errors: "This shop is unavailable" },
  closed: { status: 404, errors: "Not Found" },
  fraudulent: { status: 403, errors: "User does not have access" },
};

function tokenAnswer(reply: TokenReply, accept: string): Answer {
  if (reply.status === 200 || accept.includes("json"))
    return json(reply.status, reply.body, { "cache-control": "no-store" });
  // Errors come as a page unless the caller names json: seen in recordings of live shops.
  const { error, error_description: said } = reply.body;
  const body = html`<h1>Oauth error ${error ?? "unknown"}</h1>
    <p>${said ?? ""}</p>`;
  return pageAnswer(reply.status, page({ title: "Oauth error", isNarrow: true, body }));
}

function answerRest(surface: Surface, incoming: Incoming, shop: Shop): Served {
  const { services } = surface;
  const served = (answer: Answer, operation: string): Served => ({ ...answer, operation, shop });
  const operation = `${incoming.method} ${incoming.path}`;
  const isRevoke = operation === "DELETE /admin/api_permissions/current.json";
  if (!isRevoke && operation !== "GET /admin/oauth/access_scopes.json") {
    return served(json(404, { errors: "Not Found" }), "unknown path");
  }
  if (judgeAccess(services, shop.id, incoming.headers["x-shopify-access-token"]) === "dead") {
    return served(json(401, { errors: deadToken }), operation);
  }
  if (isRevoke) {
    uninstall(services, shop, services.clock.nowSeconds());
    return served(json(200, {}), operation);
  }
  const scopes = installOf(services, shop.id)?.scopes ?? [];
  return served(json(200, { access_scopes: scopes.map((handle) => ({ handle })) }), operation);
}

export async function answerShop(surface: Surface, incoming: Incoming, shop: Shop): Promise<Served> {
  const { condition } = shop;
  if (condition !== "open") {
    const { status, errors } = closedAnswers[condition];
    return { ...json(status, { errors }), operation: `${condition} shop`, shop };
  }
  if (incoming.path === "/admin/oauth/authorize") {
    return {
      ...(await answerAuthorize(surface.services, surface.world, shop, incoming)),
      operation: "authorize",
      shop,
    };
  }
  if (incoming.path === "/admin/oauth/access_token" && incoming.method === "POST") {
    const reply = answerToken(surface.services, shop, readFields(incoming) ?? {});
    return { ...tokenAnswer(reply, incoming.headers["accept"] ?? ""), operation: `token ${reply.grant}`, shop };
  }
  const order = /^\/admin\/orders\/(\d{1,19})$/.exec(incoming.path)?.[1];
  if (order !== undefined && incoming.method === "GET")
    return { ...answerOrderPage(shop, order), operation: "order page", shop };
  const version = /^\/admin\/api\/([a-z0-9-]+)\/graphql\.json$/.exec(incoming.path)?.[1];
  return version === undefined ? answerRest(surface, incoming, shop) : answerGraphql(surface, incoming, shop, version);
}

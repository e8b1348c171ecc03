// Consent at a shop: signed callbacks, expiring offline tokens that rotate as a pair (an hour and ninety days).
import type {
  CallbackReading,
  ConsentRequest,
  ExchangeRequest,
  OAuth,
  OAuthClient,
  Params,
  RefreshRequest,
  Tokens,
} from "../authorization.ts";
import { SourceFailure } from "../failure.ts";
import { exchangeCode, refreshTokens, type TokenAnswer, type TokenRefusal } from "../protocol/token-endpoint.ts";
import { laterBy } from "../protocol/later.ts";
import type { Outbound } from "../outbound/outbound.ts";
import { shopifyCatalog } from "./catalog.ts";
import { closedStore } from "./errors.ts";
import { readSignedQuery } from "./query-hmac.ts";
import { readScopeList } from "./scopes.ts";
import { isShop, readShopName } from "./shop-name.ts";

/** Seen in the field: a refresh that does not say how long its token lives. */
const HOUR_SECONDS = 3600;

export const shopifyAuthorization: OAuth = {
  kind: "oauth",
  asks: [{ name: "shop", secret: false, required: true, example: "your-shop.myshopify.com" }],
  pkce: false,
  rotates: true,
  oldPairSurvivesLostAnswer: true,
  readTyped: (typed) => {
    const name = readShopName(typed["shop"] ?? "");
    return name.ok ? { ok: true, params: { shop: name.shop } } : { ok: false, field: "shop", problem: name.problem };
  },
  consentAddress,
  readCallback,
  isFrom: (claims, params) => claims["shop"] !== undefined && claims["shop"] === params["shop"],
  exchange,
  refresh,
  readInstallLink: (query, client, now) => {
    const signed = readSignedQuery(query, client.clientSecret, now);
    const shop = signed.ok ? (signed.values.get("shop") ?? "") : "";
    return isShop(shop) ? { shop } : null;
  },
};

function consentAddress({ client, params, state, scopes }: ConsentRequest): URL {
  const required = shopifyCatalog.scopes.filter((use) => use.required).map((use) => use.scope);
  const address = new URL(`https://${shopOf(params)}/admin/oauth/authorize`);
  address.searchParams.set("client_id", client.clientId);
  address.searchParams.set("scope", [...new Set([...required, ...scopes])].join(","));
  address.searchParams.set("redirect_uri", client.redirectUri);
  address.searchParams.set("state", state);
  // No grant_options[]: left out it means an offline token; `per-user` would end after a day.
  return address;
}

function readCallback(query: string, client: OAuthClient, now: Date): CallbackReading {
  const signed = readSignedQuery(query, client.clientSecret, now);
  if (!signed.ok) {
    // Shopify documents no refusal; one in the standard's words harms nobody, for only we know the state.
    const values = new URLSearchParams(query);
    const state = values.get("state");
    if (values.has("error") && !values.has("code") && state !== null)
      return { kind: "declined", state, problem: { code: "shopify.consentRefused" } };
    return { kind: "refused", status: signed.status, problem: signed.problem };
  }
  const { values } = signed;
  const shop = values.get("shop") ?? "";
  if (!isShop(shop)) return { kind: "refused", status: 400, problem: { code: "shopify.notAShop" } };
  const state = values.get("state") ?? "";
  if (state === "") return { kind: "refused", status: 403, problem: { code: "shopify.callbackForged" } };
  if (values.has("error")) return { kind: "declined", state, problem: { code: "shopify.consentRefused" } };
  const code = values.get("code") ?? "";
  if (code === "") return { kind: "refused", status: 400, problem: { code: "shopify.callbackForged" } };
  return { kind: "granted", state, code, claims: { shop } };
}

async function exchange(outbound: Outbound, given: ExchangeRequest): Promise<Tokens> {
  const shop = shopOf(given.params);
  const at = tokenEndpoint(outbound, shop, given, codeRefused);
  const answer = await exchangeCode({ ...at, extra: { expiring: "1" } }, given.code, null);
  return tokensFrom(answer, shop, given.now);
}

async function refresh(outbound: Outbound, given: RefreshRequest): Promise<Tokens> {
  const shop = shopOf({ shop: given.login.key });
  const held = given.credential["refreshToken"];
  if (held === undefined) throw revoked("shopify.noRefreshToken", "The shop gave no refresh token");
  return tokensFrom(await refreshTokens(tokenEndpoint(outbound, shop, given, refreshRefused), held), shop, given.now);
}

function tokenEndpoint(
  outbound: Outbound,
  shop: string,
  given: { client: OAuthClient; signal: AbortSignal },
  refused: (refusal: TokenRefusal) => SourceFailure,
) {
  const url = new URL(`https://${shop}/admin/oauth/access_token`);
  return { outbound, url, writes: "json" as const, hosts: [shop], client: given.client, signal: given.signal, refused };
}

function tokensFrom(answer: TokenAnswer, shop: string, now: Date): Tokens {
  const after = (seconds: number | null) => (seconds === null ? null : laterBy(now, seconds * 1000));
  const rotates = answer.refreshToken !== null;
  return {
    login: { key: shop, details: {} },
    credential: {
      accessToken: answer.accessToken,
      ...(answer.refreshToken === null ? {} : { refreshToken: answer.refreshToken }),
    },
    scopes: readScopeList(answer.scope ?? ""),
    accessExpiresAt: rotates ? after(answer.expiresInSeconds ?? HOUR_SECONDS) : after(answer.expiresInSeconds),
    endsAt: after(answer.refreshExpiresInSeconds),
  };
}

function codeRefused(refusal: TokenRefusal): SourceFailure {
  if (refusal.error === "invalid_client") return ourClient(refusal.said);
  if (isPassing(refusal.status)) return passing(refusal.said);
  return revoked("shopify.codeRefused", refusal.said);
}

function refreshRefused(refusal: TokenRefusal): SourceFailure {
  if (refusal.error === "invalid_client") return ourClient(refusal.said);
  if (refusal.status === 404)
    return new SourceFailure({ class: "gone", what: "account", code: "shopify.storeGone", said: refusal.said });
  if (isPassing(refusal.status)) return passing(refusal.said);
  // A frozen store says so here too: a token lives an hour, so every look at it begins with a refresh.
  return closedStore(refusal.status, refusal.said) ?? revoked("shopify.refreshRefused", refusal.said);
}

/** 520, 430 and their kind are Shopify's edge; the refresh token stays good and is tried again. */
function isPassing(status: number): boolean {
  return status >= 500 || status === 429 || status === 430 || status === 408 || (status >= 300 && status < 400);
}

function passing(said: string): SourceFailure {
  return new SourceFailure({ class: "transient", code: "shopify.tokenTrouble", said });
}

function revoked(code: string, said: string): SourceFailure {
  return new SourceFailure({ class: "reauthorize", why: "revoked", code, said });
}

function ourClient(said: string): SourceFailure {
  return new SourceFailure({
    class: "permission",
    lacks: "app",
    curedBy: "operator",
    code: "shopify.appRefused",
    said,
  });
}

/** The name goes into an address: checked again where that happens. */
function shopOf(params: Params): string {
  const shop = params["shop"] ?? "";
  if (!isShop(shop)) throw new Error("not the name of a shop"); // readTyped and readCallback let no other through
  return shop;
}

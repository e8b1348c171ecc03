import { describe, expect, test } from "vitest";
import type { Failure } from "../failure.ts";
import { failureOf } from "../testing/failure-of.ts";
import type { Outbound, OutboundRequest } from "../outbound/outbound.ts";
import { scriptedAnswer, type Scripted } from "../testing/scripted.ts";
import { shopifyAuthorization as oauth } from "./authorization.ts";
import { signatureOf } from "./query-hmac.ts";

const client = {
  clientId: "our-app",
  clientSecret: "hush",
  redirectUri: "https://app.example.com/oauth/shopify/callback",
};
const now = new Date("2026-11-20T12:00:00Z");
const signal = new AbortController().signal;
const pair = {
  access_token: "shpat_one",
  scope: "read_orders,write_customers",
  expires_in: 3600,
  refresh_token: "shprt_one",
  refresh_token_expires_in: 7_776_000,
};

function outboundOf(scripted: Scripted | Error): Outbound & { readonly sent: OutboundRequest[] } {
  const sent: OutboundRequest[] = [];
  return {
    sent,
    send: async (request) => {
      sent.push(request);
      if (scripted instanceof Error) throw scripted;
      return scriptedAnswer(scripted);
    },
    browserAddress: (address) => address.href,
    close: async () => {},
  };
}
const json = (body: object, status = 200): Scripted => ({ status, body: JSON.stringify(body) });

const exchange = (outbound: Outbound) =>
  oauth.exchange(outbound, {
    client,
    params: { shop: "tea.myshopify.com" },
    claims: { shop: "tea.myshopify.com" },
    code: "c0de",
    codeVerifier: null,
    now,
    signal,
  });
const login = { key: "tea.myshopify.com", details: {} };
const refresh = (
  outbound: Outbound,
  credential: Record<string, string> = { accessToken: "shpat_one", refreshToken: "shprt_one" },
) => oauth.refresh?.(outbound, { client, login, credential, now, signal }) ?? Promise.reject(new Error("no refresh"));

function callback(values: Record<string, string>): string {
  const pairs = Object.entries({ timestamp: String(now.getTime() / 1000), ...values });
  return [...pairs, ["hmac", signatureOf(pairs, client.clientSecret)]]
    .map(([n = "", v = ""]) => `${n}=${encodeURIComponent(v)}`)
    .join("&");
}

describe("consent", () => {
  test("is asked for at the shop itself, offline, with what is required and what was agreed to", () => {
    const address = oauth.consentAddress({
      client,
      params: { shop: "tea.myshopify.com" },
      state: "s/t+",
      codeChallenge: null,
      scopes: ["read_customers"],
    });
    expect(address.origin + address.pathname).toBe("https://tea.myshopify.com/admin/oauth/authorize");
    expect(Object.fromEntries(address.searchParams)).toEqual({
      client_id: "our-app",
      scope: "read_orders,read_customers",
      redirect_uri: client.redirectUri,
      state: "s/t+",
    });
  });

  test("cannot be sent to a place that is no shop", () => {
    expect(() =>
      oauth.consentAddress({ client, params: { shop: "evil.org/" }, state: "s", codeChallenge: null, scopes: [] }),
    ).toThrow();
  });

  test("comes back signed, with the shop that signed it", () => {
    const query = callback({ code: "c0de", shop: "tea.myshopify.com", state: "st4te", host: "YWJj" });
    expect(oauth.readCallback(query, client, now)).toEqual({
      kind: "granted",
      code: "c0de",
      state: "st4te",
      claims: { shop: "tea.myshopify.com" },
    });
    expect(oauth.isFrom({ shop: "tea.myshopify.com" }, { shop: "tea.myshopify.com" })).toBe(true);
    expect(oauth.isFrom({ shop: "evil.myshopify.com" }, { shop: "tea.myshopify.com" })).toBe(false);
    expect(oauth.isFrom({}, {})).toBe(false);
  });

  test.each([
    ["forged", callback({ code: "c", shop: "tea.myshopify.com", state: "s" }).replace("tea", "eve"), 401],
    ["stale", callback({ code: "c", shop: "tea.myshopify.com", state: "s", timestamp: "1700000000" }), 401],
    ["from no shop, though signed", callback({ code: "c", shop: "evil.org", state: "s" }), 400],
    ["without a state, though signed", callback({ code: "c", shop: "tea.myshopify.com" }), 403],
    ["without a code, though signed", callback({ shop: "tea.myshopify.com", state: "s" }), 400],
    ["empty", "", 401],
  ])("that is %s is refused", (_what, query, status) => {
    expect(oauth.readCallback(query, client, now)).toMatchObject({ kind: "refused", status });
  });

  test("that was declined is no forgery", () => {
    expect(oauth.readCallback("error=access_denied&state=s", client, now)).toMatchObject({
      kind: "declined",
      state: "s",
    });
    expect(
      oauth.readCallback(callback({ error: "access_denied", state: "s", shop: "tea.myshopify.com" }), client, now),
    ).toMatchObject({ kind: "declined" });
  });

  test("may begin at Shopify: a signed install link names its shop, another names none", () => {
    const link = callback({ shop: "tea.myshopify.com" });
    expect(oauth.readInstallLink?.(link, client, now)).toEqual({ shop: "tea.myshopify.com" });
    expect(oauth.readInstallLink?.(link.replace("tea", "eve"), client, now)).toBeNull();
  });
});

describe("a code", () => {
  test("becomes an expiring, rotating pair; a write scope grants its read scope", async () => {
    const outbound = outboundOf(json(pair));
    expect(await exchange(outbound)).toEqual({
      login,
      credential: { accessToken: "shpat_one", refreshToken: "shprt_one" },
      scopes: ["read_customers", "read_orders", "write_customers"],
      accessExpiresAt: new Date("2026-11-20T13:00:00Z"),
      endsAt: new Date("2027-02-18T12:00:00Z"),
    });
    const [request] = outbound.sent;
    expect(request).toMatchObject({
      method: "POST",
      url: "https://tea.myshopify.com/admin/oauth/access_token",
      hosts: ["tea.myshopify.com"],
    });
    expect(JSON.parse(request?.body ?? "")).toMatchObject({
      client_id: "our-app",
      client_secret: "hush",
      code: "c0de",
      expiring: "1",
    });
    expect(request?.headers?.["content-type"]).toBe("application/json");
    expect(request?.headers?.["accept"]).toContain("json");
  });

  test.each<[string, Scripted, Partial<Failure>]>([
    [
      "used before",
      json(
        { error: "invalid_request", error_description: "The authorization code was not found or was already used" },
        400,
      ),
      { class: "reauthorize", code: "shopify.codeRefused" },
    ],
    ["of another app", json({ error: "invalid_client" }, 401), { class: "permission", code: "shopify.appRefused" }],
    [
      "met by a page of HTML",
      { status: 400, headers: { "content-type": "text/html" }, body: "<html>Oops" },
      { class: "reauthorize" },
    ],
    ["met by trouble", { status: 520, body: "" }, { class: "transient" }],
    ["met by HTML with 200", { body: "<html>" }, { class: "transient", code: "oauth.notTokens" }],
    ["met by JSON without a token", json({ ok: true }), { class: "transient", code: "oauth.notTokens" }],
  ])("%s is refused as what it is", async (_what, scripted, expected) => {
    expect(await failureOf(exchange(outboundOf(scripted)))).toMatchObject(expected);
  });
});

describe("a refresh", () => {
  test("rotates both tokens", async () => {
    const outbound = outboundOf(json({ ...pair, access_token: "shpat_two", refresh_token: "shprt_two" }));
    expect((await refresh(outbound)).credential).toEqual({ accessToken: "shpat_two", refreshToken: "shprt_two" });
    expect(JSON.parse(outbound.sent[0]?.body ?? "")).toMatchObject({
      grant_type: "refresh_token",
      refresh_token: "shprt_one",
    });
  });

  test.each([
    ["leaves its life out", { expires_in: undefined }, "2026-11-20T13:00:00.000Z"],
    ["gives its life as text", { expires_in: "1800" }, "2026-11-20T12:30:00.000Z"],
    ["gives a life of nothing", { expires_in: 0 }, "2026-11-20T13:00:00.000Z"],
    ["gives a token type of its own", { token_type: "Offline" }, "2026-11-20T13:00:00.000Z"],
    ["says null of what it has not", { id_token: null, token_type: null, scope: null }, "2026-11-20T13:00:00.000Z"],
    ["has a token that we never asked for", { id_token: "x" }, "2026-11-20T13:00:00.000Z"],
  ])("whose answer %s is taken all the same", async (_what, change, until) => {
    const tokens = await refresh(outboundOf(json({ ...pair, ...change })));
    expect(tokens.accessExpiresAt?.toISOString()).toBe(until);
  });

  test("whose answer names no new refresh token keeps the one that it was asked with", async () => {
    const { refresh_token: _none, refresh_token_expires_in: _end, ...alone } = pair;
    const tokens = await refresh(outboundOf(json({ ...alone, access_token: "shpat_two" })));
    expect(tokens.credential).toEqual({ accessToken: "shpat_two", refreshToken: "shprt_one" });
    expect(tokens.accessExpiresAt?.toISOString()).toBe("2026-11-20T13:00:00.000Z");
  });

  test.each(["1.8e3", '1800.0,"shop":12345678901234567'])("may write its life as %s", async (seconds) => {
    const tokens = await refresh(outboundOf({ body: `{"access_token":"shpat_two","expires_in":${seconds}}` }));
    expect(tokens.accessExpiresAt?.toISOString()).toBe("2026-11-20T12:30:00.000Z");
  });

  test("whose answer is a form is taken all the same", async () => {
    const form = new URLSearchParams({ access_token: "shpat_two", refresh_token: "shprt_two", expires_in: "1800" });
    const tokens = await refresh(outboundOf({ body: `${form.toString()}\n` }));
    expect(tokens.credential).toEqual({ accessToken: "shpat_two", refreshToken: "shprt_two" });
    expect(tokens.accessExpiresAt?.toISOString()).toBe("2026-11-20T12:30:00.000Z");
  });
});

describe("a refused refresh", () => {
  test.each<[string, Scripted, Partial<Failure>]>([
    [
      "dead",
      json({ error: "invalid_request", error_description: "This request requires an active refresh_token" }, 401),
      { class: "reauthorize", why: "revoked", code: "shopify.refreshRefused" },
    ],
    ["dead, and told so with 200", json({ error: "invalid_grant" }), { class: "reauthorize", why: "revoked" }],
    ["dead in the standard's words", json({ error: "invalid_grant" }, 400), { class: "reauthorize" }],
    ["of a shop that is gone", { status: 404, body: '{"errors":"Not Found"}' }, { class: "gone", what: "account" }],
    ["lost in a 5xx", { status: 503, body: "" }, { class: "transient", code: "shopify.tokenTrouble" }],
    ["lost at the edge", { status: 520, body: "<html>" }, { class: "transient" }],
    ["held back", { status: 429, body: "" }, { class: "transient" }],
    ["turned away at the edge", { status: 430, body: "<html>Shopify Security Rejection" }, { class: "transient" }],
    ["of a frozen shop", { status: 402, body: "<html>" }, { curedBy: "source", code: "shopify.storeFrozen" }],
    [
      "of a locked shop",
      json({ errors: "This shop is unavailable" }, 423),
      { curedBy: "source", code: "shopify.storeFrozen" },
    ],
    [
      "of a blocked shop",
      json({ errors: "User does not have access" }, 403),
      { curedBy: "source", code: "shopify.storeBlocked" },
    ],
    ["forbidden without a reason", { status: 403, body: "<html>" }, { class: "reauthorize", why: "revoked" }],
    ["of a refused app", json({ error: "invalid_client" }, 401), { class: "permission", curedBy: "operator" }],
  ])("%s says so", async (_what, scripted, expected) => {
    expect(await failureOf(refresh(outboundOf(scripted)))).toMatchObject(expected);
  });

  test("without a refresh token is not tried", async () => {
    const outbound = outboundOf(json(pair));
    expect(await failureOf(refresh(outbound, { accessToken: "shpat_one" }))).toMatchObject({ class: "reauthorize" });
    expect(outbound.sent).toEqual([]);
  });

  test("says nothing secret when it fails", async () => {
    const failure = await failureOf(
      refresh(outboundOf({ status: 400, body: '{"error":"x","error_description":"bad shprt_one hush"}' })),
    );
    expect(failure.said).not.toMatch(/shprt_one/);
  });
});

// Every row of the error table, as Shopify sends it, through the call that meets it.
import { describe, expect, test } from "vitest";
import type { Failure } from "../failure.ts";
import { failureOf } from "../testing/failure-of.ts";
import { makeScriptedSession, type Scripted } from "../testing/scripted.ts";
import { callShop, type Result } from "./api.ts";

const now = new Date("2026-11-20T12:00:00Z");
const call = { query: "{ shop { id } }", cost: 1, purpose: "test" };

const failureFrom = (scripted: Scripted): Promise<Failure> =>
  failureOf(
    callShop(
      makeScriptedSession(() => scripted, { now: () => now }),
      call,
    ),
  );

const graphql = (error: object, more: object = {}): Scripted => ({
  body: JSON.stringify({ errors: [error], ...more }),
});
const errors = (status: number, said: string): Scripted => ({ status, body: JSON.stringify({ errors: said }) });
const bucket = (requested: number, available: number) => ({
  extensions: {
    cost: {
      requestedQueryCost: requested,
      actualQueryCost: null,
      throttleStatus: { maximumAvailable: 2000, currentlyAvailable: available, restoreRate: 100 },
    },
  },
});

const rows: readonly [string, Scripted, Partial<Record<string, unknown>>][] = [
  [
    "a dead token",
    errors(401, "[API] Invalid API key or access token (unrecognized login or wrong password)"),
    { class: "reauthorize", why: "expired", code: "shopify.tokenRefused" },
  ],
  [
    "a token that never expires",
    errors(
      403,
      "[API] Non-expiring access tokens are no longer accepted for the Admin API. Start using expiring offline tokens.",
    ),
    { class: "reauthorize", why: "revoked", code: "shopify.tokenNeverExpires" },
  ],
  [
    "a scope that the merchant has not approved",
    errors(403, "[API] This action requires merchant approval for read_orders scope."),
    { class: "permission", lacks: "read_orders", curedBy: "grant" },
  ],
  ["a limit without its code", graphql({ message: "Throttled" }), { class: "rate_limit" }],
  [
    "trouble without its code",
    graphql({ message: "Internal error. Looks like something went wrong on our end." }),
    { class: "transient" },
  ],
  [
    "trouble under a code of its own",
    graphql({ message: "Timeout", extensions: { code: "TIMEOUT" } }),
    { class: "transient", code: "shopify.trouble" },
  ],
  [
    "a denial without its code",
    graphql({ message: "Access denied for orders field. Required access: `read_orders` access scope." }),
    { class: "permission", lacks: "read_orders" },
  ],
  [
    "a denied root field",
    graphql(
      {
        message: "Access denied for orders field. Required access: `read_orders` access scope.",
        extensions: { code: "ACCESS_DENIED", documentation: "https://shopify.dev/api/usage/access-scopes" },
        path: ["orders"],
      },
      { data: { orders: null } },
    ),
    { class: "permission", lacks: "read_orders", curedBy: "grant" },
  ],
  [
    "a denied root field with no data at all",
    graphql(
      {
        message: "Access denied for orders field. Required access: `read_orders` access scope.",
        extensions: { code: "ACCESS_DENIED" },
        path: ["orders"],
      },
      { data: null },
    ),
    { class: "permission", lacks: "read_orders", curedBy: "grant" },
  ],
  [
    "customers without the approval for their data",
    graphql(
      {
        message: "This app is not approved to access the Customer object.",
        path: ["customers"],
        extensions: { code: "ACCESS_DENIED" },
      },
      { data: { customers: null } },
    ),
    { class: "permission", lacks: "customerData", curedBy: "operator" },
  ],
  [
    "an empty bucket",
    graphql({ message: "Throttled", extensions: { code: "THROTTLED" } }, bucket(502, 12)),
    // (502 - 12) / 100 a second
    { class: "rate_limit", retryAt: "2026-11-20T12:00:04.900Z" },
  ],
  [
    "the edge's own limit",
    { status: 429, body: "slow down" },
    { class: "rate_limit", retryAt: "2026-11-20T12:00:02.000Z" },
  ],
  [
    "the edge's limit with a time",
    { status: 429, headers: { "retry-after": "7" }, body: "" },
    { class: "rate_limit", retryAt: "2026-11-20T12:00:07.000Z" },
  ],
  [
    "the edge's limit with an absurd time",
    { status: 429, headers: { "retry-after": "31536000" }, body: "" },
    { class: "rate_limit", retryAt: "2026-11-20T13:00:00.000Z", said: expect.stringContaining("31536000") },
  ],
  [
    "a query too large",
    graphql({ message: "Query cost is 2003", extensions: { code: "MAX_COST_EXCEEDED", cost: 2003, maxCost: 1000 } }),
    { class: "invalid_request", code: "shopify.queryTooCostly" },
  ],
  [
    "a field that does not exist",
    graphql({
      message: "Field 'feeDetails' doesn't exist on type 'QueryRoot'",
      extensions: { code: "undefinedField" },
    }),
    { class: "invalid_request", code: "shopify.queryRefused" },
  ],
  [
    "no query",
    { status: 400, body: '{"errors":{"query":"Required parameter missing or invalid"}}' },
    { class: "invalid_request", code: "shopify.badRequest" },
  ],
  [
    "a page cursor that has expired",
    graphql({ message: "Invalid cursor for current pagination sort.", path: ["orders"] }),
    { class: "invalid_request", code: "shopify.cursorRefused" },
  ],
  [
    "an error of Shopify's own",
    graphql({
      message: "Internal error. Looks like something went wrong on our end. Request ID: 1-2",
      extensions: { code: "INTERNAL_SERVER_ERROR" },
    }),
    { class: "transient", code: "shopify.trouble" },
  ],
  ["500", errors(500, "Internal Server Error"), { class: "transient" }],
  ["502 as HTML", { status: 502, body: "<html>Bad gateway</html>" }, { class: "transient" }],
  [
    "503 with a time",
    { status: 503, headers: { "retry-after": "20" }, body: "" },
    { class: "transient", retryAt: "2026-11-20T12:00:20.000Z" },
  ],
  ["504", { status: 504, body: "" }, { class: "transient" }],
  [
    "430, the edge's own suspicion",
    { status: 430, body: "<html>Shopify Security Rejection</html>" },
    { class: "transient", code: "shopify.trouble" },
  ],
  ["520", { status: 520, body: "" }, { class: "transient" }],
  ["a redirect", { status: 302, headers: { location: "https://evil.example.org" }, body: "" }, { class: "transient" }],
  [
    "an unpaid store",
    errors(402, "This shop's plan does not have access to this feature"),
    { class: "permission", curedBy: "source", code: "shopify.storeFrozen" },
  ],
  [
    "a locked store",
    errors(423, "This shop is unavailable"),
    { class: "permission", curedBy: "source", code: "shopify.storeFrozen" },
  ],
  [
    "an inactive store",
    graphql({ message: "The shop is inactive", extensions: { code: "SHOP_INACTIVE" } }),
    { class: "permission", curedBy: "source", code: "shopify.storeFrozen" },
  ],
  [
    "a store marked fraudulent",
    errors(403, "User does not have access"),
    { class: "permission", curedBy: "source", code: "shopify.storeBlocked" },
  ],
  ["a store that is no more", errors(404, "Not Found"), { class: "gone", what: "account", code: "shopify.storeGone" }],
  [
    "a page of HTML with 200",
    { headers: { "content-type": "text/html" }, body: "<!doctype html><p>captcha" },
    { class: "transient", code: "shopify.notGraphql" },
  ],
  ["an empty body with 200", { body: "" }, { class: "transient", code: "shopify.notGraphql" }],
  [
    "half a document",
    { body: '{"data":{"orders":{"nodes":[{"id":"gid' },
    { class: "transient", code: "shopify.notGraphql" },
  ],
  ["JSON that is no answer", { body: "[1,2]" }, { class: "transient", code: "shopify.notGraphql" }],
  ["data that is null without a word", { body: '{"data":null}' }, { class: "transient", code: "shopify.notGraphql" }],
  ["a text where errors should be", { body: '{"errors":"Something broke"}' }, { class: "invalid_request" }],
];

describe("an answer of Shopify", () => {
  test.each(rows)("%s", async (_what, scripted, expected) => {
    expect(await failureFrom(scripted)).toMatchObject(expected);
  });

  test("with a denial deep inside is kept, and the gap is told", async () => {
    const body = JSON.stringify({
      data: { order: { id: "gid://shopify/Order/1", customer: null } },
      errors: [
        {
          message: "This app is not approved to access the Customer object. See ..customer_data",
          path: ["order", "customer"],
          extensions: { code: "ACCESS_DENIED" },
        },
      ],
    });
    const result: Result = await callShop(
      makeScriptedSession(() => ({ body })),
      call,
    );
    expect(result.data).toEqual({ order: { id: "gid://shopify/Order/1", customer: null } });
    expect(result.notices).toEqual([{ code: "shopify.customerData" }]);
  });

  test("that another version gave says so, and its bucket is passed on", async () => {
    const session = makeScriptedSession(() => ({
      headers: { "x-shopify-api-version": "2027-01" },
      body: JSON.stringify({ data: { shop: {} }, ...bucket(1, 1999) }),
    }));
    const { notices }: Result = await callShop(session, call);
    const values = { asked: "2026-10", answered: "2027-01" };
    expect(notices).toEqual([{ code: "shopify.anotherVersion", values }]);
    expect(session.readings).toEqual([{ available: 1999, maximum: 2000, restorePerSecond: 100 }]);
  });

  test("tells of its bucket in whatever way numbers are written", async () => {
    const cost = `{"requestedQueryCost":502.0,"throttleStatus":{"maximumAvailable":2000.0,"currentlyAvailable":"2","restoreRate":1e2}}`;
    const body = `{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}],"extensions":{"cost":${cost}}}`;
    const session = makeScriptedSession(() => ({ body }), { now: () => now });
    expect(await failureOf(callShop(session, call))).toMatchObject({ retryAt: "2026-11-20T12:00:05.000Z" });
    expect(session.readings).toEqual([{ available: 2, maximum: 2000, restorePerSecond: 100 }]);
  });

  test("is told in the provider's words without anything secret, and in 200 characters at most", async () => {
    const secrets = "shpat_0123456789abcdef shprt_aabbccddeeff ananya@monsoonandmoss.in Bearer abc.def.ghi";
    const { said } = await failureFrom({ status: 500, body: `${secrets} ${"x".repeat(5000)}` });
    expect(said).not.toMatch(/0123456789|aabbcc|ananya|abc\.def/);
    expect(said.length).toBeLessThanOrEqual(200);
  });
});

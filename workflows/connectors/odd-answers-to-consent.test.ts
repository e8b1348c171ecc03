// What a source says while it is being connected, or a token renewed or looked at, may be anything too: nothing but a
// `SourceFailure` comes of it.
import * as fc from "fast-check";
import { test } from "vitest";
import { isSourceFailure } from "./failure.ts";
import { klaviyoKey } from "./klaviyo/key.ts";
import { inspectGrant, metaAdsAuthorization } from "./meta-ads/authorization.ts";
import { metaAdsKey } from "./meta-ads/key.ts";
import type { Outbound } from "./outbound/outbound.ts";
import { shopifyAuthorization } from "./shopify/authorization.ts";
import { outboundThat } from "./testing/answer.ts";
import { scriptedAnswer } from "./testing/scripted.ts";

const client = { clientId: "1", clientSecret: "hush", redirectUri: "https://app.example/oauth/x/callback" };
const given = { client, now: new Date("2026-11-20T12:00:00Z"), signal: new AbortController().signal };
const consent = { ...given, params: { shop: "tea.myshopify.com" }, claims: {}, code: "AQ", codeVerifier: "v" };
const held = { login: { key: "tea.myshopify.com", details: {} }, credential: { accessToken: "a", refreshToken: "r" } };
const trial = { ...given, params: { token: "EAA1234567890", key: "pk_1" }, app: client };

const uses: readonly [string, (outbound: Outbound) => Promise<unknown>][] = [
  ["a code of Shopify", (outbound) => shopifyAuthorization.exchange(outbound, consent)],
  ["a refresh of Shopify", async (outbound) => shopifyAuthorization.refresh?.(outbound, { ...given, ...held })],
  ["a code of Meta", (outbound) => metaAdsAuthorization.exchange(outbound, consent)],
  ["a look at a token of Meta", (outbound) => inspectGrant(outbound, { ...given, ...held })],
  ["a pasted token of Meta", (outbound) => metaAdsKey.probe(outbound, trial)],
  ["a pasted key of Klaviyo", (outbound) => klaviyoKey.probe(outbound, trial)],
];

const NAMES =
  "access_token refresh_token expires_in refresh_token_expires_in token_type id_token scope error error_description errors data " +
  "app_id is_valid user_id scopes granular_scopes expires_at data_access_expires_at id name code body attributes";
const odd = fc.oneof(
  fc.constantFrom("1", 1, null, true, "", "x", -1, "9e99", "99999999999999999999"),
  fc.constantFrom([], [null], ["ads_read"], [{ scope: 1 }], {}, { data: {} }),
  fc.jsonValue({ maxDepth: 2 }),
);
const object = fc.dictionary(fc.constantFrom(...NAMES.split(" ")), odd);
const shaped = fc.oneof(
  object,
  object.map((data) => ({ data })),
  object.map((error) => ({ error })),
  object.map((attributes) => ({ data: [{ type: "account", id: "AbC123", attributes }] })),
  object.map((data) => [{ code: 200, body: JSON.stringify({ data }) }]),
);
const body = fc.oneof(
  shaped.map((value) => JSON.stringify(value)),
  fc.constantFrom("", "<html>", "access_token=x&expires=y", "\ufeff{}", '{"access_token":"EAAx","expires_in":1e400}'),
);
const answers = fc.array(
  fc.record({ status: fc.constantFrom(200, 200, 200, 201, 204, 302, 400, 401, 403, 404, 500), body }),
  { minLength: 1, maxLength: 6 },
);

test.each(uses)("%s", async (_what, use) => {
  await fc.assert(
    fc.asyncProperty(answers, async (scripts) => {
      let calls = 0;
      const outbound = outboundThat(() => {
        const script = scripts[Math.min(calls++, scripts.length - 1)];
        return scriptedAnswer(script ?? { body: "" });
      });
      const thrown: unknown = await use(outbound).then(
        () => null,
        (error: unknown) => error,
      );
      if (thrown !== null && !isSourceFailure(thrown)) throw thrown;
    }),
    { numRuns: 300 },
  );
});

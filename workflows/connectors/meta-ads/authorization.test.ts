// Token endpoints and debug_token as Meta writes of them, where they take less than they really do.
import { expect, test } from "vitest";
import type { OutboundRequest } from "../outbound/outbound.ts";
import { answerWith, outboundThat } from "../testing/answer.ts";
import { scriptedAnswer } from "../testing/scripted.ts";
import { inspectGrant, metaAdsAuthorization as oauth } from "./authorization.ts";

const client = { clientId: "12345", clientSecret: "hush", redirectUri: "https://app.example/oauth/meta-ads/callback" };
const state = "s".repeat(64);
const facts = { app_id: 12_345, is_valid: true, expires_at: 1_800_000_000, user_id: "1", scopes: ["public_profile"] };
const granular = { granular_scopes: [{ scope: "ads_read", target_ids: null }] };

function exchange(answers: (request: OutboundRequest, query: URLSearchParams) => ReturnType<typeof answerWith>) {
  const outbound = outboundThat((request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname.endsWith("/me")) return answerWith(200, { id: "1", name: "A\0da \ud83c" });
    if (pathname.endsWith("/debug_token")) return answerWith(200, { data: { ...facts, ...granular } });
    return answers(request, searchParams);
  });
  const signal = new AbortController().signal;
  const now = new Date("2026-11-20T12:00:00Z");
  return oauth.exchange(outbound, { client, params: {}, claims: {}, code: "AQ", codeVerifier: "v", now, signal });
}
const noPost = () => answerWith(400, { error: { code: 100, error_subcode: 33, message: "Unsupported post request." } });

test.each<[string, () => ReturnType<typeof answerWith>]>([
  ["knows no POST", noPost],
  ["has none at that place", () => answerWith(404, null, "text/html")],
  ["does not read what stands in it", () => answerWith(400, { error: { code: 101, message: "Missing client_id" } })],
  [
    "wants it elsewhere",
    () => answerWith(400, { error: { code: 100, message: "The parameter client_id is required" } }),
  ],
  [
    "knows no app without it",
    () => answerWith(400, { error: { code: 101, message: "Error validating application. Invalid application ID." } }),
  ],
  ["knows no client without it", () => answerWith(401, { error: "invalid_client" })],
])("a token endpoint that %s is asked in its address", async (_what, refusal) => {
  const tokens = await exchange(({ method }, query) =>
    method === "POST" ? refusal() : answerWith(200, { access_token: `EAA${query.get("code") ?? "long"}` }),
  );
  expect(tokens).toMatchObject({
    login: { key: "1", details: { name: "A\ufffdda \ufffd" } },
    credential: { accessToken: "EAAlong" },
  });
  expect(tokens.scopes).toEqual(["ads_read", "public_profile"]);
});

const part = (code: number, body: object) => answerWith(200, [{ code, body: JSON.stringify(body) }]);
const whose = { error: { code: 190, type: "OAuthException", message: "Invalid OAuth access token." } };

test.each<[string, () => ReturnType<typeof answerWith>]>([
  ["are not known", noPost],
  ["are refused the app's token", () => answerWith(400, whose)],
  ["are met by something else", () => answerWith(200, { success: true })],
  ["do not have it", () => part(400, { error: { code: 2500, message: "Unknown path components: /debug_token" } })],
  ["are not for it", () => part(400, whose)],
  ["find nothing there", () => answerWith(200, [{ code: 404, body: "Not Found" }])],
])("a token's facts are asked for alone where batches %s", async (_what, refusal) => {
  const tokens = await exchange(({ url }) =>
    url.endsWith("/") ? refusal() : answerWith(200, { access_token: "EAAlong" }),
  );
  expect(tokens.scopes).toEqual(["ads_read", "public_profile"]);
});

test.each<[string, () => ReturnType<typeof answerWith>]>([
  ["a limit", () => answerWith(400, { error: { code: 4, message: "Application request limit reached" } })],
  ["trouble", () => answerWith(500, { error: { code: 2, message: "Service temporarily unavailable" } })],
  ["a part that was not got to", () => answerWith(200, [null])],
])("a batch that is met by %s is no reason to show a token in an address", async (_what, answer) => {
  const sent: string[] = [];
  const failed = exchange(({ url }) => {
    sent.push(url);
    return url.endsWith("/") ? answer() : answerWith(200, { access_token: "EAAlong" });
  });
  await expect(failed).rejects.toMatchObject({ failure: { class: expect.stringMatching(/transient|rate_limit/) } });
  expect(sent.some((url) => url.includes("debug_token"))).toBe(false);
});

test.each(["ads_read,public_profile", "public_profile ads_read"])("scopes may come as one text: %s", async (scopes) => {
  const outbound = outboundThat(() => part(200, { data: { ...facts, scopes } }));
  const given = { client, login: { key: "1", details: {} }, credential: { accessToken: "EAA" } };
  const signal = new AbortController().signal;
  const grant = await inspectGrant(outbound, { ...given, now: new Date("2026-11-20T12:00:00Z"), signal });
  expect(grant.scopes).toEqual(["ads_read", "public_profile"]);
});

test("where Meta refuses the app's own token, nothing is said of the token that it asks about", async () => {
  const outbound = outboundThat(() => answerWith(400, whose));
  const given = { client, login: { key: "1", details: {} }, credential: { accessToken: "EAA" } };
  const signal = new AbortController().signal;
  const looked = inspectGrant(outbound, { ...given, now: new Date("2026-11-20T12:00:00Z"), signal });
  await expect(looked).rejects.toMatchObject({ failure: { class: "invalid_request", code: "meta-ads.appUnknown" } });
});

test("a token may come as a form", async () => {
  const tokens = await exchange(({ url }) =>
    url.endsWith("/") ? noPost() : scriptedAnswer({ body: "access_token=EAAlong&expires=5183944" }),
  );
  expect(tokens.credential).toEqual({ accessToken: "EAAlong" });
});

test("a code that is refused is not shown a second time, in an address", async () => {
  const sent: string[] = [];
  const refused = exchange(({ url }) => {
    sent.push(url);
    return answerWith(400, {
      error: { code: 100, error_subcode: 36_009, message: "This authorization code has been used." },
    });
  });
  await expect(refused).rejects.toMatchObject({ failure: { class: "reauthorize", code: "meta-ads.codeRefused" } });
  expect(sent).toEqual(["https://graph.facebook.com/v26.0/oauth/access_token"]);
});

test.each(["error=access_denied&error_reason=user_denied", "error_code=1349168&error_message=App+Not+Set+Up"])(
  "a refusal is none of a forger: %s",
  (refusal) => {
    expect(oauth.readCallback(`${refusal}&state=${state}`, client, new Date())).toMatchObject({ kind: "declined" });
  },
);

test.each(["AQ1", "AQD-x_".repeat(60)])("a code is taken as it comes: %s", (code) => {
  expect(oauth.readCallback(`code=${code}&state=${state}`, client, new Date())).toMatchObject({
    kind: "granted",
    code,
  });
});

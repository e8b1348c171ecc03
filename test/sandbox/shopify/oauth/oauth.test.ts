import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { authorizeQuery, startTestSandbox, testClient, type TestSandbox } from "../../testing.ts";

const shop = "tokyo-paper.myshopify.com";
let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());

const refresh = (token: string) => sandbox.token(shop, { grant_type: "refresh_token", refresh_token: token });
const shopName = (access: string) => sandbox.graphql(shop, access, "{ shop { name } }");

test("the consent screen leads to the fault desk, in a tab of its own that cannot reach back", async () => {
  const path = `/~/${shop}/admin/oauth/authorize?${authorizeQuery("read_orders").toString()}`;
  const consent = await sandbox.call({ path });
  const [link = "", href = "", rest = ""] = /<a href="([^"]+)"([^>]*)>\s*Fault desk/.exec(consent.text) ?? [];
  expect(link, "a link named Fault desk").not.toBe("");
  expect(rest).toContain('target="_blank"');
  expect(rest).toContain('rel="noopener"');
  const desk = await sandbox.call({ path: new URL(href, `${sandbox.origin}${path}`).pathname });
  expect(desk.status).toBe(200);
  expect(desk.text).toContain("/_desk/faults");
});

describe("the consent screen", () => {
  test("names the shop and every scope that is asked for, with two buttons", async () => {
    const path = `/~/${shop}/admin/oauth/authorize?${authorizeQuery("read_orders,read_customers").toString()}`;
    const reply = await sandbox.call({ path });
    expect(reply.status).toBe(200);
    expect(reply.text).toContain("東京ペーパー");
    for (const scope of ["read_orders", "read_customers"]) expect(reply.text).toContain(`value="${scope}"`);
    expect(reply.text).toMatch(/value="install"[^>]*>\s*Install/);
    expect(reply.text).toMatch(/value="refuse"[^>]*>\s*Refuse/);
  });

  test("answers under the shop's real name in the Host header too", async () => {
    const path = `/admin/oauth/authorize?${authorizeQuery("read_orders").toString()}`;
    expect((await sandbox.call({ host: shop, path })).status).toBe(200);
  });

  test.each([
    ["an unknown client", { client_id: "someone-else" }, "Could not find Shopify API application"],
    ["a redirect that is not registered", { redirect_uri: "https://evil.example/callback" }, "not whitelisted"],
    [
      "a redirect that only begins like a registered one",
      { redirect_uri: `${testClient.redirectUris[0]}/more` },
      "not whitelisted",
    ],
    ["a scope that is none", { scope: "read_orders,everything" }, "The access scope is invalid: everything"],
    ["no scope", { scope: "" }, "The access scope is invalid"],
  ])("refuses %s with a page and no redirect", async (_, change, said) => {
    const query = authorizeQuery("read_orders");
    for (const [name, value] of Object.entries(change)) query.set(name, value);
    const reply = await sandbox.call({ path: `/~/${shop}/admin/oauth/authorize?${query.toString()}` });
    expect(reply.status).toBe(400);
    expect(reply.headers["location"]).toBeUndefined();
    expect(reply.text).toContain(said);
  });

  test("a refusal leads to the list of apps, not back to the app", async () => {
    const path = `/~/${shop}/admin/oauth/authorize?${authorizeQuery("read_orders").toString()}`;
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const reply = await sandbox.call({ path, method: "POST", headers, body: "decision=refuse" });
    expect(reply.status).toBe(200);
    expect(reply.text).toContain("was not installed");
  });

  test("the callback carries code, shop, host, state and a fresh timestamp under a hex hmac", async () => {
    const url = await sandbox.consent(shop, "read_orders");
    const fields = Object.fromEntries(url.searchParams);
    const { hmac, ...rest } = fields;
    const message = Object.keys(rest)
      .toSorted()
      .map((key) => `${key}=${encodeURIComponent(rest[key] ?? "")}`)
      .join("&");
    expect(hmac).toBe(createHmac("sha256", testClient.clientSecret).update(message).digest("hex"));
    expect(fields["state"]).toBe("a-state");
    expect(fields["shop"]).toBe(shop);
    expect(Buffer.from(fields["host"] ?? "", "base64").toString()).toBe("admin.shopify.com/store/tokyo-paper");
    expect(Math.abs(Number(fields["timestamp"]) - Date.now() / 1000)).toBeLessThan(60);
  });

  test("another shop can be taken: the callback names it and the code is good there only", async () => {
    const other = "kathmandu-tea.myshopify.com";
    const url = await sandbox.consent(shop, "read_orders", { other_shop: other });
    expect(url.searchParams.get("shop")).toBe(other);
    const code = url.searchParams.get("code") ?? "";
    expect((await sandbox.token(shop, { code, expiring: "1" })).status).toBe(400);
    expect((await sandbox.token(other, { code, expiring: "1" })).status).toBe(200);
  });

  test("a scope ticked off is missing from the token's scopes", async () => {
    const code =
      (await sandbox.consent(shop, "read_orders,read_customers", { kept: "read_orders" })).searchParams.get("code") ??
      "";
    const reply = await sandbox.token(shop, { code, expiring: "1" });
    expect(JSON.parse(reply.text).scope).toBe("read_orders");
  });
});

describe("tokens", () => {
  test("a code works once", async () => {
    const code = (await sandbox.consent(shop)).searchParams.get("code") ?? "";
    expect((await sandbox.token(shop, { code, expiring: "1" })).status).toBe(200);
    expect((await sandbox.token(shop, { code, expiring: "1" })).status).toBe(400);
  });

  test("expiring tokens live an hour and ninety days", async () => {
    const tokens = await sandbox.install(shop);
    expect(tokens.access_token).toMatch(/^shpat_[0-9a-f]{32}$/);
    expect(tokens.refresh_token).toMatch(/^shprt_[0-9a-f]{32}$/);
    expect([tokens.expires_in, tokens.refresh_token_expires_in]).toEqual([3600, 7_776_000]);
  });

  test("without expiring=1 the token lasts, and every API call is refused with 403", async () => {
    const code = (await sandbox.consent(shop)).searchParams.get("code") ?? "";
    const body = JSON.parse((await sandbox.token(shop, { code })).text);
    expect(Object.keys(body).toSorted()).toEqual(["access_token", "scope"]);
    expect((await shopName(body.access_token))["errors"]).toContain(
      "Non-expiring access tokens are no longer accepted",
    );
  });

  test("a wrong secret gets nothing", async () => {
    const code = (await sandbox.consent(shop)).searchParams.get("code") ?? "";
    expect((await sandbox.token(shop, { code, expiring: "1", client_secret: "guess" })).status).toBe(400);
  });

  test("errors are pages of HTML unless Accept names json", async () => {
    const asPage = await sandbox.token(shop, { code: "no such code" }, "*/*");
    expect(asPage.headers["content-type"]).toContain("text/html");
    const asJson = await sandbox.token(shop, { code: "no such code" });
    expect(JSON.parse(asJson.text).error).toBe("invalid_request");
  });

  test("the token call takes a form as well as JSON", async () => {
    const code = (await sandbox.consent(shop)).searchParams.get("code") ?? "";
    const form = new URLSearchParams({
      client_id: testClient.clientId,
      client_secret: testClient.clientSecret,
      code,
      expiring: "1",
    });
    const headers = { "content-type": "application/x-www-form-urlencoded", accept: "application/json" };
    const reply = await sandbox.call({
      host: shop,
      path: "/admin/oauth/access_token",
      method: "POST",
      headers,
      body: form.toString(),
    });
    expect(reply.status).toBe(200);
  });
});

describe("a refresh", () => {
  test("an expired access token is a 401, and a refresh cures it", async () => {
    const tokens = await sandbox.install(shop);
    await sandbox.desk(`shops/${shop}`, { action: "expireAccess" });
    expect((await shopName(tokens.access_token))["errors"]).toContain("Invalid API key or access token");
    const fresh = JSON.parse((await refresh(tokens.refresh_token)).text);
    expect((await shopName(fresh.access_token))["data"]?.["shop"]?.["name"]).toBe("東京ペーパー");
  });

  test("a refresh turns both tokens and ends the old access token", async () => {
    const tokens = await sandbox.install(shop);
    const fresh = JSON.parse((await refresh(tokens.refresh_token)).text);
    expect(fresh.refresh_token).not.toBe(tokens.refresh_token);
    expect((await shopName(tokens.access_token))["errors"]).toContain("Invalid API key");
  });

  test("since 2026-08-28: the old refresh token works until its replacement is first used", async () => {
    const tokens = await sandbox.install(shop);
    const lost = JSON.parse((await refresh(tokens.refresh_token)).text);
    const again = JSON.parse((await refresh(tokens.refresh_token)).text);
    expect(again.refresh_token).toBe(lost.refresh_token);
    expect((await refresh(again.refresh_token)).status).toBe(200);
    const dead = await refresh(tokens.refresh_token);
    expect(dead.status).toBe(401);
    expect(JSON.parse(dead.text)).toEqual({
      error: "invalid_request",
      error_description: "This request requires an active refresh_token",
    });
  });

  test("the retry ends thirty days after the first use", async () => {
    const own = await startTestSandbox();
    try {
      const tokens = await own.install(shop);
      const form = { grant_type: "refresh_token", refresh_token: tokens.refresh_token };
      expect((await own.token(shop, form)).status).toBe(200);
      await own.desk("clock", { byDays: 29 });
      expect((await own.token(shop, form)).status).toBe(200);
      await own.desk("clock", { byDays: 2 });
      expect((await own.token(shop, form)).status).toBe(401);
    } finally {
      await own.close();
    }
  });

  test("a refresh token dies after ninety days", async () => {
    const own = await startTestSandbox();
    try {
      const tokens = await own.install(shop);
      await own.desk("clock", { byDays: 91 });
      expect((await own.token(shop, { grant_type: "refresh_token", refresh_token: tokens.refresh_token })).status).toBe(
        401,
      );
    } finally {
      await own.close();
    }
  });

  test("with reuse detection on, a spent refresh token takes its family with it, and the reuse is counted", async () => {
    const own = await startTestSandbox();
    try {
      await own.desk("settings", { reuseDetection: "on" });
      const first = await own.install(shop);
      const turn = async (token: string) => own.token(shop, { grant_type: "refresh_token", refresh_token: token });
      const second = JSON.parse((await turn(first.refresh_token)).text);
      const third = JSON.parse((await turn(second.refresh_token)).text);
      expect((await turn(first.refresh_token)).status).toBe(401);
      expect((await turn(third.refresh_token)).status).toBe(401);
      expect((await own.graphql(shop, third.access_token, "{ shop { name } }"))["errors"]).toContain("Invalid API key");
      expect((await own.desk("state"))["seen"]?.["refreshReuses"]).toBe(1);
    } finally {
      await own.close();
    }
  });
});

describe("other grants", () => {
  test("client credentials give a day without a refresh token, on an installed shop only", async () => {
    await sandbox.install(shop);
    const reply = JSON.parse((await sandbox.token(shop, { grant_type: "client_credentials" })).text);
    expect(reply.expires_in).toBe(86_399);
    expect(reply.refresh_token).toBeUndefined();
    expect((await shopName(reply.access_token))["data"]).toBeTruthy();
    expect((await sandbox.token("kuwait-oud.myshopify.com", { grant_type: "client_credentials" })).status).toBe(400);
  });

  test("a token that lasts can be exchanged for a pair, and dies of it", async () => {
    const code = (await sandbox.consent(shop)).searchParams.get("code") ?? "";
    const old = JSON.parse((await sandbox.token(shop, { code })).text);
    const kind = "urn:shopify:params:oauth:token-type:offline-access-token";
    const form = {
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: old.access_token,
      subject_token_type: kind,
      requested_token_type: kind,
      expiring: "1",
    };
    const fresh = JSON.parse((await sandbox.token(shop, form)).text);
    expect((await shopName(fresh.access_token))["data"]).toBeTruthy();
    expect((await shopName(old.access_token))["errors"]).toContain("Invalid API key");
    expect((await sandbox.token(shop, form)).status).toBe(200);
  });
});

describe("the end of an install", () => {
  test("the legacy revoke answers 200 and every token is dead", async () => {
    const tokens = await sandbox.install(shop);
    const headers = { "x-shopify-access-token": tokens.access_token };
    const reply = await sandbox.call({
      host: shop,
      method: "DELETE",
      path: "/admin/api_permissions/current.json",
      headers,
    });
    expect(reply.status).toBe(200);
    expect((await shopName(tokens.access_token))["errors"]).toContain("Invalid API key");
    expect((await refresh(tokens.refresh_token)).status).toBe(401);
  });

  test("appUninstall does the same", async () => {
    const tokens = await sandbox.install(shop);
    const reply = await sandbox.graphql(
      shop,
      tokens.access_token,
      "mutation { appUninstall { app { id } userErrors { code field message } } }",
    );
    expect(reply["data"]?.["appUninstall"]?.["userErrors"]).toEqual([]);
    expect((await refresh(tokens.refresh_token)).status).toBe(401);
  });

  test("access scopes are listed for the token's own install", async () => {
    const tokens = await sandbox.install(shop, "read_orders,write_products");
    const headers = { "x-shopify-access-token": tokens.access_token };
    const reply = await sandbox.json({ host: shop, path: "/admin/oauth/access_scopes.json", headers });
    expect(reply["access_scopes"]).toEqual([{ handle: "read_orders" }, { handle: "write_products" }]);
  });
});

// Whether Meta's twin is as strict as Meta: what it refuses, what it says of its limits, and what it does not say.
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { items, startTestSandbox, testClients, words, type Json, type Reply, type TestSandbox } from "../testing.ts";
import { addDays, dayIn } from "./seed/days.ts";

const client = testClients["meta-ads"] ?? { clientId: "", clientSecret: "", redirectUris: [] };
const redirectUri = client.redirectUris[0] ?? "";
const priya = "10220000000000101";
const us = "act_101000000000002";
const form = { "content-type": "application/x-www-form-urlencoded" };
let sandbox: TestSandbox;
let token = "";
beforeAll(async () => {
  sandbox = await startTestSandbox();
  token = await tokenOf();
});
afterAll(() => sandbox.close());

async function tokenOf(on: TestSandbox = sandbox): Promise<string> {
  const query = new URLSearchParams({
    client_id: client.clientId,
    redirect_uri: redirectUri,
    state: "s",
    response_type: "code",
    scope: "ads_read",
  });
  const body = new URLSearchParams({ decision: "allow", person: priya, scope_kept: "ads_read" }).toString();
  const path = `/~/www.facebook.com/v26.0/dialog/oauth?${query.toString()}`;
  const reply = await on.call({ method: "POST", path, headers: form, body });
  const code = new URL(String(reply.headers["location"])).searchParams.get("code") ?? "";
  const app = { client_id: client.clientId, client_secret: client.clientSecret, redirect_uri: redirectUri, code };
  const answer = await on.call({
    host: "graph.facebook.com",
    path: `/v26.0/oauth/access_token?${new URLSearchParams(app).toString()}`,
  });
  return words(parsed(answer)["access_token"]);
}
const parsed = (reply: Reply): Json => JSON.parse(reply.text);
const proofOf = (text: string): string => createHmac("sha256", client.clientSecret).update(text).digest("hex");

const ask = (path: string, params: Readonly<Record<string, string>> = {}, method = "GET") => {
  const all = new URLSearchParams({ ...params, appsecret_proof: proofOf(token) }).toString();
  const isForm = method === "POST";
  return sandbox.call({
    host: "graph.facebook.com",
    method,
    path: `${path}${isForm ? "" : `?${all}`}`,
    headers: { authorization: `Bearer ${token}`, ...(isForm ? form : {}) },
    ...(isForm ? { body: all } : {}),
  });
};
const errorIn = (reply: Reply): [Json | undefined, Json | undefined] => {
  const error = parsed(reply)["error"];
  return [error?.["code"], error?.["error_subcode"]];
};
const day = (back: number): string => addDays(dayIn("America/New_York", Date.now()), -back);
const range = (from: number, to: number): string => JSON.stringify({ since: day(from), until: day(to) });

describe("what it refuses", () => {
  test.each([
    ["a version that is gone", "/v21.0/me", {}, [2635, undefined]],
    ["a version that is not there yet", "/v99.0/me", {}, [2500, undefined]],
    ["a node that is nobody's", "/v26.0/act_5555555", {}, [100, 33]],
    [
      "a field that is none",
      `/v26.0/${us}/insights`,
      { fields: "spend,magic", time_range: range(3, 1) },
      [100, undefined],
    ],
    ["a range that ends before it begins", `/v26.0/${us}/insights`, { time_range: range(1, 3) }, [100, 1_487_852]],
    ["days beyond 37 months", `/v26.0/${us}/insights`, { time_range: range(1_300, 1_299) }, [3018, undefined]],
    [
      "a window that is none",
      `/v26.0/${us}/insights`,
      { time_range: range(3, 1), action_attribution_windows: '["9d_click"]' },
      [100, undefined],
    ],
    [
      "too much at once",
      `/v26.0/${us}/insights`,
      { level: "ad", time_increment: "1", time_range: range(200, 1) },
      [100, 1_504_018],
    ],
    ["a cursor that is none", `/v26.0/${us}/insights`, { time_range: range(3, 1), after: "zzz" }, [100, undefined]],
  ] as const)("%s", async (_, path, params, error) => {
    expect(errorIn(await ask(path, params))).toEqual(error);
  });

  test("a call without its proof, with a wrong one, without a token, with another's", async () => {
    const call = (path: string, bearer: string | null) =>
      sandbox.call({
        host: "graph.facebook.com",
        path,
        headers: bearer === null ? {} : { authorization: `Bearer ${bearer}` },
      });
    expect(errorIn(await call("/v26.0/me", token))).toEqual([100, undefined]);
    expect(errorIn(await call("/v26.0/me?appsecret_proof=00", token))).toEqual([100, undefined]);
    expect(errorIn(await call("/v26.0/me", null))).toEqual([2500, undefined]);
    expect(errorIn(await call("/v26.0/me", "EAAnobody"))).toEqual([190, undefined]);
  });

  test("a consent for another app, another address, or to write", async () => {
    const dialog = (change: Readonly<Record<string, string>>) => {
      const asked = {
        client_id: client.clientId,
        redirect_uri: redirectUri,
        state: "s",
        response_type: "code",
        scope: "ads_read",
        ...change,
      };
      return sandbox.call({ path: `/~/www.facebook.com/v26.0/dialog/oauth?${new URLSearchParams(asked).toString()}` });
    };
    expect((await dialog({})).status).toBe(200);
    for (const change of [
      { client_id: "other" },
      { redirect_uri: "https://evil.example/" },
      { scope: "ads_management" },
      { response_type: "token" },
    ])
      expect((await dialog(change)).status, JSON.stringify(change)).toBe(400);
  });
});

describe("what it tells", () => {
  test("numbers as text, purchases under names that overlap, windows only where asked, empty lists not at all", async () => {
    const params = {
      level: "campaign",
      time_increment: "1",
      time_range: range(20, 14),
      fields: "campaign_id,spend,impressions,actions,action_values,attribution_setting",
    };
    const rows = items(parsed(await ask(`/v26.0/${us}/insights`, { ...params, limit: "200" }))["data"]);
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.every((row) => typeof row["spend"] === "string" && typeof row["impressions"] === "string")).toBe(true);
    const types = new Set(rows.flatMap((row) => items(row["actions"]).map((action) => words(action["action_type"]))));
    expect([...types]).toEqual(
      expect.arrayContaining(["omni_purchase", "purchase", "offsite_conversion.fb_pixel_purchase"]),
    );
    expect(JSON.stringify(rows)).not.toContain('7d_click":');
    const asked = await ask(`/v26.0/${us}/insights`, {
      ...params,
      action_attribution_windows: '["7d_click","28d_view"]',
    });
    expect(asked.text).toContain('"7d_click":');
    expect(asked.text).not.toContain('"28d_view":');
  });

  test("pages of 25 unless asked, with the token in the next page's address, as Meta does", async () => {
    const body = parsed(
      await ask(`/v26.0/${us}/insights`, { level: "campaign", time_increment: "1", time_range: range(30, 10) }),
    );
    expect(items(body["data"])).toHaveLength(25);
    expect(words(body["paging"]?.["next"])).toContain("access_token=EAA");
  });

  test("its limits on every answer about an account, and the minutes only when they are used up", async () => {
    const headers = async () =>
      JSON.parse(
        String((await ask(`/v26.0/${us}/insights`, { time_range: range(2, 1) })).headers["x-business-use-case-usage"]),
      );
    expect((await headers())[us.slice(4)][0]).toMatchObject({
      type: "ads_insights",
      estimated_time_to_regain_access: 0,
    });
    await sandbox.desk(`meta-ads/accounts/${us}`, { action: "usage", percent: 100, minutes: 40 });
    const refused = await ask(`/v26.0/${us}/insights`, { time_range: range(2, 1) });
    expect(errorIn(refused)[0]).toBe(80_000);
    expect(refused.headers["x-business-use-case-usage"]).toContain('"estimated_time_to_regain_access":40');
    await sandbox.desk(`meta-ads/accounts/${us}`, { action: "usage", percent: 0, minutes: 0 });
  });

  test("a report read early gives half without a word, and a hundred percent is not the end", async () => {
    await sandbox.desk("meta-ads/settings", { reportStartMs: 0, reportRunMs: 1_000_000 });
    const params = { level: "campaign", time_increment: "1", time_range: range(40, 10), limit: "500" };
    const id = words(parsed(await ask(`/v26.0/${us}/insights`, params, "POST"))["report_run_id"]);
    const half = items(parsed(await ask(`/v26.0/${id}/insights`, { limit: "500" }))["data"]).length;
    await sandbox.desk("clock", { bySeconds: 900 });
    expect(parsed(await ask(`/v26.0/${id}`))).toMatchObject({
      async_status: "Job Running",
      async_percent_completion: 100,
    });
    await sandbox.desk("clock", { bySeconds: 200 });
    expect(parsed(await ask(`/v26.0/${id}`))).toMatchObject({
      async_status: "Job Completed",
      async_percent_completion: 100,
    });
    const whole = items(parsed(await ask(`/v26.0/${id}/insights`, { limit: "500" }))["data"]).length;
    expect(half).toBe(Math.floor(whole / 2));
  });
});

test("a person who removes the app: signed and posted to the app, the token dead, the permission gone", async () => {
  const heard: string[] = [];
  const { promise: whole, resolve: isWhole } = Promise.withResolvers<void>();
  const app = createServer((request, response) => {
    request.setEncoding("utf8");
    request.on("data", (text: string) => heard.push(text));
    request.on("end", () => {
      response.end();
      isWhole();
    });
  });
  app.listen(0, "127.0.0.1");
  await once(app, "listening");
  const address = app.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const own = await startTestSandbox({ webhookUrl: `http://127.0.0.1:${port}/webhooks` });
  try {
    await tokenOf(own);
    await own.desk(`meta-ads/people/${priya}`, { action: "removeApp" });
    await whole;
    const [signature = "", payload = ""] = (new URLSearchParams(heard.join("")).get("signed_request") ?? "").split(".");
    expect(createHmac("sha256", client.clientSecret).update(payload).digest("base64url")).toBe(signature);
    expect(JSON.parse(Buffer.from(payload, "base64url").toString())).toMatchObject({ user_id: priya });
  } finally {
    await own.close();
    app.close();
  }
});

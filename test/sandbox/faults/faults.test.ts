import { gunzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { items, startTestSandbox, words, type Json, type TestSandbox } from "../testing.ts";
import { faultKinds, readRule } from "./rule.ts";

const shop = "tokyo-paper.myshopify.com";
let sandbox: TestSandbox;
let access = "";
beforeAll(async () => {
  sandbox = await startTestSandbox();
  access = (await sandbox.install(shop)).access_token;
});
afterEach(() => sandbox.desk("end-faults", {}));
afterAll(() => sandbox.close());

const query =
  "query($after: String) { orders(first: 10, after: $after, sortKey: CREATED_AT) { nodes { id name createdAt customer { id } } pageInfo { hasNextPage endCursor } } }";
const ask = (variables: object = {}, timeoutMs = 60_000, asked = query) =>
  sandbox.call({
    host: shop,
    method: "POST",
    path: "/admin/api/2026-10/graphql.json",
    timeoutMs,
    body: JSON.stringify({ query: asked, variables }),
    headers: { "content-type": "application/json", "x-shopify-access-token": access },
  });
const page = async (variables: object = {}): Promise<Json> => JSON.parse((await ask(variables)).text);
const ids = (json: Json | undefined) => items(json?.["data"]?.["orders"]?.["nodes"]).map((node) => words(node["id"]));
const breakWith = (rule: object) => sandbox.desk("faults", { surface: "graphql", ...rule });

describe("scope, count and end", () => {
  test("a fault hits as often as it says, then is gone", async () => {
    await breakWith({ kind: "serverError", count: 2 });
    expect([(await ask()).status, (await ask()).status, (await ask()).status]).toEqual([503, 503, 200]);
    expect((await sandbox.desk("state"))["faults"]).toEqual([]);
  });

  test("requests that pass first, another shop and other words are left alone", async () => {
    await breakWith({ kind: "serverError", skip: 1 });
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 503]);
    await breakWith({ kind: "serverError", shop: "kuwait-oud.myshopify.com" });
    await breakWith({ kind: "serverError", match: "bulkOperationRunQuery" });
    expect((await ask()).status).toBe(200);
  });

  test("a fault ends by itself, and at the word of the desk", async () => {
    await breakWith({ kind: "serverError", forSeconds: 600 });
    expect([(await ask()).status, (await ask()).status]).toEqual([503, 503]);
    await sandbox.desk("end-faults", {});
    await breakWith({ kind: "serverError", forSeconds: 0.3 });
    await expect.poll(async () => (await ask()).status).toBe(200);
    const { id } = await breakWith({ kind: "serverError", count: "all" });
    expect([(await ask()).status, (await ask()).status, (await ask()).status]).toEqual([503, 503, 503]);
    await sandbox.desk("end-faults", { id });
    expect((await ask()).status).toBe(200);
  });

  test("a share of the requests", async () => {
    await breakWith({ kind: "serverError", share: 0.5, count: "all" });
    const statuses = [];
    for (let nth = 0; nth < 6; nth += 1) statuses.push((await ask()).status);
    expect(statuses).toEqual([200, 503, 200, 503, 200, 503]);
  });

  test("nonsense is refused with a sentence", async () => {
    expect(words((await sandbox.desk("faults", { kind: "earthquake" }))["error"])).toContain(
      "No such fault: earthquake",
    );
    expect(readRule({ kind: "reset", surface: "moon" }, 0)).toContain("No such surface");
    for (const kind of Object.keys(faultKinds)) expect(typeof readRule({ kind }, 0)).toBe("object");
  });
});

describe("answers in place of the real one", () => {
  test("the bucket is empty, by GraphQL and by HTTP", async () => {
    await breakWith({ kind: "throttled" });
    expect((await page())["errors"]?.["0"]?.["extensions"]?.["code"]).toBe("THROTTLED");
    await breakWith({ kind: "tooMany", retryAfter: "-5" });
    const reply = await ask();
    expect([reply.status, reply.headers["retry-after"]]).toEqual([429, "-5"]);
  });

  test("a page of HTML with 200, a 204, no body, XML", async () => {
    await breakWith({ kind: "html" });
    expect((await ask()).text).toContain("<!doctype html>");
    await breakWith({ kind: "empty" });
    expect((await ask()).status).toBe(204);
    await breakWith({ kind: "emptyBody" });
    expect((await ask()).body).toHaveLength(0);
    await breakWith({ kind: "xml" });
    expect((await ask()).headers["content-type"]).toBe("application/xml");
  });

  test("errors inside a 200, a 401 that is a blip, a stale cursor", async () => {
    await breakWith({ kind: "internalError" });
    expect((await page())["errors"]?.["0"]?.["extensions"]?.["code"]).toBe("INTERNAL_SERVER_ERROR");
    await breakWith({ kind: "unauthorized" });
    expect([(await ask()).status, (await ask()).status]).toEqual([401, 200]);
    await breakWith({ kind: "staleCursor" });
    expect(words((await page())["errors"]?.["0"]?.["message"])).toContain("Invalid cursor");
  });
});

describe("a wire that misbehaves", () => {
  test("reset before anything, and after everything was done", async () => {
    await breakWith({ kind: "reset" });
    await expect(ask()).rejects.toThrow(/ECONNRESET|hang up/);
    const tokens = await sandbox.install(shop);
    await sandbox.desk("faults", { kind: "lostAnswer", surface: "token" });
    const form = { grant_type: "refresh_token", refresh_token: tokens.refresh_token };
    await expect(sandbox.token(shop, form)).rejects.toThrow(/ECONNRESET|hang up/);
    const again = await sandbox.token(shop, form);
    expect(again.status).toBe(200);
    access = JSON.parse(again.text).access_token;
  });

  test("cut after n bytes, and shorter than it promised", async () => {
    await breakWith({ kind: "cut", bytes: 120 });
    await expect(ask()).rejects.toThrow(/aborted|ECONNRESET|hang up/);
    await breakWith({ kind: "wrongLength" });
    await expect(ask()).rejects.toThrow(/aborted|ECONNRESET|hang up/);
  });

  test("late, byte by byte, never, and with headers that never end", async () => {
    const started = Date.now();
    await breakWith({ kind: "delay", ms: 300 });
    expect((await ask()).status).toBe(200);
    expect(Date.now() - started).toBeGreaterThanOrEqual(300);
    for (const rule of [{ kind: "slow", ms: 100 }, { kind: "hang" }, { kind: "slowHeaders" }]) {
      await breakWith(rule);
      await expect(ask({}, 400)).rejects.toThrow("timed out");
    }
    expect((await ask()).status).toBe(200);
  });

  test("half a gzip, half a JSON, a byte order mark", async () => {
    await breakWith({ kind: "truncatedGzip" });
    const packed = await ask();
    expect(packed.headers["content-encoding"]).toBe("gzip");
    expect(() => gunzipSync(packed.body)).toThrow();
    await breakWith({ kind: "truncatedJson" });
    const half = await ask();
    expect(() => JSON.parse(half.text)).toThrow();
    await breakWith({ kind: "byteOrderMark" });
    expect([...(await ask()).body.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  });
});

describe("answers that lie", () => {
  test("the page before comes again, unordered, with repeats, or empty with more to come", async () => {
    const first = await page();
    const after = words(first["data"]?.["orders"]?.["pageInfo"]?.["endCursor"]);
    const second = await page({ after });
    await page();
    await breakWith({ kind: "duplicatePage" });
    expect(ids(await page({ after }))).toEqual(ids(first));
    await breakWith({ kind: "unordered" });
    expect(ids(await page({ after }))).toEqual(ids(second).toReversed());
    await breakWith({ kind: "repeatRecords" });
    expect(ids(await page({ after }))).toEqual([...ids(second), ...ids(second).slice(0, 3)]);
    await breakWith({ kind: "emptyPage" });
    const empty = await page({ after });
    expect([ids(empty), empty["data"]?.["orders"]?.["pageInfo"]?.["hasNextPage"]]).toEqual([[], true]);
  });

  test("the page before is one of the same list, whatever else was asked for between", async () => {
    const first = await page();
    const after = words(first["data"]?.["orders"]?.["pageInfo"]?.["endCursor"]);
    const other = "query Drain { products(first: 2) { nodes { id } pageInfo { hasNextPage } } }";
    expect((await ask({}, 60_000, other)).status).toBe(200);
    await breakWith({ kind: "duplicatePage" });
    expect(ids(await page({ after }))).toEqual(ids(first));
  });

  test("a last page that leads to itself for ever", async () => {
    await breakWith({ kind: "lastPageForever", count: "all" });
    const after = words((await page())["data"]?.["orders"]?.["pageInfo"]?.["endCursor"]);
    const info = (await page({ after }))["data"]?.["orders"]?.["pageInfo"];
    expect([info?.["hasNextPage"], info?.["endCursor"]]).toEqual([true, after]);
  });

  test("drift: a field gone, a field renamed, a value nobody can read, half an answer", async () => {
    await breakWith({ kind: "remove", field: "createdAt" });
    expect(items((await page())["data"]?.["orders"]?.["nodes"]).some((node) => "createdAt" in node)).toBe(false);
    await breakWith({ kind: "rename", field: "name", to: "title" });
    expect(items((await page())["data"]?.["orders"]?.["nodes"])[0]).toHaveProperty("title");
    await breakWith({ kind: "poison", field: "createdAt", text: "yesterday" });
    expect(
      items((await page())["data"]?.["orders"]?.["nodes"]).filter((node) => words(node["createdAt"]) === "yesterday"),
    ).toHaveLength(1);
    await breakWith({ kind: "partial", field: "customer" });
    const half = await page();
    expect(items(half["errors"])).toHaveLength(1);
    expect(items(half["data"]?.["orders"]?.["nodes"]).every((node) => node["customer"] === null)).toBe(true);
  });
});

describe("the shop itself", () => {
  test.each([
    ["frozen", 402],
    ["locked", 423],
    ["closed", 404],
    ["fraudulent", 403],
  ])("%s answers %i", async (to, status) => {
    await sandbox.desk(`shops/${shop}`, { action: "condition", to });
    expect((await ask()).status).toBe(status);
    await sandbox.desk(`shops/${shop}`, { action: "condition", to: "open" });
    expect((await ask()).status).toBe(200);
  });
});

describe("another shop under the same name", () => {
  test("has another id and its own orders, and knows none of the tokens", async () => {
    const domain = "given-up.myshopify.com";
    await sandbox.desk("shops", { domain, orders: 30 });
    const tokens = await sandbox.install(domain);
    const whoAmI = (token: string) => sandbox.graphql(domain, token, "{ shop { id } ordersCount { count } }");
    const before = await whoAmI(tokens.access_token);
    await sandbox.desk(`shops/${domain}`, { action: "becomeAnother", orders: 12 });
    const refused = await sandbox.call({
      host: domain,
      method: "POST",
      path: "/admin/api/2026-10/graphql.json",
      body: JSON.stringify({ query: "{ shop { id } }" }),
      headers: { "content-type": "application/json", "x-shopify-access-token": tokens.access_token },
    });
    expect(refused.status).toBe(401);
    const form = { grant_type: "refresh_token", refresh_token: tokens.refresh_token };
    expect((await sandbox.token(domain, form)).status).toBe(401);
    const after = await whoAmI((await sandbox.install(domain)).access_token);
    expect(after["data"]?.["ordersCount"]?.["count"]).toBe(12);
    expect(after["data"]?.["shop"]?.["id"]).not.toBe(before["data"]?.["shop"]?.["id"]);
  });
});

describe("the desk's page", () => {
  test("shows shops, faults and requests, and obeys a form", async () => {
    const body = new URLSearchParams({ kind: "delay", surface: "any", shop: "", count: "all", ms: "1" }).toString();
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const reply = await sandbox.call({ method: "POST", path: "/_desk/faults", headers, body });
    expect([reply.status, String(reply.headers["location"]).startsWith("/?said=")]).toEqual([303, true]);
    const shown = await sandbox.call({ path: "/" });
    expect(shown.text).toContain("Monsoon &amp; Moss");
    expect(shown.text).toMatch(/<td>\s*delay\s*<\/td>/);
  });

  test("another site may not press its buttons", async () => {
    const headers = { "content-type": "application/x-www-form-urlencoded", origin: "https://evil.example" };
    expect((await sandbox.call({ method: "POST", path: "/_desk/end-faults", headers, body: "" })).status).toBe(403);
  });

  test("what is typed into it comes back as text", async () => {
    const shown = await sandbox.call({ path: `/?said=${encodeURIComponent("<script>alert(1)</script>")}` });
    expect(shown.text).not.toContain("<script>");
  });
});

// The stand-in refuses what Klaviyo refuses, in its words, and tells of limits as it does.
import { dayAgo } from "@headwater/workflows/load/testing/days.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { items, startTestSandbox, words, type Call, type Reply, type TestSandbox } from "../testing.ts";
import { openLimits } from "./limits.ts";

const account = "MnMoss";
let sandbox: TestSandbox;
let key: string;
let metric: string;
beforeAll(async () => {
  sandbox = await startTestSandbox();
  await sandbox.desk("klaviyo/limits", { share: 1_000 });
  key = words((await sandbox.desk(`klaviyo/accounts/${account}`, { action: "makeKey" }))["key"]);
  const metrics = await sandbox.json({ host: "a.klaviyo.com", path: "/api/metrics", headers: headers() });
  metric = words(items(metrics["data"]).find((each) => words(each["attributes"]?.["name"]) === "Placed Order")?.["id"]);
});
afterAll(() => sandbox.close());

const headers = (more: Readonly<Record<string, string>> = {}) => ({
  authorization: `Klaviyo-API-Key ${key}`,
  revision: "2026-07-15",
  accept: "application/vnd.api+json",
  ...more,
});
const get = (path: string, own = headers()): Promise<Reply> =>
  sandbox.call({ host: "a.klaviyo.com", path, headers: own });
const body = (attributes: object): string => JSON.stringify({ data: { type: "metric-aggregate", attributes } });
const day = (back: number): string => dayAgo("Asia/Kolkata", back, new Date(sandbox.clock.nowMs()));
const ask = (more: object = {}) => ({
  metric_id: metric,
  measurements: ["count", "unique", "sum_value"],
  interval: "day",
  timezone: "Asia/Kolkata",
  filter: [`greater-or-equal(datetime,${day(9)}T00:00:00)`, `less-than(datetime,${day(2)}T00:00:00)`],
  by: ["$attributed_channel"],
  ...more,
});
const post = (attributes: object, more: Partial<Call> = {}): Promise<Reply> =>
  sandbox.call({
    host: "a.klaviyo.com",
    path: "/api/metric-aggregates",
    method: "POST",
    headers: headers({ "content-type": "application/vnd.api+json" }),
    body: body(attributes),
    ...more,
  });
const told = ({ status, text }: Reply): string => {
  const { errors }: { errors?: { code: string; source?: object; detail: string }[] } = JSON.parse(text);
  const [error] = errors ?? [];
  return `${status} ${error?.code ?? ""} ${JSON.stringify(error?.source ?? error?.detail)}`;
};

describe("refuses", () => {
  test.each([
    ["no key", { authorization: "" }, "401 authentication_failed"],
    ["a key as a bearer", { authorization: "Bearer pk_x" }, "401 authentication_failed"],
    ["a public key", { authorization: "Klaviyo-API-Key MnMoss" }, "401 authentication_failed"],
    ["no revision", { revision: "" }, "400 invalid"],
    ["an old revision", { revision: "2023-02-22" }, "410 gone"],
    ["another media type", { accept: "text/csv" }, "406 not_acceptable"],
  ])("%s", async (_what, more, expected) => {
    expect(told(await get("/api/metrics", headers(more)))).toContain(expected);
  });

  test.each([
    ["/api/campaigns", "channel filter is required|filter"],
    ["/api/campaigns?filter=equals(messages.channel,'fax')", "filter"],
    ["/api/campaigns?filter=equals(messages.channel,'email')&page[size]=101", "page[size]"],
    ["/api/metrics?page[size]=10", "page[size]"],
    ["/api/metrics?filter=equals(name,'Placed Order')", "filter"],
    ["/api/flows?page[size]=51", "page[size]"],
    ["/api/flows?page[cursor]=nonsense", "page[cursor]"],
    ["/api/profiles", "not_found"],
  ])("%s", async (path, about) => {
    const said = told(await get(encodeURI(path)));
    expect(said).toMatch(/^40[04]/);
    expect(about.split("|").some((word) => said.includes(word))).toBe(true);
  });

  test.each([
    ["an unknown metric", { metric_id: "nobody" }, "metric_id"],
    ["a zone in the wrong case", { timezone: "asia/kolkata" }, "timezone"],
    ["a zone under too new a name", { timezone: "Europe/Kyiv" }, "timezone"],
    ["a range with an offset", { filter: ["greater-or-equal(datetime,2026-01-01T00:00:00Z)"] }, "filter"],
    [
      "a range of two years",
      { filter: [`greater-or-equal(datetime,2024-01-01T00:00:00)`, `less-than(datetime,2026-01-01T00:00:00)`] },
      "filter",
    ],
    ["an unknown dimension", { by: ["channel"] }, "by"],
    ["an unknown measurement", { measurements: ["revenue"] }, "measurements"],
    ["too large a page", { page_size: 501 }, "page_size"],
    ["a cursor of another question", { page_cursor: Buffer.from('{"start":5}').toString("base64url") }, "page_cursor"],
    ["a field that there is not", { colour: "blue" }, "colour"],
  ])("%s", async (_what, more, about) => {
    expect(told(await post(ask(more)))).toMatch(new RegExp(`^400 invalid .*${about}`));
  });

  test("a body in another media type, and another verb", async () => {
    expect(told(await post(ask(), { headers: headers({ "content-type": "text/plain" }) }))).toContain("415");
    expect(told(await post(ask(), { method: "PUT" }))).toContain("405");
  });

  test("what the key has no scope for", async () => {
    const made = await sandbox.desk(`klaviyo/accounts/${account}`, { action: "makeKey", scopes: "accounts:read" });
    const narrow = headers({ authorization: `Klaviyo-API-Key ${words(made["key"])}` });
    expect((await get("/api/accounts", narrow)).status).toBe(200);
    expect(told(await get("/api/metrics", narrow))).toContain("403 permission_denied");
  });
});

test("days of a metric come with a date for each number, money as a float would print it", async () => {
  const document: {
    data: { attributes: { dates: string[]; data: { dimensions: string[]; measurements: Record<string, number[]> }[] } };
  } = JSON.parse((await post(ask())).text);
  const { dates, data } = document.data.attributes;
  expect(dates).toHaveLength(7);
  expect(dates[0]).toBe(`${day(10)}T18:30:00+00:00`);
  expect(data.length).toBeGreaterThan(0);
  for (const row of data)
    for (const values of Object.values(row.measurements)) expect(values).toHaveLength(dates.length);
  expect((await post(ask())).text).toMatch(/"sum_value":\[\d+\.\d/);
});

interface DaySums {
  credited: number;
  not: number;
}
async function sumsByDay(): Promise<Map<string, DaySums>> {
  const rows: { day: string; channel: string | null; revenue: string; column: string }[] = JSON.parse(
    (await sandbox.call({ path: `/_desk/klaviyo/rows/${account}` })).text,
  );
  const sums = new Map<string, DaySums>();
  for (const { day: of, channel, revenue, column } of rows) {
    if (column !== "orders") continue;
    const sum = sums.get(of) ?? { credited: 0, not: 0 };
    sum[channel === null ? "not" : "credited"] += Math.round(Number(revenue) * 100);
    sums.set(of, sum);
  }
  return sums;
}

test("an order that is credited late moves from one row of its day to another, and the day's sum stays", async () => {
  let moved = 0;
  let passed = 0;
  // Not every day has one: days pass until one is met.
  for (; moved === 0 && passed < 100; passed += 1) {
    const before = await sumsByDay();
    // All orders of a day have arrived two days later.
    const last = day(4);
    await sandbox.desk("clock", { byDays: 1 });
    for (const [of, now] of await sumsByDay()) {
      const was = before.get(of);
      if (was === undefined || of > last) continue;
      expect(now.credited + now.not, of).toBe(was.credited + was.not);
      if (now.credited > was.credited) moved += 1;
    }
  }
  await sandbox.desk("clock", { byDays: -passed });
  expect(moved).toBeGreaterThan(0);
});

test("keys are made and deleted on the account's page, and a deleted one is dead at once", async () => {
  const path = "/~/www.klaviyo.com/settings/account/api-keys?account=KwtOud";
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const made = await sandbox.call({
    path,
    method: "POST",
    headers: form,
    body: "name=Ours&access=custom&scope=accounts:read",
  });
  const own = /id="made-key">(pk_\w+)</.exec(made.text)?.[1] ?? "";
  const mine = headers({ authorization: `Klaviyo-API-Key ${own}` });
  expect((await get("/api/accounts", mine)).text).toContain("Kuwait Oud");
  expect((await get("/api/flows", mine)).status).toBe(403);
  expect((await sandbox.call({ path })).text).not.toContain(own);
  await sandbox.call({ path, method: "POST", headers: form, body: `action=delete&key=${own.slice(-6)}` });
  expect((await get("/api/accounts", mine)).status).toBe(401);
  const foreign = await sandbox.call({
    path,
    method: "POST",
    headers: { ...form, origin: "https://evil.example" },
    body: "name=x",
  });
  expect(foreign.status).toBe(403);
});

test("the desk is not to be had under another name, by whatever address", async () => {
  for (const path of ["/_desk/klaviyo/accounts", "/~/localhost/_desk/klaviyo/accounts", "/~/127.0.0.1/"])
    expect((await sandbox.call({ host: "evil.example", path })).status, path).toBe(421);
  expect((await sandbox.call({ path: "/~/localhost/_desk/klaviyo/accounts" })).status).toBe(200);
});

describe("limits", () => {
  test("a window that is full says only how long to wait; every other answer tells of the minute", () => {
    let now = 600_000_000;
    const limits = openLimits(() => now);
    const take = () => limits.take("a", "metric-aggregates");
    expect(take()).toMatchObject({ headers: { "ratelimit-remaining": "59" } });
    take();
    take();
    expect(take()).toEqual({ wait: 1 });
    expect(limits.take("b", "metric-aggregates")).toMatchObject({ headers: {} });
    now += 500;
    for (let n = 0; n < 57; n += 1) {
      now += 500;
      expect(take()).toHaveProperty("headers");
    }
    now += 500;
    expect(take()).toHaveProperty("wait");
    now += 60_000;
    expect(take()).toMatchObject({ headers: { "ratelimit-remaining": "59" } });
  });

  test("reports have a day's allowance too", () => {
    let now = 0;
    const limits = openLimits(() => now);
    let taken = 0;
    for (let n = 0; n < 400; n += 1) {
      if ("headers" in limits.take("a", "reports")) taken += 1;
      now += 31_000;
    }
    expect(taken).toBe(225);
  });
});

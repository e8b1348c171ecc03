// The stand-in of a merchant's own server: marks that hold, secrets that are asked for, and redirects as they are met.
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestSandbox, type TestSandbox } from "../testing.ts";
import { demo } from "./twin.ts";

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());

const get = (path: string, headers: Record<string, string> = {}, host = "files.costs.example") =>
  sandbox.call({ host, path, headers });

test("a file comes with its mark and time, and is not sent again to whoever holds either", async () => {
  const first = await get("/open/daily.csv");
  expect([first.status, first.text.split("\n").length]).toEqual([200, 31]);
  const etag = String(first.headers["etag"]);
  const time = String(first.headers["last-modified"]);
  expect((await get("/open/daily.csv", { "if-none-match": etag })).status).toBe(304);
  expect((await get("/open/daily.csv", { "if-modified-since": time })).status).toBe(304);
  expect((await get("/open/daily.csv", { "if-none-match": '"other"', "if-modified-since": time })).status).toBe(200);
  await sandbox.desk("custom-costs/files/daily.csv", { text: "date,cost_type,amount\n2026-11-18,fixed,1\n" });
  expect((await get("/open/daily.csv", { "if-none-match": etag })).status).toBe(200);
});

test("a secret is asked for, in each of three fashions", async () => {
  const basic = Buffer.from(`${demo.user}:${demo.password}`).toString("base64");
  for (const [way, right] of [
    ["bearer", { authorization: `Bearer ${demo.bearer}` }],
    ["basic", { authorization: `Basic ${basic}` }],
    ["keyed", { [demo.header]: demo.key }],
  ] as const) {
    expect((await get(`/${way}/prices.csv`)).status, way).toBe(401);
    expect((await get(`/${way}/prices.csv`, { authorization: "Bearer wrong" })).status, way).toBe(401);
    expect((await get(`/${way}/prices.csv`, right)).status, way).toBe(200);
  }
});

test("it leads elsewhere, where a secret that is brought along is refused", async () => {
  const moved = await get("/moved/prices.csv");
  expect([moved.status, moved.headers["location"]]).toEqual([302, "https://elsewhere.costs.example/open/prices.csv"]);
  expect((await get("/open/prices.csv", {}, "elsewhere.costs.example")).status).toBe(200);
  const carried = { authorization: `Bearer ${demo.bearer}` };
  expect((await get("/open/prices.csv", carried, "elsewhere.costs.example")).status).toBe(400);
});

test("what is not there is missing, and only read", async () => {
  expect((await get("/open/none.csv")).status).toBe(404);
  const put = { host: "files.costs.example", path: "/open/daily.csv", method: "PUT", body: "x" };
  expect((await sandbox.call(put)).status).toBe(405);
});

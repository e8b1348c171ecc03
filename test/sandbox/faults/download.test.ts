// Faults on the storage host, where answers are streams.
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestSandbox, words, type TestSandbox } from "../testing.ts";

const shop = "kathmandu-tea.myshopify.com";
let sandbox: TestSandbox;
let link: URL;
beforeAll(async () => {
  sandbox = await startTestSandbox();
  await sandbox.desk("settings", { bulkCreatedMs: 0, bulkRunningMs: 0 });
  const { access_token: access } = await sandbox.install(shop);
  const run =
    'mutation { bulkOperationRunQuery(query: "{ orders { edges { node { id name } } } }") { bulkOperation { id } } }';
  const id = (await sandbox.graphql(shop, access, run))["data"]?.["bulkOperationRunQuery"]?.["bulkOperation"]?.["id"];
  let url = "null";
  while (url === "null") {
    const reply = await sandbox.graphql(shop, access, "query($id: ID!) { bulkOperation(id: $id) { url } }", { id });
    url = words(reply["data"]?.["bulkOperation"]?.["url"]);
  }
  link = new URL(url);
});
afterAll(() => sandbox.close());

const get = () => sandbox.call({ host: link.host, path: `${link.pathname}${link.search}` });

test("a download can be cut, halved, promised longer than it is, or be a page", async () => {
  const whole = await get();
  expect(whole.status).toBe(200);
  await sandbox.desk("faults", { kind: "truncatedJson", surface: "download" });
  expect((await get()).body).toHaveLength(Math.floor(whole.body.length / 2));
  await sandbox.desk("faults", { kind: "wrongLength", surface: "download" });
  await expect(get()).rejects.toThrow(/aborted|ECONNRESET|hang up/);
  await sandbox.desk("faults", { kind: "cut", surface: "download", bytes: 500 });
  await expect(get()).rejects.toThrow(/aborted|ECONNRESET|hang up/);
  await sandbox.desk("faults", { kind: "html", surface: "download" });
  expect((await get()).text).toContain("<!doctype html>");
  expect((await get()).body.equals(whole.body)).toBe(true);
});

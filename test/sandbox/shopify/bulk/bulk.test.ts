import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { items, startTestSandbox, words, type Json, type TestSandbox } from "../../testing.ts";

const shop = "kathmandu-tea.myshopify.com";
let sandbox: TestSandbox;
let access = "";
beforeAll(async () => {
  sandbox = await startTestSandbox();
  await sandbox.desk("settings", { bulkCreatedMs: 30, bulkRunningMs: 0 });
  access = (await sandbox.install(shop)).access_token;
});
afterAll(() => sandbox.close());

const runMutation = `mutation($q: String!, $g: Boolean! = false) { bulkOperationRunQuery(query: $q, groupObjects: $g) {
  bulkOperation { id status objectCount url fileSize completedAt errorCode } userErrors { code field message } } }`;
const pollQuery = `query($id: ID!) { bulkOperation(id: $id) { id status errorCode createdAt completedAt objectCount rootObjectCount fileSize url partialDataUrl } }`;

const run = async (q: string, g = false) =>
  (await sandbox.graphql(shop, access, runMutation, { q, g }))["data"]?.["bulkOperationRunQuery"];
const poll = async (id: string) => (await sandbox.graphql(shop, access, pollQuery, { id }))["data"]?.["bulkOperation"];

async function finished(id: string): Promise<Json> {
  for (;;) {
    const operation = await poll(id);
    if (operation && !["CREATED", "RUNNING", "CANCELING"].includes(words(operation["status"]))) return operation;
  }
}

async function download(link: string, headers: Record<string, string> = {}) {
  const url = new URL(link);
  return sandbox.call({ host: url.host, path: `${url.pathname}${url.search}`, headers });
}

const all = `{ orders(sortKey: CREATED_AT) { edges { node { __typename id name updatedAt
  refunds { id createdAt totalRefundedSet { shopMoney { amount currencyCode } } }
  transactions { id kind amountSet { shopMoney { amount } } }
  lineItems { edges { node { __typename id quantity originalTotalSet { shopMoney { amount } } } } } } } } }`;

describe("what a bulk query may not be", () => {
  const complaints = async (q: string) =>
    items((await run(q))?.["userErrors"]).map((each) => [each["code"], each["field"], each["message"]]);
  const invalid = (message: string) => ["INVALID", ["query"], message];

  test.each([
    [
      "nodes instead of edges",
      "{ orders { nodes { id } } }",
      "All connection fields in a bulk query must select their contents using 'edges' > 'node', e.g: 'products { edges { node {'. Selecting via 'nodes' is not supported. Invalid connection fields: 'orders'.",
    ],
    [
      "a connection inside a plain list",
      "{ orders { edges { node { id refunds { refundLineItems { edges { node { quantity } } } } } } } }",
      "Queries that contain a connection field within a list field are not currently supported.",
    ],
    [
      "a parent without its id",
      "{ orders { edges { node { name lineItems { edges { node { id } } } } } } }",
      "The parent 'node' field for a nested connection must select the 'id' field without an alias and must be of 'ID' return type. Connection fields without 'id': orders.",
    ],
    [
      "a parent with its id under another name",
      "{ orders { edges { node { key: id lineItems { edges { node { id } } } } } } }",
      "The parent 'node' field for a nested connection must select the 'id' field without an alias and must be of 'ID' return type. Connection fields without 'id': orders.",
    ],
    [
      "six connections",
      "{ a: orders { edges { node { id } } } b: orders { edges { node { id } } } c: orders { edges { node { id } } } d: orders { edges { node { id } } } e: orders { edges { node { id } } } f: orders { edges { node { id } } } }",
      "Bulk queries cannot contain more than 5 connections.",
    ],
    [
      "three levels below the top",
      "{ products { edges { node { id collections { edges { node { id products { edges { node { id variants { edges { node { id } } } } } } } } } } } } }",
      "Bulk queries cannot contain connections with a nesting depth greater than 2.",
    ],
    ["no connection", "{ shop { name } }", "Bulk queries must contain at least one connection."],
    [
      "a mutation",
      "mutation { appUninstall { app { id } } }",
      "Invalid operation type. Only `query` operations are supported.",
    ],
    ["no text", "", "Invalid bulk query: syntax error, unexpected end of file"],
  ])("%s", async (_, q, message) => {
    expect(await complaints(q)).toContainEqual(invalid(message));
    expect((await run(q))?.["bulkOperation"]).toBeNull();
  });

  test("two levels below the top pass", async () => {
    expect(
      await complaints(
        "{ orders { edges { node { id fulfillmentOrders { edges { node { id fulfillments { edges { node { id } } } } } } } } } }",
      ),
    ).toEqual([]);
  });

  test("a top-level node is refused, together with what else is wrong", async () => {
    expect(await complaints('{ node(id: "gid://shopify/Product/1") { id } }')).toEqual([
      invalid("Bulk queries cannot contain a top level `node` field."),
      invalid("Bulk queries must contain at least one connection."),
    ]);
  });

  test("an unknown field is refused before anything runs", async () => {
    expect(words((await complaints("{ orders { edges { node { id colour } } } }"))[0]?.[2])).toContain("colour");
  });
});

describe("the life of an operation", () => {
  test("created with nothing in it, then running, then completed with a link that lasts seven days", async () => {
    const started = await run(all);
    expect(started?.["userErrors"]).toEqual([]);
    expect(started?.["bulkOperation"]).toMatchObject({
      status: "CREATED",
      objectCount: "0",
      url: null,
      fileSize: null,
      completedAt: null,
      errorCode: null,
    });
    const done = await finished(words(started?.["bulkOperation"]?.["id"]));
    expect(done).toMatchObject({ status: "COMPLETED", errorCode: null, partialDataUrl: null });
    const reply = await download(words(done["url"]));
    expect(new URL(words(done["url"])).host).toBe("storage.googleapis.com");
    expect(String(reply.body.length)).toBe(done["fileSize"]);
    expect(String(reply.text.trimEnd().split("\n").length)).toBe(done["objectCount"]);
  });

  test("every order and line of the shop comes once; each child names a parent that came before it", async () => {
    const id = words((await run(all))?.["bulkOperation"]?.["id"]);
    const reply = await download(words((await finished(id))["url"]));
    const lines: Json[] = reply.text
      .trimEnd()
      .split("\n")
      .map((line): Json => JSON.parse(line));
    const seen = new Set<string>();
    for (const line of lines) {
      if (line["__parentId"] !== undefined) expect(seen).toContain(words(line["__parentId"]));
      expect(seen).not.toContain(words(line["id"]));
      seen.add(words(line["id"]));
      expect(line["lineItems"]).toBeUndefined();
    }
    const count = (await sandbox.graphql(shop, access, "{ ordersCount(limit: null) { count } }"))["data"]?.[
      "ordersCount"
    ]?.["count"];
    expect(lines.filter((line) => words(line["__typename"]) === "Order")).toHaveLength(Number(words(count)));
    const isFollowing = lines.every(
      (line, i) =>
        line["__parentId"] === undefined ||
        i === 0 ||
        lines.slice(0, i).findLast((each) => each["__parentId"] === undefined)?.["id"] === line["__parentId"],
    );
    expect(isFollowing).toBe(false);
  });

  test("grouped, the children follow their own parent", async () => {
    const id = words((await run(all, true))?.["bulkOperation"]?.["id"]);
    const reply = await download(words((await finished(id))["url"]));
    let parent = "";
    for (const line of reply.text
      .trimEnd()
      .split("\n")
      .map((each): Json => JSON.parse(each))) {
      if (line["__parentId"] === undefined) parent = words(line["id"]);
      else expect(words(line["__parentId"])).toBe(parent);
    }
  });
});

describe("the odd ends of an operation", () => {
  test("a window with nothing in it completes without a link", async () => {
    const id = words(
      (await run(`{ orders(query: "created_at:<'2001-01-01T00:00:00Z'") { edges { node { id } } } }`))?.[
        "bulkOperation"
      ]?.["id"],
    );
    expect(await finished(id)).toMatchObject({ status: "COMPLETED", objectCount: "0", url: null });
  });

  test("first and after mean nothing inside", async () => {
    const id = words((await run(`{ orders(first: 3) { edges { node { id } } } }`))?.["bulkOperation"]?.["id"]);
    expect(Number(words((await finished(id))["objectCount"]))).toBeGreaterThan(100);
  });

  test("five run at once; the sixth is told to wait", async () => {
    await sandbox.desk("settings", { bulkCreatedMs: 600_000 });
    const five = await Promise.all(Array.from({ length: 5 }, () => run(all)));
    expect(five.every((each) => each?.["bulkOperation"] !== null)).toBe(true);
    const sixth = await run(all);
    expect(sixth?.["bulkOperation"]).toBeNull();
    expect(words(items(sixth?.["userErrors"])[0]?.["code"])).toBe("OPERATION_IN_PROGRESS");
    expect(words(items(sixth?.["userErrors"])[0]?.["message"])).toMatch(
      /^A bulk query operation for this app and shop is already in progress: gid:\/\/shopify\/BulkOperation\/\d+\.$/,
    );
    const listed = await sandbox.graphql(
      shop,
      access,
      '{ bulkOperations(first: 10, query: "status:CREATED type:QUERY") { nodes { id } } }',
    );
    expect(items(listed["data"]?.["bulkOperations"]?.["nodes"])).toHaveLength(5);
    await sandbox.desk("settings", { bulkCreatedMs: 30 });
    for (const each of five) await finished(words(each?.["bulkOperation"]?.["id"]));
  });

  test("a cancelled one ends as CANCELED", async () => {
    await sandbox.desk("settings", { bulkCreatedMs: 600_000 });
    const id = words((await run(all))?.["bulkOperation"]?.["id"]);
    await sandbox.graphql(
      shop,
      access,
      "mutation($id: ID!) { bulkOperationCancel(id: $id) { bulkOperation { status } userErrors { message } } }",
      { id },
    );
    await sandbox.desk("settings", { bulkCreatedMs: 30 });
    expect((await finished(id))["status"]).toBe("CANCELED");
  });

  test("one that the desk fails says why, and leaves what it had", async () => {
    await sandbox.desk("faults", { kind: "bulkFailed", text: "TIMEOUT" });
    const failed = await finished(words((await run(all))?.["bulkOperation"]?.["id"]));
    expect(failed).toMatchObject({ status: "FAILED", errorCode: "TIMEOUT", url: null });
    expect((await download(words(failed["partialDataUrl"]))).status).toBe(200);
  });
});

describe("the link", () => {
  const fresh = async () => words((await finished(words((await run(all))?.["bulkOperation"]?.["id"])))["url"]);

  test("a token sent along is refused and counted as leaked", async () => {
    expect((await download(await fresh(), { "x-shopify-access-token": access })).status).toBe(400);
    expect((await sandbox.desk("state"))["seen"]?.["tokensLeaked"]).toBe(1);
  });

  test("a changed signature is refused", async () => {
    const url = new URL(await fresh());
    url.searchParams.set("Expires", String(Number(url.searchParams.get("Expires")) + 1));
    expect((await download(url.href)).status).toBe(403);
  });

  test("after seven days it has ended", async () => {
    const own = await startTestSandbox();
    try {
      const token = (await own.install(shop)).access_token;
      const q = "{ products { edges { node { id } } } }";
      const id = (await own.graphql(shop, token, runMutation, { q }))["data"]?.["bulkOperationRunQuery"]?.[
        "bulkOperation"
      ]?.["id"];
      let link = "null";
      while (link === "null")
        link = words((await own.graphql(shop, token, pollQuery, { id }))["data"]?.["bulkOperation"]?.["url"]);
      const url = new URL(link);
      const get = () => own.call({ host: url.host, path: `${url.pathname}${url.search}` });
      expect((await get()).status).toBe(200);
      await own.desk("clock", { byDays: 8 });
      expect((await get()).status).toBe(400);
    } finally {
      await own.close();
    }
  });
});

test("the file is given in parts, and the ledger tells what left twice", async () => {
  const id = words((await run(all))?.["bulkOperation"]?.["id"]);
  const { url } = await finished(id);
  const told = async () => items(await sandbox.desk(`again/${shop}`));
  const before = (await told()).length;
  const whole = await download(words(url));
  const from = Math.floor(whole.body.length / 2);
  const part = await download(words(url), { range: `bytes=${from}-` });
  expect(part.status).toBe(206);
  expect(part.headers["content-range"]).toBe(`bytes ${from}-${whole.body.length - 1}/${whole.body.length}`);
  expect(part.text).toBe(whole.body.subarray(from).toString("utf8"));
  expect((await download(words(url), { range: `bytes=${whole.body.length}-` })).status).toBe(416);
  // It is told once the last byte has left, which may be after it was read here.
  const sent = await vi.waitUntil(
    async () => {
      const since = (await told()).slice(before);
      return since.length >= 2 && since;
    },
    { timeout: 60_000 },
  );
  const orders = whole.text.split("\n").filter((line) => line.includes('"__typename":"Order"')).length;
  expect(sent[0]).toMatchObject({ records: orders });
  expect(Number(sent[1]?.["records"])).toBe(Number(sent[1]?.["again"]));
  expect(Number(sent[1]?.["again"]) / orders).toBeCloseTo(0.5, 0);
});

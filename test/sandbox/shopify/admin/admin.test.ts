import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { everyScope, items, startTestSandbox, words, type Json, type TestSandbox } from "../../testing.ts";

const shop = "tokyo-paper.myshopify.com";
let sandbox: TestSandbox;
let access = "";
beforeAll(async () => {
  sandbox = await startTestSandbox();
  access = (await sandbox.install(shop)).access_token;
});
afterAll(() => sandbox.close());

const ask = (query: string, variables: object = {}) => sandbox.graphql(shop, access, query, variables);
const errorOf = (json: Json) => items(json["errors"])[0];
const codeOf = (json: Json) => errorOf(json)?.["extensions"]?.["code"];

async function walk(query: string, variables: object = {}): Promise<Json[]> {
  const found: Json[] = [];
  for (let after: string | null = null; ;) {
    const orders: Json | undefined = (await ask(query, { ...variables, after }))["data"]?.["orders"];
    found.push(...items(orders?.["nodes"]));
    if (words(orders?.["pageInfo"]?.["hasNextPage"]) !== "true") return found;
    after = words(orders?.["pageInfo"]?.["endCursor"]);
  }
}

describe("the vendor's schema", () => {
  test("a misspelled field fails as it does there", async () => {
    const reply = await ask("{ orders(first: 1) { nodes { id createdOn } } }");
    expect(errorOf(reply)?.["message"]).toBe("Field 'createdOn' doesn't exist on type 'Order'");
    expect(errorOf(reply)?.["extensions"]).toEqual({
      code: "undefinedField",
      typeName: "Order",
      fieldName: "createdOn",
    });
    expect(reply["data"]).toBeUndefined();
  });

  test.each([
    ["feeDetails, which this version does not have", "{ feeDetails(first: 1) { nodes { id } } }", "undefinedField"],
    ["an argument nobody knows", "{ orders(first: 1, since: 3) { nodes { id } } }", "argumentNotAccepted"],
    ["an object without a selection", "{ orders(first: 1) { nodes } }", "selectionMismatch"],
    ["a variable of the wrong type", "query($f: String!) { orders(first: $f) { nodes { id } } }", "variableMismatch"],
    ["a missing argument", "{ order { id } }", "missingRequiredArguments"],
  ])("refuses %s", async (_, query, code) => {
    expect(codeOf(await ask(query, { f: "1" }))).toBe(code);
  });

  test("text that is no query is a syntax error", async () => {
    expect(words(errorOf(await ask("{ orders(first: 1) { nodes { id "))?.["message"])).toMatch(/^syntax error/);
  });

  test("a field that the vendor has and the stand-in does not is refused in words, never a silent null", async () => {
    const reply = await ask("{ orders(first: 1) { nodes { id clientIp } } }");
    expect(words(errorOf(reply)?.["message"])).toContain("does not serve Order.clientIp");
  });

  test("a body without a query is HTTP 400, a wrong token 401, GET 405", async () => {
    const path = "/admin/api/2026-10/graphql.json";
    const good = { "content-type": "application/json", "x-shopify-access-token": access };
    const none = await sandbox.call({ host: shop, method: "POST", path, headers: good, body: "{}" });
    expect([none.status, JSON.parse(none.text)]).toEqual([
      400,
      { errors: { query: "Required parameter missing or invalid" } },
    ]);
    const headers = { ...good, "x-shopify-access-token": "shpat_wrong" };
    expect((await sandbox.call({ host: shop, method: "POST", path, headers, body: "{}" })).status).toBe(401);
    expect((await sandbox.call({ host: shop, method: "GET", path, headers: good })).status).toBe(405);
  });

  test("the version header names what answered: a retired version falls forward", async () => {
    const headers = { "content-type": "application/json", "x-shopify-access-token": access };
    const body = JSON.stringify({ query: "{ shop { id } }" });
    const versionOf = async (asked: string) =>
      (await sandbox.call({ host: shop, method: "POST", path: `/admin/api/${asked}/graphql.json`, headers, body }))
        .headers["x-shopify-api-version"];
    expect(await versionOf("2026-10")).toBe("2026-10");
    expect(await versionOf("2024-01")).toBe("2026-01");
  });

  test("a shop that nobody opened is a 404", async () => {
    const reply = await sandbox.call({
      host: "no-such-shop.myshopify.com",
      method: "POST",
      path: "/admin/api/2026-10/graphql.json",
      body: "{}",
    });
    expect([reply.status, JSON.parse(reply.text)]).toEqual([404, { errors: "Not Found" }]);
  });
});

describe("pages", () => {
  const byCursor = `query($first: Int!, $after: String) { orders(first: $first, after: $after, sortKey: UPDATED_AT) {
    nodes { id updatedAt } pageInfo { hasNextPage endCursor } } }`;

  test.each([1_00, 250, 37])("a walk of %i a page gives every order once, oldest change first", async (first) => {
    const nodes = await walk(byCursor, { first });
    const ids = nodes.map((node) => words(node["id"]));
    const count = (await ask("{ ordersCount(limit: null) { count precision } }"))["data"]?.["ordersCount"];
    expect(count).toEqual({ count: ids.length, precision: "EXACT" });
    expect(new Set(ids).size).toBe(ids.length);
    const times = nodes.map((node) => words(node["updatedAt"]));
    expect(times).toEqual(times.toSorted());
  });

  test.each([
    ["neither first nor last", "{ orders { nodes { id } } }"],
    ["both", "{ orders(first: 1, last: 1) { nodes { id } } }"],
    ["more than 250", "{ orders(first: 251) { nodes { id } } }"],
    ["a forged cursor", '{ orders(first: 1, after: "nonsense") { nodes { id } } }'],
  ])("%s is refused", async (_, query) => {
    expect(codeOf(await ask(query))).toBe("BAD_REQUEST");
  });

  test("reverse and last give the other end", async () => {
    const reply = await ask(
      "{ a: orders(first: 2, reverse: true, sortKey: CREATED_AT) { nodes { id } } b: orders(last: 2, sortKey: CREATED_AT) { nodes { id } } }",
    );
    const [a, b] = [reply["data"]?.["a"], reply["data"]?.["b"]].map((each) =>
      items(each?.["nodes"]).map((node) => words(node["id"])),
    );
    expect(a).toEqual(b?.toReversed());
  });

  test("no walk goes past 25,000 objects", async () => {
    const cursor = Buffer.from(JSON.stringify({ last_id: 1, last_value: "1", passed: 24_990 })).toString("base64url");
    const reply = await ask(`{ orders(first: 50, after: "${cursor}") { nodes { id } } }`);
    expect(words(errorOf(reply)?.["message"])).toContain("25000");
  });

  test("nested lists have cursors of their own, and the rest of a long order is drained by them", async () => {
    const counts = await walk(
      `query($after: String) { orders(first: 100, after: $after) { nodes { id subtotalLineItemsQuantity lineItems(first: 1) { nodes { id } pageInfo { hasNextPage } } } pageInfo { hasNextPage endCursor } } }`,
    );
    const long = counts.find((node) => words(node["lineItems"]?.["pageInfo"]?.["hasNextPage"]) === "true");
    const seen: string[] = [];
    for (let after: string | null = null; ;) {
      const page: Json | undefined = (
        await ask(
          "query($id: ID!, $after: String) { order(id: $id) { lineItems(first: 2, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } } }",
          { id: long?.["id"], after },
        )
      )["data"]?.["order"]?.["lineItems"];
      seen.push(...items(page?.["nodes"]).map((node) => words(node["id"])));
      if (words(page?.["pageInfo"]?.["hasNextPage"]) !== "true") break;
      after = words(page?.["pageInfo"]?.["endCursor"]);
    }
    expect(seen.length).toBeGreaterThan(1);
    expect(new Set(seen).size).toBe(seen.length);
  });
});

describe("ids", () => {
  test("every part of an order is found again by its own id", async () => {
    const query = `{ orders(first: 100, query: "financial_status:refunded") { nodes { id lineItems(first: 1) { nodes { id } } refunds { id } transactions { id } fulfillments { id } } } }`;
    const orders = items((await ask(query))["data"]?.["orders"]?.["nodes"]);
    const ids = orders.flatMap((order) => [
      words(order["id"]),
      ...[order["lineItems"]?.["nodes"], order["refunds"], order["transactions"], order["fulfillments"]].flatMap(
        (part) => items(part).map((each) => words(each["id"])),
      ),
    ]);
    expect(new Set(ids.map((id) => id.split("/")[3])).size).toBe(5);
    const found = await ask("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", { ids: ids.slice(0, 250) });
    expect(items(found["data"]?.["nodes"]).map((node) => words(node["id"]))).toEqual(ids.slice(0, 250));
  });

  test("a kind that cannot be found by id says so, and an unknown number is null", async () => {
    expect(codeOf(await ask('{ node(id: "gid://shopify/Metaobject/1") { id } }'))).toBe("NOT_SERVED_BY_STAND_IN");
    expect((await ask('{ node(id: "gid://shopify/Order/1") { id } }'))["data"]).toEqual({ node: null });
  });
});

describe("search", () => {
  const count = async (query: string) =>
    Number(
      words(
        (await ask("query($q: String) { ordersCount(query: $q, limit: null) { count } }", { q: query }))["data"]?.[
          "ordersCount"
        ]?.["count"],
      ),
    );

  test("quoted ranges cut a window exactly: its halves add up and do not meet", async () => {
    const now = Date.now();
    const [from, middle, to] = [320, 170, 20].map((days) => `'${new Date(now - days * 86_400_000).toISOString()}'`);
    const whole = await count(`created_at:>=${from} AND created_at:<${to}`);
    const left = await count(`created_at:>=${from} AND created_at:<${middle}`);
    const right = await count(`created_at:>=${middle} created_at:<${to}`);
    expect(whole).toBeGreaterThan(50);
    expect(left + right).toBe(whole);
  });

  test("a timestamp without quotes is not understood: the term is left out and a warning stands beside the answer", async () => {
    const all = await count("");
    const query = "created_at:>=2026-11-01T00:00:00Z";
    expect(await count(query)).toBe(all);
    const reply = await ask(`{ orders(first: 1, query: "${query}") { nodes { id } } }`);
    expect(items(reply["extensions"]?.["search"])[0]?.["warnings"]).toEqual([
      { field: "created_at", message: "Input `2026-11-01T00` is not an accepted value.", code: "invalid_value" },
    ]);
  });

  test("an unknown field is left out with a warning", async () => {
    const reply = await ask('{ orders(first: 1, query: "colour:red") { nodes { id } } }');
    expect(items(reply["extensions"]?.["search"])[0]?.["warnings"]?.["0"]?.["code"]).toBe("invalid_field");
  });

  test("OR, NOT, brackets and words", async () => {
    const [all, refunded, tests] = [
      await count(""),
      await count("financial_status:refunded"),
      await count("test:true"),
    ];
    expect(await count("NOT financial_status:refunded")).toBe(all - refunded);
    expect(await count("-test:true")).toBe(all - tests);
    const both = await count("(financial_status:refunded AND test:true)");
    expect(await count("financial_status:refunded OR test:true")).toBe(refunded + tests - both);
  });

  test("a count above its limit says AT_LEAST", async () => {
    const reply = await ask("{ ordersCount(limit: 10) { count precision } }");
    expect(reply["data"]?.["ordersCount"]).toEqual({ count: 10, precision: "AT_LEAST" });
  });
});

describe("scopes and protected data", () => {
  test("a missing scope denies the field by name", async () => {
    const other = "kathmandu-tea.myshopify.com";
    const token = (await sandbox.install(other, "read_products")).access_token;
    const reply = await sandbox.graphql(other, token, "{ orders(first: 1) { nodes { id } } }");
    expect(words(errorOf(reply)?.["message"])).toBe(
      "Access denied for orders field. Required access: `read_orders` access scope.",
    );
    expect([codeOf(reply), errorOf(reply)?.["path"], reply["data"]]).toEqual(["ACCESS_DENIED", ["orders"], null]);
  });

  test("a scope taken away at the desk is missing at the next call, and back when given back", async () => {
    const other = "lord-howe-surf.myshopify.com";
    const token = (await sandbox.install(other)).access_token;
    const look = async () => codeOf(await sandbox.graphql(other, token, "{ orders(first: 1) { nodes { id } } }"));
    await sandbox.desk(`shops/${other}`, { action: "dropScope", scope: "read_orders" });
    expect(await look()).toBe("ACCESS_DENIED");
    await sandbox.desk(`shops/${other}`, { action: "addScope", scope: "read_orders" });
    expect(await look()).toBeUndefined();
  });

  test("without read_all_orders nothing older than sixty days is there, neither in lists nor in counts nor by id", async () => {
    const other = "kuwait-oud.myshopify.com";
    const oldest = (token: string) =>
      sandbox.graphql(
        other,
        token,
        "{ ordersCount(limit: null) { count } orders(first: 1, sortKey: CREATED_AT) { nodes { id createdAt } } }",
      );
    const all = await oldest((await sandbox.install(other)).access_token);
    const asked = Date.now();
    const few = await oldest((await sandbox.install(other, "read_orders")).access_token);
    expect(Number(words(few["data"]?.["ordersCount"]?.["count"]))).toBeLessThan(
      Number(words(all["data"]?.["ordersCount"]?.["count"])),
    );
    const first = Date.parse(words(items(few["data"]?.["orders"]?.["nodes"])[0]?.["createdAt"]));
    expect(asked - first).toBeLessThan(60 * 86_400_000 + 5_000);
  });

  test("without approval the customer is null, the rest of the order is there, and the error names the path", async () => {
    await sandbox.desk("settings", { customerLevel: 0 });
    try {
      const reply = await ask("{ orders(first: 3) { nodes { id customer { id } } } }");
      expect(items(reply["data"]?.["orders"]?.["nodes"])).toHaveLength(3);
      expect(words(errorOf(reply)?.["message"])).toContain("This app is not approved to access the Customer object");
      expect(errorOf(reply)?.["path"]).toEqual(["orders", "nodes", 0, "customer"]);
    } finally {
      await sandbox.desk("settings", { customerLevel: 1 });
    }
  });

  test("level one does not open e-mail addresses", async () => {
    const reply = await ask("{ customers(first: 1) { nodes { id email } } }");
    expect(codeOf(reply)).toBe("ACCESS_DENIED");
  });

  test("ShopifyQL needs read_reports and level two, and refuses what it cannot parse", async () => {
    const query =
      "query($q: String!) { shopifyqlQuery(query: $q) { tableData { columns { name dataType } rows } parseErrors } }";
    const q = "FROM sales SHOW orders, gross_sales, net_sales TIMESERIES day SINCE 2026-11-01 UNTIL 2026-11-03";
    expect(codeOf(await ask(query, { q }))).toBe("ACCESS_DENIED");
    await sandbox.desk("settings", { customerLevel: 2 });
    const reply = await ask(query, { q });
    expect(items(reply["data"]?.["shopifyqlQuery"]?.["tableData"]?.["rows"])).toHaveLength(3);
    expect((await ask(query, { q: "SELECT 1" }))["data"]?.["shopifyqlQuery"]?.["tableData"]).toBeNull();
    await sandbox.desk("settings", { customerLevel: 1 });
  });
});

test("the installation lists its scopes", async () => {
  const reply = await ask("{ currentAppInstallation { accessScopes { handle } } }");
  const handles = items(reply["data"]?.["currentAppInstallation"]?.["accessScopes"]).map((each) =>
    words(each["handle"]),
  );
  expect(handles.join(",")).toBe(everyScope);
});

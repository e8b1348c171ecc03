// What an order needs besides its page or its line of a file: long connections drained, long lists asked for again,
// refunds of bulk orders completed.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { SliceSpec } from "../../contract.ts";
import type { Json } from "../../json.ts";
import type { SourceRequest } from "../../session.ts";
import { askedIn, makeScriptedSession } from "../../testing/scripted.ts";
import type { SourceRecord } from "../../records.ts";
import { ordersSubject } from "./orders.ts";
import { streamPages } from "./reading.ts";

type Node = { [name: string]: Json };
const sample: { data: { orders: { nodes: Node[] } } } = JSON.parse(
  readFileSync(new URL("../samples/orders-page.json", import.meta.url), "utf8"),
);
const order: Node = sample.data.orders.nodes[0] ?? {};
const listIn = (name: string): Node[] => JSON.parse(JSON.stringify(order[name]));
const nodesOf = (node: Node, name: string): Node[] => JSON.parse(JSON.stringify(node[name])).nodes;
const [line = {}] = nodesOf(order, "lineItems");
const [refund = {}] = listIn("refunds");
const [fulfilment = {}] = listIn("fulfillments");
const many = (of: Node, count: number, from = 0): Node[] =>
  Array.from({ length: count }, (_unused, i) => ({
    ...of,
    id: `${typeof of["id"] === "string" ? of["id"] : ""}${from + i}`,
  }));
const connection = (nodes: Node[], next: string | null) => ({
  nodes,
  pageInfo: { hasNextPage: next !== null, endCursor: next ?? "end" },
});

const slice: SliceSpec = {
  mode: "changes",
  from: new Date("2026-11-20T09:00:00Z"),
  to: new Date("2026-11-20T10:00:00Z"),
  urgent: false,
};

async function read(
  answer: (request: SourceRequest, query: string, variables: Node) => object,
): Promise<{ records: SourceRecord[]; purposes: string[] }> {
  const session = makeScriptedSession((request) => {
    const { query, variables } = askedIn(request);
    const counted = query.includes("ordersCount") ? { ordersCount: { count: 1, precision: "EXACT" } } : null;
    return { body: JSON.stringify({ data: counted ?? answer(request, query, variables) }) };
  });
  const records: SourceRecord[] = [];
  for await (const page of streamPages(session, ordersSubject, { slice, from: null, count: async () => 1 }))
    if (page.kind === "records") records.push(...page.records);
  return { records, purposes: session.sent.map((request) => request.purpose) };
}
const pageOf = (node: Node) => ({ orders: connection([node], null) });
const countOf = (records: readonly SourceRecord[], kind: string) =>
  new Set(records.filter((record) => record.kind === kind).map((record) => record.id)).size;

describe("an order on a page", () => {
  test("with hundreds of lines has them all", async () => {
    const { records, purposes } = await read((_request, query, variables) => {
      if (!query.includes("Drain")) return pageOf({ ...order, lineItems: connection(many(line, 20), "l20") });
      const from = variables["after"] === "l20" ? 20 : 120;
      return { node: { lineItems: connection(many(line, 100, from), from === 20 ? "l120" : null) } };
    });
    expect(countOf(records, "orderLine")).toBe(220);
    expect(purposes).toEqual(["orders", "drain.lineItems", "drain.lineItems"]);
  });

  test("with a refund of many lines counts them all", async () => {
    const [returned = {}] = nodesOf(refund, "refundLineItems");
    const { records } = await read((_request, query) => {
      const long = { ...refund, refundLineItems: connection(many(returned, 10), "r10") };
      return query.includes("Drain")
        ? { node: { refundLineItems: connection(many(returned, 5, 10), null) } }
        : pageOf({ ...order, refunds: [long] });
    });
    expect(records.find((record) => record.kind === "refund")).toMatchObject({ returned: "750", returnedTax: "112.5" });
  });

  test("whose plain list is as long as was asked for is asked again, for all of it", async () => {
    const { records, purposes } = await read((_request, query) => {
      if (!query.includes("LongLists")) return pageOf({ ...order, fulfillments: many(fulfilment, 20) });
      return {
        order: {
          id: order["id"],
          refunds: [refund],
          transactions: order["transactions"],
          fulfillments: many(fulfilment, 31),
        },
      };
    });
    expect(countOf(records, "fulfilment")).toBe(31);
    expect(countOf(records, "refund")).toBe(1);
    expect(purposes).toEqual(["orders", "orders.lists"]);
  });

  test("that is gone when its lists are asked for keeps what is known of it", async () => {
    const { records } = await read((_request, query) =>
      query.includes("LongLists") ? { order: null } : pageOf({ ...order, fulfillments: many(fulfilment, 20) }),
    );
    expect(countOf(records, "fulfilment")).toBe(20);
    // Its list may have been cut at twenty: those that we hold beyond them are not gone.
    expect(records[0]?.childrenComplete).toBeUndefined();
  });

  test("that is gone when its other lines are asked for is read again, never cut", async () => {
    const cut = read((_request, query) =>
      query.includes("Drain") ? { node: null } : pageOf({ ...order, lineItems: connection(many(line, 20), "l20") }),
    );
    await expect(cut).rejects.toMatchObject({ failure: { class: "transient", said: "200 without node" } });
  });

  test("whose lines repeat for ever in the drain is given up", async () => {
    const forever = read((_request, query) =>
      query.includes("Drain")
        ? { node: { lineItems: connection(many(line, 5), "same") } }
        : pageOf({ ...order, lineItems: connection(many(line, 20), "same") }),
    );
    await expect(forever).rejects.toThrow(/same page/);
  });
});

describe("the customer of an order", () => {
  const error = (message: string) => ({
    message,
    path: ["orders", "nodes", 0, "customer"],
    extensions: { code: "ACCESS_DENIED" },
  });
  const unapproved = error("This app is not approved to access the Customer object.");
  const unscoped = error("Access denied for customer field. Required access: `read_customers` access scope.");
  test.each([
    ["is left open where the app is not approved", { errors: [unapproved] }, ["read_orders", "read_customers"], false],
    ["is left open where the shop says that the scope is gone", { errors: [unscoped] }, ["read_customers"], false],
    ["is left open where it was not asked for", {}, ["read_orders"], false],
    ["is nobody where the shop says so", {}, ["read_orders", "read_customers"], true],
  ])("%s", async (_what, more, scopes, isTold) => {
    const data = pageOf({ ...order, customer: null });
    const session = makeScriptedSession(() => ({ body: JSON.stringify({ data, ...more }) }), { scopes });
    const records: SourceRecord[] = [];
    for await (const page of streamPages(session, ordersSubject, { slice, from: null, count: async () => 1 }))
      if (page.kind === "records") records.push(...page.records);
    const [own] = records.filter(({ kind }) => kind === "order");
    expect(own).toBeDefined();
    expect(own !== undefined && "customerId" in own).toBe(isTold);
  });
});

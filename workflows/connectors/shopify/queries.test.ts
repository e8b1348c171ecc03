// Every text that we send, held against the vendor's own description of this API version and against its prices.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import {
  buildClientSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  parse,
  validate,
  type FieldNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  type IntrospectionQuery,
  type SelectionSetNode,
} from "graphql";
import { beforeAll, describe, expect, test } from "vitest";
import { ACCOUNT_COST, accountText } from "./account.ts";
import { API_VERSION } from "./api.ts";
import {
  operationText,
  POLL_COST,
  pollText,
  RUNNING_COST,
  runningText,
  START_COST,
  startText,
} from "./bulk/operation.ts";
import { drainCost, drainText } from "./drain.ts";
import { adjustmentFields, lineFields, refundLineFields, variantFields } from "./fields.ts";
import { uninstallText } from "./index.ts";
import { LONG_LISTS_COST, longListsText } from "./long-lists.ts";
import { walkText } from "./pages.ts";
import { reportText } from "./reconcile.ts";
import { REFUNDS_COST, refundsText } from "./refunds.ts";
import { connectionCost, granted } from "./selection.ts";
import { customersSubject, productsSubject } from "./streams/catalogue.ts";
import { ordersSubject } from "./streams/orders.ts";
import { COUNT_COST, countText, wholeCountTexts } from "./streams/reading.ts";
import type { Subject } from "./subject.ts";
import { registerText } from "./webhooks.ts";

const COST_MAX = 1000;
const subjects: readonly Subject[] = [ordersSubject, customersSubject, productsSubject];
const all = new Set(["read_orders", "read_all_orders", "read_customers", "read_products", "read_inventory"]);
const least = new Set(["read_orders"]);

let schema: GraphQLSchema;
beforeAll(() => {
  const file = new URL(`data/admin_${API_VERSION}.json.gz`, import.meta.resolve("@shopify/dev-mcp"));
  const content: { data: IntrospectionQuery } = JSON.parse(gunzipSync(readFileSync(file)).toString());
  // Their own file breaks a rule or two about deprecations that are no concern of a client.
  schema = buildClientSchema(content.data, { assumeValid: true });
});

const walks = subjects.flatMap((subject) =>
  [all, least].flatMap((scopes) =>
    (["created_at", "updated_at"] as const).map((field) => ({
      name: `${subject.root} by ${field}, ${scopes.size} scopes`,
      text: walkText({ ...subject, field, size: subject.pageSize, purpose: "" }, subject.pageSize, { scopes }),
      said: connectionCost(subject.pageSize, granted(subject.fields, scopes)),
    })),
  ),
);
const idsWalk = { root: "orders", fields: ["id"], field: "created_at", size: 250, purpose: "" } as const;
const drains = [
  { type: "Order", connection: "lineItems", fields: lineFields },
  { type: "Product", connection: "variants", fields: variantFields },
  { type: "Refund", connection: "refundLineItems", fields: refundLineFields },
  { type: "Refund", connection: "orderAdjustments", fields: adjustmentFields },
] as const;

const sent: { name: string; text: string; said: number }[] = [
  ...walks,
  { name: "ids", text: walkText(idsWalk, 250, { scopes: all }), said: connectionCost(250, ["id"]) },
  ...drains.map((drain) => ({
    name: `drain ${drain.type}.${drain.connection}`,
    text: drainText(drain),
    said: drainCost(drain.fields),
  })),
  { name: "long lists", text: longListsText, said: LONG_LISTS_COST },
  { name: "refunds", text: refundsText, said: REFUNDS_COST },
  { name: "account", text: accountText, said: ACCOUNT_COST },
  { name: "count", text: countText, said: COUNT_COST },
  { name: "count of customers", text: wholeCountTexts.customers, said: COUNT_COST },
  { name: "count of products", text: wholeCountTexts.products, said: COUNT_COST },
  { name: "bulk start", text: startText, said: START_COST },
  { name: "bulk running", text: runningText, said: RUNNING_COST },
  { name: "bulk poll", text: pollText, said: POLL_COST },
  { name: "webhook", text: registerText, said: 10 },
  { name: "uninstall", text: uninstallText, said: 10 },
  { name: "report", text: reportText, said: 3 },
];

describe("an ordinary query", () => {
  test.each(sent)("$name is what the vendor's schema allows", ({ text }) => {
    expect(validate(schema, parse(text)).map((error) => error.message)).toEqual([]);
  });

  test.each(sent)("$name costs under a thousand, and no more than we say", ({ text, said }) => {
    const cost = costOfText(text);
    expect(cost).toBeLessThan(COST_MAX);
    expect(cost).toBeLessThanOrEqual(said);
  });
});

describe("a bulk string", () => {
  const range = { from: new Date("2026-10-01T00:00:00Z"), to: new Date("2026-11-01T00:00:00Z") };
  const texts = subjects.flatMap((subject) =>
    [all, least].flatMap((scopes) => [
      { name: `${subject.root} whole, ${scopes.size} scopes`, text: operationText(subject, scopes, null) },
      {
        name: `${subject.root} of a window, ${scopes.size} scopes`,
        text: operationText(subject, scopes, { field: subject.historyField, range }),
      },
    ]),
  );

  test.each(texts)("$name is what the vendor's schema allows", ({ text }) => {
    expect(validate(schema, parse(text)).map((error) => error.message)).toEqual([]);
  });

  test.each(texts)("$name keeps the rules of bulk operations", ({ text }) => {
    const found = connectionsIn(text);
    expect(found.length).toBeGreaterThanOrEqual(1);
    expect(found.length).toBeLessThanOrEqual(5);
    for (const one of found) {
      expect(one.depth, one.name).toBeLessThanOrEqual(3);
      expect(one.isInList, `${one.name} inside a plain list`).toBe(false);
      expect(one.selects, one.name).toEqual(["edges"]);
      expect(one.nodeSelects, one.name).toContain("id");
    }
    expect(text).not.toContain("$");
  });

  test("reads the same of an object as a page does, but for what a bulk string may not hold", () => {
    const paged = walkText({ ...ordersSubject, field: "created_at", size: 1, purpose: "" }, 1, { scopes: all });
    const scalars = (text: string) =>
      new Set(text.match(/\b[a-z]\w+\b/g)?.filter((name) => !["edges", "node", "nodes", "pageInfo"].includes(name)));
    const bulk = scalars(operationText(ordersSubject, all, null));
    const paging = new Set(["query", "search", "after", "sortKey", "endCursor", "hasNextPage"]);
    const missing = [...scalars(paged)].filter((name) => !bulk.has(name) && !paging.has(name));
    expect(missing.toSorted()).toEqual([
      "lineItem",
      "orderAdjustments",
      "reason",
      "refundLineItems",
      "restockType",
      "subtotalSet",
      "taxAmountSet",
    ]);
  });
});

// The vendor's published prices, reckoned from the text and not from our own field list: scalars 0, objects and plain
// lists 1, connections 2 and their nodes times floor(2 ln first), mutations 10.
function costOfText(text: string): number {
  const operation = parse(text).definitions[0];
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error("not an operation");
  if (operation.operation === "mutation") return 10;
  return costOfSelection(operation.selectionSet, schema.getQueryType() ?? null);
}

function costOfSelection(selection: SelectionSetNode | undefined, type: GraphQLNamedType | null): number {
  return (selection?.selections ?? []).reduce((sum, node) => {
    if (node.kind === Kind.INLINE_FRAGMENT) {
      const on = node.typeCondition === undefined ? type : (schema.getType(node.typeCondition.name.value) ?? null);
      return sum + costOfSelection(node.selectionSet, on);
    }
    return node.kind === Kind.FIELD ? sum + costOfFieldNode(node, type) : sum;
  }, 0);
}

function costOfFieldNode(node: FieldNode, parent: GraphQLNamedType | null): number {
  const type = fieldType(parent, node.name.value);
  if (type === null || !isCompositeType(type) || type.name === "PageInfo") return 0;
  if (!type.name.endsWith("Connection")) return 1 + costOfSelection(node.selectionSet, type);
  const first = node.arguments?.find((argument) => argument.name.value === "first")?.value;
  const asked = first?.kind === Kind.INT ? Number(first.value) : 2;
  const nodes = node.selectionSet?.selections.find(
    (child) => child.kind === Kind.FIELD && child.name.value === "nodes",
  );
  const inside = nodes?.kind === Kind.FIELD ? costOfFieldNode(nodes, type) : 0;
  return 2 + inside * Math.floor(2 * Math.log(Math.max(2, asked)));
}

function fieldType(parent: GraphQLNamedType | null, name: string): GraphQLNamedType | null {
  if (!isObjectType(parent) && !isInterfaceType(parent)) return null;
  const field = parent.getFields()[name];
  return field === undefined ? null : getNamedType(field.type);
}

type FoundConnection = { name: string; depth: number; isInList: boolean; selects: string[]; nodeSelects: string[] };

function connectionsIn(text: string): FoundConnection[] {
  const operation = parse(text).definitions[0];
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error("not an operation");
  const found: FoundConnection[] = [];
  const walk = (
    set: SelectionSetNode | undefined,
    parent: GraphQLNamedType | null,
    depth: number,
    isInList: boolean,
  ) => {
    for (const node of set?.selections ?? []) {
      if (node.kind !== Kind.FIELD) continue;
      const type = fieldType(parent, node.name.value);
      const isConnection = type?.name.endsWith("Connection") === true;
      if (isConnection) found.push({ name: node.name.value, depth: depth + 1, isInList, ...selectedBy(node) });
      const isList = !isConnection && !isEdges(node) && isPlainList(parent, node.name.value);
      walk(node.selectionSet, type, depth + (isConnection ? 1 : 0), isInList || isList);
    }
  };
  walk(operation.selectionSet, schema.getQueryType() ?? null, 0, false);
  return found;
}

const isEdges = (node: FieldNode) => node.name.value === "edges";

function isPlainList(parent: GraphQLNamedType | null, name: string): boolean {
  if (!isObjectType(parent) && !isInterfaceType(parent)) return false;
  const field = parent.getFields()[name];
  return field !== undefined && isListType(getNullableType(field.type));
}

function selectedBy(connection: FieldNode): Pick<FoundConnection, "selects" | "nodeSelects"> {
  const fieldsOf = (set: SelectionSetNode | undefined) =>
    (set?.selections ?? []).filter((node) => node.kind === Kind.FIELD);
  const edges = fieldsOf(connection.selectionSet);
  const nodes = edges.flatMap((edge) => fieldsOf(edge.selectionSet));
  return {
    selects: edges.map((edge) => edge.name.value),
    nodeSelects: nodes.flatMap((node) => fieldsOf(node.selectionSet)).map((field) => field.name.value),
  };
}

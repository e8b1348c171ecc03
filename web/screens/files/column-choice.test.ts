import { expect, test } from "vitest";
import { inOrder, judge } from "./column-choice.ts";

const needs = (...columns: string[][]) => columns.map((anyOf) => ({ anyOf }));
const shapes = [
  { shape: "COSTS" as const, needs: needs(["date"], ["cost_type"], ["amount"]), without: [], beside: ["cogs"] },
  { shape: "PRICES" as const, needs: needs(["sku"], ["cogs", "amount"]), without: ["order_id"], beside: [] },
];
const column = (header: string, target: string) => ({ header, target, isGuessed: false, samples: [] });
const choices = (said: Record<string, string>) => new Map(Object.entries(said));

test("what makes a file, and which columns would mean the same, is known before anybody asks", () => {
  const columns = [column("Item code", "extra"), column("Landed rate", "extra"), column("Old rate", "extra")];
  const judged = (said: Record<string, string>) => judge({ columns, shapes }, choices(said));
  expect(judged({})).toMatchObject({ isChanged: false, isWhole: false });
  const priced = { "Item code": "sku", "Landed rate": "cogs" };
  expect(judged(priced)).toMatchObject({ isChanged: true, isWhole: true, twins: new Map() });
  const ofOrders = { "Item code": "sku", "Landed rate": "amount", "Old rate": "order_id" };
  expect(judged(ofOrders).isWhole, "the amount of an order is no price").toBe(false);
  const twice = judged({ ...priced, "Old rate": "cogs" });
  expect([...twice.twins]).toEqual([["cogs", ["Landed rate", "Old rate"]]]);
  expect(judged({ "Item code": "ignore", "Landed rate": "ignore" }).twins.size, "left out twice is no trouble").toBe(0);
});

test("what the shape does not read is no change and no twin, and what it needs comes first", () => {
  const columns = [
    column("Remark", "note"),
    column("Goods", "extra"),
    column("Ware", "extra"),
    column("day", "date"),
    column("type", "cost_type"),
    column("sum", "amount"),
  ];
  expect(judge({ columns, shapes }, choices({ Goods: "cogs", Ware: "cogs" }))).toEqual({
    isChanged: false,
    isWhole: true,
    lacksKind: false,
    twins: new Map(),
  });
  expect(inOrder({ columns, shapes, shape: "COSTS" }).map(({ header }) => header)).toEqual([
    "day",
    "type",
    "sum",
    "Remark",
    "Goods",
    "Ware",
  ]);
});

test("where only the kind of each cost is lacking, a word on all of them makes it whole", () => {
  const columns = [column("Day", "date"), column("Category", "category"), column("Cost", "amount")];
  const judged = (costType: string, all = columns) => judge({ columns: all, shapes }, choices({}), costType);
  expect(judged("")).toMatchObject({ isWhole: false, isChanged: false, lacksKind: true });
  expect(judged("fixed")).toMatchObject({ isWhole: true, isChanged: true, lacksKind: true });
  expect(judged("fixed", columns.slice(0, 2))).toMatchObject({ isWhole: false, lacksKind: false });
});

import { expect, it } from "vitest";
import { byKind, keyOf } from "./dependents.ts";

const dependent = (kind: "TILE" | "API_CLIENT" | "DATASOURCE", name: string) => ({
  kind,
  name,
  staleAt: null,
  lastUsedAt: null,
  datasource: null,
});

it("what cannot go on comes before what is only looked at, and an empty kind is not there", () => {
  const grouped = byKind([
    dependent("TILE", "Orders"),
    dependent("DATASOURCE", "Recharge"),
    dependent("TILE", "Net sales"),
    dependent("API_CLIENT", "Warehouse sheet"),
  ]);
  expect(grouped.map(([kind, those]) => [kind, those.map(({ name }) => name)])).toEqual([
    ["DATASOURCE", ["Recharge"]],
    ["API_CLIENT", ["Warehouse sheet"]],
    ["TILE", ["Orders", "Net sales"]],
  ]);
});

it("a tile and a token of one name are two things", () => {
  expect(keyOf(dependent("TILE", "Orders"))).not.toBe(keyOf(dependent("API_CLIENT", "Orders")));
});

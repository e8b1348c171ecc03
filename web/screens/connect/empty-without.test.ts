import { expect, test } from "vitest";
import { shopifyFixture } from "../../gallery/answers.ts";
import { emptyWithout } from "./empty-without.ts";

const platform = shopifyFixture({ powers: ["Orders", "Net sales"] });

test("without scopes what they feed stays empty, each once", () => {
  expect(emptyWithout(platform, ["read_orders", "read_all_orders"])).toEqual(["orders"]);
  expect(emptyWithout(platform, ["read_orders", "read_customers"])).toEqual(["orders", "customers"]);
});

test("without a role all of it stays empty", () => {
  expect(emptyWithout(platform, ["Analyst"])).toEqual(["Orders", "Net sales"]);
});

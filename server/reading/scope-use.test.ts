import { connectorFor } from "@headwater/connectors/connectors.ts";
import { expect, test } from "vitest";
import { scopesInUse } from "./scope-use.ts";

const now = Date.parse("2026-11-22T10:00:00Z");
const ago = (days: number) => new Date(now - days * 86_400_000);
const shopify = connectorFor("shopify");

function found(scopes: readonly string[], calls: Readonly<Record<string, number>>, givenDaysAgo = 200) {
  const hours = new Map(Object.entries(calls).map(([call, days]) => [call, ago(days)]));
  const grant = { scopes, createdAt: ago(givenDaysAgo) };
  const all = scopesInUse(shopify?.catalog.scopes ?? [], shopify?.uses, grant, hours);
  return {
    used: Object.fromEntries(
      all.flatMap(({ name, lastUsedAt }) =>
        lastUsedAt === null ? [] : [[name, (now - lastUsedAt.getTime()) / 86_400_000]],
      ),
    ),
    unused: all.filter(({ isUnused }) => isUnused).map(({ name }) => name),
    missing: all.filter(({ isGranted }) => !isGranted).map(({ name }) => name),
  };
}

test("a scope was used when the newest call that uses it was made, by its own name or by the closest beginning", () => {
  const scopes = ["read_orders", "read_customers", "read_inventory", "read_products"];
  const { used, unused, missing } = found(scopes, { orders: 2, "orders.count": 1, "products.ids": 3, products: 5 });
  expect(used).toEqual({ read_orders: 1, read_customers: 2, read_products: 2, read_inventory: 5 });
  expect(unused).toEqual([]);
  expect(missing).toEqual(["read_all_orders"]);
});

test("what was not granted was not used, whatever was called", () => {
  expect(found(["read_orders"], { orders: 0, products: 0 }).used).toEqual({ read_orders: 0 });
});

test("what nothing of ours reads is unused at once; what is required never is", () => {
  expect(found(["read_orders", "read_orders", "write_orders"], {}, 0).unused).toEqual(["write_orders"]);
  expect(found(["read_orders"], { "webhooks.register": 0 }).unused).toEqual([]);
});

test("what something of ours reads is unused once calls were made for thirty days without it", () => {
  const scopes = ["read_orders", "read_inventory"];
  expect(found(scopes, { orders: 0 }).unused).toEqual(["read_inventory"]);
  expect(found(scopes, { orders: 0 }, 29).unused, "given of late").toEqual([]);
  expect(found(scopes, { orders: 0, products: 29 }).unused).toEqual([]);
  expect(found(scopes, { orders: 0, products: 30 }).unused).toEqual(["read_inventory"]);
  expect(found(scopes, { orders: 60, products: 60 }).unused, "stopped since").toEqual([]);
  expect(found(scopes, {}).unused, "nothing was called").toEqual([]);
});

test("what a report of the shop was read with is used, though nobody asked for it", () => {
  expect(found(["read_orders", "read_reports"], { report: 1 })).toMatchObject({
    used: { read_reports: 1 },
    unused: [],
  });
});

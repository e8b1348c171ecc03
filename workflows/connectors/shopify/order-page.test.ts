import { expect, test } from "vitest";
import { orderPage } from "./order-page.ts";

const order = "gid://shopify/Order/9007199254740993";

test.each([
  ["tea.myshopify.com", order, "https://tea.myshopify.com/admin/orders/9007199254740993"],
  [null, order, null],
  ["tea.example.com", order, null],
  ["tea.myshopify.com@evil.example", order, null],
  ["tea.myshopify.com", "gid://shopify/Order/1/../../apps", null],
  ["tea.myshopify.com", "gid://shopify/DraftOrder/1", null],
])("of a shop at %s, %s is at %s", (domain, id, page) => {
  expect(orderPage({ domain }, id)).toBe(page);
});

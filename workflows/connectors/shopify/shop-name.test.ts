import { describe, expect, test } from "vitest";
import { isShop, readShopName } from "./shop-name.ts";
import { storefronts, wrongShopNames } from "./shop-spellings.ts";

const accepted: readonly [string, string][] = [
  ["tea", "tea.myshopify.com"],
  ["tea.myshopify.com", "tea.myshopify.com"],
  ["  tea.myshopify.com  ", "tea.myshopify.com"],
  ["\ttea\n", "tea.myshopify.com"],
  ["tea\u00a0", "tea.myshopify.com"],
  ["\ufefftea", "tea.myshopify.com"],
  ["TEA.MyShopify.COM", "tea.myshopify.com"],
  ["https://tea.myshopify.com", "tea.myshopify.com"],
  ["https://tea.myshopify.com/", "tea.myshopify.com"],
  ["https://tea.myshopify.com///", "tea.myshopify.com"],
  ["HTTPS://Tea.myshopify.com/", "tea.myshopify.com"],
  ["admin.shopify.com/store/tea", "tea.myshopify.com"],
  ["https://admin.shopify.com/store/tea", "tea.myshopify.com"],
  ["https://admin.shopify.com/store/tea/", "tea.myshopify.com"],
  ["https://tea.myshopify.com/admin", "tea.myshopify.com"],
  ["  https://tea.myshopify.com/admin/  ", "tea.myshopify.com"],
  ["tea.myshopify.com/admin/products_all/7?selected=x#top", "tea.myshopify.com"],
  ["https://tea.myshopify.com/?_ab=0", "tea.myshopify.com"],
  ["admin.shopify.com/store/tea/orders", "tea.myshopify.com"],
  [" https://admin.shopify.com/store/tea/orders/77?status=open ", "tea.myshopify.com"],
  ["https://admin.shopify.com/store/tea?ui_locales=en", "tea.myshopify.com"],
  ["kathmandu-tea", "kathmandu-tea.myshopify.com"],
  ["7-eleven", "7-eleven.myshopify.com"],
  ["1", "1.myshopify.com"],
  ["a--b", "a--b.myshopify.com"],
  ["tea-", "tea-.myshopify.com"],
  ["a".repeat(63), `${"a".repeat(63)}.myshopify.com`],
];

describe("a shop name as people type it", () => {
  test.each(accepted)("%j is %s", (typed, shop) => {
    expect(readShopName(typed)).toEqual({ ok: true, shop });
    expect(isShop(shop)).toBe(true);
  });

  test.each(storefronts)("%j is told to be the storefront's own address", (typed) => {
    expect(readShopName(typed)).toEqual({ ok: false, problem: { code: "shopify.customDomain" } });
  });

  test(`${wrongShopNames.length} wrong spellings are refused, and none of them passes as what Shopify sends`, () => {
    expect(wrongShopNames.length).toBeGreaterThanOrEqual(120);
    expect(new Set(wrongShopNames).size).toBe(wrongShopNames.length);
    for (const typed of wrongShopNames) {
      expect(readShopName(typed).ok, JSON.stringify(typed.slice(0, 80))).toBe(false);
      expect(isShop(typed), JSON.stringify(typed.slice(0, 80))).toBe(false);
    }
  });

  test("what passes is always one label under myshopify.com", () => {
    const tails = ["", "/", "//", ".myshopify.com", ".myshopify.com/", "@x", "\\x", "#x", "?x", ":1", "%2e", ".", "\n"];
    const pages = ["/admin", "/admin?x=//evil.com", "/@evil.com", "/../evil.com", "/\\evil.com", "/%2e"];
    const heads = ["", "https://", "https://x@", "//", "admin.shopify.com/store/"];
    for (const head of heads)
      for (const tail of [...tails, ...pages, ...pages.map((page) => `.myshopify.com${page}`)]) {
        const name = readShopName(`${head}tea${tail}`);
        if (name.ok) expect(name.shop).toBe("tea.myshopify.com");
      }
  });
});

import { describe, expect, test } from "vitest";
import { isShop, readShopName } from "./shop-name.ts";

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
  ["kathmandu-tea", "kathmandu-tea.myshopify.com"],
  ["7-eleven", "7-eleven.myshopify.com"],
  ["1", "1.myshopify.com"],
  ["a--b", "a--b.myshopify.com"],
  ["tea-", "tea-.myshopify.com"],
  ["a".repeat(63), `${"a".repeat(63)}.myshopify.com`],
];

const storefronts = [
  "www.brand.com",
  "brand.com",
  "https://brand.com",
  "https://www.brand.co.in/",
  "shop.brand.com/collections",
];

const refused: readonly string[] = [
  "",
  " ",
  "\t\n",
  ".",
  "..",
  "/",
  "//",
  "\\",
  "-",
  "-tea",
  "-.myshopify.com",
  "_tea",
  "tea_shop",
  "tea_shop.myshopify.com",
  ".myshopify.com",
  "myshopify.com/tea",
  "https://",
  "https://.myshopify.com",
  "https:///tea",
  "https:/tea.myshopify.com",
  "http://tea.myshopify.com",
  "ftp://tea.myshopify.com",
  "javascript:alert(1)",
  "data:text/html,tea",
  "//tea.myshopify.com",
  "tea.myshopify.com.evil.com",
  "tea.myshopify.com.",
  "tea.myshopify.com..",
  "tea..myshopify.com",
  "a.b.myshopify.com",
  "evil.com/tea.myshopify.com",
  "evil.com/.myshopify.com",
  "evil.com#.myshopify.com",
  "evil.com?.myshopify.com",
  "evil.com#tea.myshopify.com",
  "evil.com?x=tea.myshopify.com",
  "evil.com\\.myshopify.com",
  "evil.com\\@tea.myshopify.com",
  "tea.myshopify.com@evil.com",
  "user@tea.myshopify.com",
  "user:pw@tea.myshopify.com",
  "https://user@tea.myshopify.com",
  "tea@myshopify.com",
  "tea.myshopify.com:443",
  "tea.myshopify.com:8443",
  "tea:80",
  "tea.myshopify.com/admin",
  "tea.myshopify.com/../evil",
  "tea.myshopify.com?x",
  "tea.myshopify.com#x",
  "tea.myshopify.com;x",
  "tea.myshopify.com,x",
  "tea.myshopify.com x",
  "tea .myshopify.com",
  "te a",
  "tea\u0000.myshopify.com",
  "tea\n.myshopify.com",
  "tea\r\nX: y",
  "tea\t.myshopify.com",
  "tea%00.myshopify.com",
  "tea%2emyshopify.com",
  "tea%2Fevil",
  "%74ea",
  "tea.myshopify.com%2f",
  "tea.myshopify.com%00.evil.com",
  "tea.myshopify.com\u200b",
  "\u200btea",
  "te\u00ada",
  "téa",
  "tea\u0301",
  "теа",
  "ｔｅａ",
  "tea。myshopify。com",
  "tea．myshopify.com",
  "tea.myshopify｡com",
  "K-tea\u212a",
  "\u212aathmandu",
  "ſhop",
  "tea.myſhopify.com",
  "tea.myshopıfy.com",
  "tea.mysһopify.com",
  "☕",
  "tea☕",
  "tea.myshopify.io",
  "tea.shopify.com",
  "tea.myshopify.co",
  "tea.myshopify.comm",
  "tea.myshopify.org",
  "tea.shop.dev",
  "tea.notmyshopify.com",
  "teamyshopify.com",
  "tea-myshopify.com.myshopify.com.evil",
  "admin.shopify.com",
  "admin.shopify.com/store",
  "admin.shopify.com/store/",
  "admin.shopify.com/store/tea/orders",
  "admin.shopify.com/store/../tea",
  "admin.shopify.com/store/-tea",
  "admin.shopify.com/store/tea.evil.com",
  "admin.shopify.com/tea",
  "admin.shopify.com.evil.com/store/tea",
  "evil.com/admin.shopify.com/store/tea",
  "127.0.0.1",
  "[::1]",
  "localhost.",
  "169.254.169.254",
  "0x7f000001.1",
  "2130706433.",
  "<script>",
  "tea<script>",
  "'tea'",
  '"tea"',
  "tea';--",
  "tea|ls",
  "tea&x=y",
  "tea=x",
  "tea+x",
  "tea*",
  "*.myshopify.com",
  "${tea}",
  "{{tea}}",
  "tea$",
  "tea!",
  "tea~",
  "(tea)",
  "[tea]",
  "a".repeat(64),
  `${"a".repeat(64)}.myshopify.com`,
  "a".repeat(100_000),
  "https://https://tea.myshopify.com",
  "https://tea.myshopify.com https://evil.com",
  "null.",
  "undefined/tea",
];

describe("a shop name as people type it", () => {
  test.each(accepted)("%j is %s", (typed, shop) => {
    expect(readShopName(typed)).toEqual({ ok: true, shop });
    expect(isShop(shop)).toBe(true);
  });

  test.each(storefronts)("%j is told to be the storefront's own address", (typed) => {
    expect(readShopName(typed)).toEqual({ ok: false, problem: { code: "shopify.customDomain" } });
  });

  test(`${refused.length} wrong spellings are refused, and none of them passes as what Shopify sends`, () => {
    expect(refused.length).toBeGreaterThanOrEqual(120);
    expect(new Set(refused).size).toBe(refused.length);
    for (const typed of refused) {
      expect(readShopName(typed).ok, JSON.stringify(typed.slice(0, 80))).toBe(false);
      expect(isShop(typed), JSON.stringify(typed.slice(0, 80))).toBe(false);
    }
  });

  test("what passes is always one label under myshopify.com", () => {
    const tails = ["", "/", "//", ".myshopify.com", ".myshopify.com/", "@x", "\\x", "#x", "?x", ":1", "%2e", ".", "\n"];
    const heads = ["", "https://", "https://x@", "//", "admin.shopify.com/store/"];
    for (const head of heads)
      for (const tail of tails) {
        const name = readShopName(`${head}tea${tail}`);
        if (name.ok) expect(name.shop).toBe("tea.myshopify.com");
      }
  });
});

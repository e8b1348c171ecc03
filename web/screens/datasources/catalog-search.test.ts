import { expect, it } from "vitest";
import { chipsOf, searchCatalog } from "./catalog-search.ts";

const platforms = [
  {
    title: "Shopify",
    summary: "Orders, refunds, customers",
    searchTerms: ["shopfy"],
    powers: ["Net sales"],
    category: "ECOMMERCE" as const,
  },
  {
    title: "Klaviyo",
    summary: "E-mail revenue",
    searchTerms: ["klavio"],
    powers: ["E-mail revenue"],
    category: "EMAIL_SMS" as const,
  },
  {
    title: "Google Analytics 4",
    summary: "Sessions",
    searchTerms: ["ga4"],
    powers: ["Conversion rate"],
    category: "ANALYTICS" as const,
  },
];
const find = (typed: string) => searchCatalog(platforms, typed, (category) => category).map(({ title }) => title);

it.each([
  ["", ["Shopify", "Klaviyo", "Google Analytics 4"]],
  ["  SHOPIFY ", ["Shopify"]],
  ["shopfy", ["Shopify"]],
  ["email", ["Klaviyo"]],
  ["analytics google", ["Google Analytics 4"]],
  ["nèt sales", ["Shopify"]],
  ["zzz", []],
])("typing %j finds %j", (typed, found) => expect(find(typed)).toEqual(found));

it("offers the small categories together only where there are some, so that no choice is of nothing", () => {
  const of = (...categories: readonly ("ADS" | "ANALYTICS" | "OTHER")[]) =>
    chipsOf(categories.map((category) => ({ category })));
  expect(of("ADS", "ADS", "ANALYTICS", "OTHER", "OTHER")).toEqual({
    shown: ["ADS"],
    rest: ["ANALYTICS", "OTHER"],
    choices: ["ALL", "ADS", "MORE"],
  });
  expect(of("ADS", "ADS").choices).toEqual(["ALL", "ADS"]);
});

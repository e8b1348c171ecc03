import { expect, test } from "vitest";
import type { CatalogPlatform } from "../datasources/datasources.documents.ts";
import { nextSources } from "./next-sources.ts";

const platform = (
  name: string,
  category: CatalogPlatform["category"],
  method: CatalogPlatform["method"] = "OAUTH",
  isConnectable = true,
) => ({ name, category, method, isConnectable });
const shop = platform("shop", "ECOMMERCE");
const planned = platform("planned ads", "ADS", "OAUTH", false);
const ads = platform("ads", "ADS");
const mail = platform("mail", "EMAIL_SMS", "API_KEY");
const costs = platform("costs", "OTHER", "FILE_UPLOAD");
const all = [costs, mail, planned, ads, shop];

test.each([
  { connected: [shop], next: ["ads", "mail"] },
  { connected: [shop, ads], next: ["mail", "costs"] },
  { connected: [shop, planned], next: ["mail", "costs"] },
  { connected: [mail], next: ["shop", "ads"] },
  { connected: [shop, ads, mail], next: ["costs"] },
  { connected: all, next: [] },
])("beside $connected.length sources only what is missing is suggested, two at most: $next", ({ connected, next }) => {
  expect(nextSources(all, connected).map((one) => one.platform.name)).toEqual(next);
});

test("what cannot be connected is not suggested", () => {
  expect(nextSources([planned], [shop])).toEqual([]);
});

import { describe, expect, test } from "vitest";
import { isSourceFailure } from "../failure.ts";
import { makeScriptedSession } from "../testing/scripted.ts";
import { shopifyAccount } from "./account.ts";
import { connector } from "./index.ts";

const shop = {
  id: "gid://shopify/Shop/9",
  name: "Tea",
  myshopifyDomain: "tea.myshopify.com",
  currencyCode: "NPR",
  ianaTimezone: "Asia/Kathmandu",
  plan: { publicDisplayName: "Basic", partnerDevelopment: false, shopifyPlus: false },
};
const answer = (handles: string[], ordersCount: object | null = { count: 60, precision: "EXACT" }) => ({
  body: JSON.stringify({
    data: { shop, currentAppInstallation: { accessScopes: handles.map((handle) => ({ handle })) }, ordersCount },
  }),
});
const verify = (handles: string[], more: Parameters<typeof makeScriptedSession>[1] = {}) =>
  shopifyAccount.verify(
    makeScriptedSession(() => answer(handles), more),
    null,
  );

describe("a shop that is looked at for the first time", () => {
  test("is known by the shop's own id, with its currency and zone", async () => {
    expect((await verify(["read_orders", "read_all_orders"])).account).toEqual({
      externalId: "gid://shopify/Shop/9",
      name: "Tea",
      domain: "tea.myshopify.com",
      currency: "NPR",
      zone: "Asia/Kathmandu",
      state: "open",
      details: { plan: "Basic", isDevelopmentStore: false, isPlus: false },
    });
  });

  test("without read_all_orders says that only sixty days can be read", async () => {
    expect(await verify(["write_orders"])).toMatchObject({
      scopes: ["read_orders", "write_orders"],
      historyFrom: "2026-09-23",
      notices: [
        { code: "shopify.sixtyDays", values: { days: 60 } },
        { code: "shopify.moreThanAsked", values: { scopes: "write_orders" } },
      ],
    });
  });

  test.each([
    ["just before its midnight", "2026-11-20T18:14:59Z", "2026-09-23"],
    ["just after it", "2026-11-20T18:15:00Z", "2026-09-24"],
  ])("begins with a day of the shop that is whole and stays so for a day, %s", async (_when, at, from) => {
    expect((await verify(["read_orders"], { now: () => new Date(at) })).historyFrom).toBe(from);
  });

  test("with it has no limit and nothing to say", async () => {
    expect(await verify(["read_orders", "read_all_orders"])).toMatchObject({
      historyFrom: null,
      notices: [],
      recordsPerDay: { orders: 2 },
    });
  });

  test.each(["Euro", "eur", "", null])("has no currency where it says %j", async (currencyCode) => {
    const data = { shop: { ...shop, currencyCode }, currentAppInstallation: { accessScopes: [] } };
    const list = await shopifyAccount.list(makeScriptedSession(() => ({ body: JSON.stringify({ data }) })));
    expect(list).toMatchObject([{ currency: null }]);
  });

  test("has a name that can be written down, whatever stands in it", async () => {
    const data = { shop: { ...shop, name: "Tea\0 \ud83c" }, currentAppInstallation: { accessScopes: [] } };
    const list = await shopifyAccount.list(makeScriptedSession(() => ({ body: JSON.stringify({ data }) })));
    expect(list.map(({ name }) => name)).toEqual(["Tea\ufffd \ufffd"]);
  });

  test("is no shop without an id: by that it is known again", async () => {
    const body = JSON.stringify({
      data: { shop: { ...shop, id: null }, currentAppInstallation: { accessScopes: [] } },
    });
    const failed = shopifyAccount.list(makeScriptedSession(() => ({ body })));
    await expect(failed).rejects.toMatchObject({ failure: { class: "transient" } });
  });

  test("is listed as the one account of its login", async () => {
    const list = await shopifyAccount.list(makeScriptedSession(() => answer(["read_orders"])));
    expect(list.map((account) => account.externalId)).toEqual(["gid://shopify/Shop/9"]);
  });
});

describe("ending the access", () => {
  test.each([
    [200, '{"data":{"appUninstall":{"app":{"id":"gid://shopify/App/1"},"userErrors":[]}}}'],
    [401, '{"errors":"[API] Invalid API key or access token"}'],
    [404, '{"errors":"Not Found"}'],
  ])("succeeds on %i", async (status, body) => {
    await connector.revoke?.(makeScriptedSession(() => ({ status, body })));
  });

  test("fails when the shop could not be asked", async () => {
    const failed = connector.revoke?.(makeScriptedSession(() => ({ status: 503, body: "" })));
    await expect(failed).rejects.toSatisfy(isSourceFailure);
  });
});

import { describe, expect, test } from "vitest";
import { makeScriptedSession, scriptedAnswer } from "../testing/scripted.ts";
import { klaviyoAccount } from "./account.ts";
import { nextOf, readDocument } from "./api.ts";

const asked = "https://a.klaviyo.com/api/metrics?page%5Bcursor%5D=a";
const now = new Date("2026-11-20T12:00:00Z");

describe("the next page", () => {
  test.each([
    [
      "an address",
      "https://a.klaviyo.com/api/metrics?page%5Bcursor%5D=b",
      "https://a.klaviyo.com/api/metrics?page%5Bcursor%5D=b",
    ],
    ["a path", "/api/metrics/?page[cursor]=b", "https://a.klaviyo.com/api/metrics/?page[cursor]=b"],
    ["an address without TLS", "http://a.klaviyo.com/api/metrics?b", "https://a.klaviyo.com/api/metrics?b"],
    [
      "that of a place that stands in for it",
      "http://127.0.0.1:4001/api/metrics?b",
      "http://127.0.0.1:4001/api/metrics?b",
    ],
    ["a query", "?page[cursor]=b", "https://a.klaviyo.com/api/metrics?page[cursor]=b"],
    ["an object that holds it", { href: "/api/metrics?b" }, "https://a.klaviyo.com/api/metrics?b"],
    ["empty", "", null],
    ["null", null, null],
  ])("may be %s", (_what, next, address) => {
    expect(nextOf({ links: { next } }, asked)).toBe(address);
  });

  test("is none without links", () => {
    expect(nextOf({}, asked)).toBeNull();
  });
});

test.each(["[]", "null"])("errors that are none (%s) spoil no document", async (errors) => {
  const document = await readDocument(scriptedAnswer({ body: `{"errors":${errors},"data":[]}` }), "metrics:read", now);
  expect(document["data"]).toEqual([]);
});

test("a good status that is not 200 is as good", async () => {
  const document = await readDocument(scriptedAnswer({ status: 201, body: '{"data":{}}' }), "metrics:read", now);
  expect(document["data"]).toEqual({});
});

test("an account that says no more than it must is known by its id, never by the address of the shop that it writes for", async () => {
  const contact = { organization_name: "", website_url: "https://moss.myshopify.com" };
  const attributes = { contact_information: contact, test_account: null, timezone: null };
  const session = makeScriptedSession(() => ({
    body: JSON.stringify({ data: [{ type: "account", id: "AbC123", attributes }] }),
  }));
  expect(await klaviyoAccount.list(session)).toMatchObject([
    { externalId: "AbC123", name: "AbC123", domain: null, zone: null, details: { isTest: false } },
  ]);
});

test("an account has a name that can be written down, whatever stands in it", async () => {
  const attributes = { contact_information: { organization_name: "Moss\0 \ud83c" } };
  const session = makeScriptedSession(() => ({ body: JSON.stringify({ data: [{ id: "AbC123", attributes }] }) }));
  expect(await klaviyoAccount.list(session)).toMatchObject([{ name: "Moss\ufffd \ufffd" }]);
});

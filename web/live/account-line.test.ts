import { expect, test } from "vitest";
import { attemptFixture, datasourceFixture } from "../gallery/fixtures.ts";
import { accountLine, accountOf, nameAmong, shortAccount, toldApart } from "./account-line.ts";

const { platform } = datasourceFixture();
const account = { externalId: "61284", name: "Monsoon & Moss", domain: null, currency: "INR", zone: "Asia/Kolkata" };

test("an account is told by its domain, else by its id and name", () => {
  expect(accountLine({ ...account, domain: "moss.myshopify.com" })).toBe("moss.myshopify.com");
  expect(accountLine(account)).toBe("61284 · Monsoon & Moss");
  expect(accountLine({ ...account, name: "61284" })).toBe("61284");
  expect([shortAccount(account), shortAccount({ ...account, domain: "moss.myshopify.com" })]).toEqual([
    "61284",
    "moss.myshopify.com",
  ]);
});

test("an id that is ours says nothing to anyone: the name stands alone", () => {
  const ours = { ...account, externalId: "c94a4036-c019-8e21-88ee-02055f0cb221" };
  expect([accountLine(ours), shortAccount(ours)]).toEqual(["Monsoon & Moss", "Monsoon & Moss"]);
});

test("an attempt is told by what was typed for it, until its account is known", () => {
  const attempt = attemptFixture("WAITING_FOR_CONSENT", { askedFor: "moss.myshopify.com" });
  const named = { name: "Shopify, our store", platform };
  expect(accountOf({ account: null, attempt, ...named })).toBe("moss.myshopify.com");
  expect(accountOf({ account: null, attempt: { ...attempt, askedFor: null }, ...named })).toBeNull();
  expect(accountOf({ account, attempt, ...named })).toBe("61284 · Monsoon & Moss");
  expect(accountOf({ account: null, attempt: null, ...named })).toBeNull();
});

test("a datasource that is called like its account does not say so twice", () => {
  const called = { attempt: null, name: "Monsoon & Moss", platform };
  const ours = { ...account, externalId: "c94a4036-c019-8e21-88ee-02055f0cb221" };
  expect(accountOf({ account, ...called })).toBe("Shopify · 61284");
  expect(accountOf({ account: { ...account, domain: "moss.myshopify.com" }, ...called })).toBe(
    "Shopify · moss.myshopify.com",
  );
  expect(accountOf({ account: ours, ...called })).toBe("Shopify");
  expect(accountOf({ account: { ...ours, name: "Shopify" }, ...called, name: "Shopify" }, shortAccount)).toBeNull();
});

test("of one name, and only of one name, they are told apart: by account, by platform, by whichever differs", () => {
  const of = (id: string, name: string, title: string, domain: string | null) => ({
    id,
    name,
    platform: { title },
    account: { ...account, domain },
  });
  const apart = toldApart([
    of("in", "Monsoon & Moss", "Shopify", "moss-in.myshopify.com"),
    of("us", "monsoon & moss ", "Shopify", "moss-us.myshopify.com"),
    of("list", "Monsoon & Moss", "Klaviyo", null),
    of("ads", "Meta Ads", "Meta Ads", null),
  ]);
  expect([...apart]).toEqual([
    ["in", "Shopify · moss-in.myshopify.com"],
    ["us", "Shopify · moss-us.myshopify.com"],
    ["list", "Klaviyo · 61284"],
  ]);
  const one = of("in", "Monsoon & Moss", "Shopify", "moss-in.myshopify.com");
  const other = of("list", "Monsoon & Moss", "Klaviyo", null);
  expect(nameAmong(one, [one, other])).toBe("Monsoon & Moss · Shopify · moss-in.myshopify.com");
  expect(nameAmong(one, [one])).toBe("Monsoon & Moss");
  expect(toldApart([{ ...of("a", "Costs", "Custom costs", null), account: null }]).size).toBe(0);
});

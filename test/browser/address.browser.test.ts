// What is chosen on a screen stands in its address: through a reload, on the way back, in a copied link; and on no other screen.
import type { Locator } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ownStack } from "./own-stack.ts";
import { tellInOrder } from "./story.ts";
import { connectShopify, expectNoComplaints, paths, signIn, type Visit } from "./visit.ts";

const own = ownStack();
let merchant: Visit;
let detail = "";

tellInOrder();
beforeAll(async () => {
  merchant = await own.visit();
  await signIn(merchant);
});
afterAll(async () => {
  await merchant?.[Symbol.asyncDispose]();
});

const chosenIn = (group: string): Locator =>
  merchant.page.getByRole("group", { name: group, exact: true }).locator('[aria-pressed="true"]');
const saysSearch = (search: string) => expect.poll(() => new URL(merchant.page.url()).search).toBe(search);
const field = () => merchant.page.locator("#main input[type=search]");
const saysTyped = (typed: string) => expect.poll(() => field().inputValue()).toBe(typed);
const cards = () => merchant.page.locator("section[aria-labelledby=catalog] li b");

test("the catalog's category and search: reloaded, behind a drawer, and back", async () => {
  const { page } = merchant;
  await merchant.go(paths.datasources);
  await page.getByRole("button", { name: /^Ads \d+$/u }).click();
  await field().fill("meta");
  await saysSearch("?category=ads&q=meta");
  const stands = async () => {
    await saysTyped("meta");
    await expect.poll(() => chosenIn("Category").allTextContents()).toEqual([expect.stringMatching(/^Ads/u)]);
    await expect.poll(() => cards().allTextContents()).toEqual(["Meta Ads"]);
  };
  await page.reload();
  await stands();
  await page.getByRole("link", { name: /^Meta Ads/u }).click();
  await page.getByRole("heading", { name: "Connect Meta Ads" }).waitFor();
  await saysSearch("");
  await stands();
  await page.keyboard.press("Escape");
  await page.getByRole("heading", { name: "Connect Meta Ads" }).waitFor({ state: "detached" });
  await saysSearch("?category=ads&q=meta");
  await stands();
  await page.goBack();
  await page.getByRole("heading", { name: "Connect Meta Ads" }).waitFor();
  await page.goBack();
  await saysSearch("?category=ads&q=meta");
  await stands();
  await field().fill("no such source");
  await page.getByRole("button", { name: "Clear filters" }).click();
  await saysSearch("");
  await saysTyped("");
});

test("what an address says that no screen knows is passed over", async () => {
  await merchant.go(`${paths.datasources}?category=spoons&show=all&by=person`);
  await expect.poll(() => chosenIn("Category").allTextContents()).toEqual([expect.stringMatching(/^All/u)]);
  await saysTyped("");
});

test("who did it, on the timeline: reloaded, back and forward, and on no other tab", async () => {
  const { page } = merchant;
  await connectShopify(merchant, "monsoon-and-moss.myshopify.com");
  detail = new URL(page.url()).pathname;
  await merchant.go(`${detail}/timeline?by=nobody`);
  await expect.poll(() => chosenIn("Who").allTextContents()).toEqual(["All"]);
  await page.getByRole("button", { name: "People", exact: true }).click();
  await saysSearch("?by=person");
  await page.reload();
  await expect.poll(() => chosenIn("Who").allTextContents()).toEqual(["People"]);
  await page.getByRole("link", { name: "Runs", exact: true }).click();
  await page.waitForURL(/\/runs$/u);
  await page.goBack();
  await page.waitForURL(/\/timeline\?by=person$/u);
  await expect.poll(() => chosenIn("Who").allTextContents()).toEqual(["People"]);
  await page.goForward();
  await page.waitForURL(/\/runs$/u);
});

test("the stream whose days the map shows", async () => {
  const { page } = merchant;
  await merchant.go(detail);
  const ofStream = page.getByRole("combobox", { name: "Show the days of" });
  const showDays = page.getByRole("button", { name: "Show the days", exact: true });
  // Once done it folds, and only then stands as it is.
  await showDays.click();
  await ofStream.selectOption("orders");
  await saysSearch("?stream=orders");
  await page.reload();
  await showDays.click();
  await expect.poll(() => ofStream.inputValue()).toBe("orders");
  await ofStream.selectOption("");
  await saysSearch("");
  await expectNoComplaints(merchant);
});

test("a link into connecting brings the drawer, and the list behind it after", async () => {
  await using visiting = await own.visit();
  const { page } = visiting;
  await signIn(visiting);
  const asked: string[] = [];
  page.on(
    "request",
    (request) =>
      void asked.push(/assets\/(connect-drawer|datasources-page)-[^/]*\.js$/u.exec(request.url())?.[1] ?? ""),
  );
  await visiting.go(paths.connectShopify);
  await page.getByRole("heading", { name: "Connect Shopify" }).waitFor();
  await page
    .getByRole("heading", { name: "Datasources", level: 1, includeHidden: true })
    .waitFor({ state: "attached" });
  expect(asked.filter(Boolean)).toEqual(["connect-drawer", "datasources-page"]);
  const isInside = (): Promise<boolean> =>
    page.locator("dialog[open]").evaluate((it) => it.contains(document.activeElement));
  await expect.poll(isInside).toBe(true);
  await page.keyboard.press("Escape");
  await page.waitForURL(`**${paths.datasources}`);
});

// What is chosen on a screen stands in its address: through a reload, on the way back, in a copied link; and on no other screen.
import type { Locator } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { drawerOf } from "./newcomer.ts";
import { ownStack } from "./own-stack.ts";
import { tellInOrder } from "./story.ts";
import { connectShopify, expectNoComplaints, openedBy, paths, press, signIn, type Visit } from "./visit.ts";

/** Two of the many that Arjun's sign-in reaches. */
const accounts = ["Birch Prospecting", "Dahlia Prospecting"] as const;

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

test("the run that is open", async () => {
  const { page } = merchant;
  const opens = page.locator("#main .runs-table button[aria-expanded]");
  await merchant.go(`${detail}/runs?run=none`);
  await opens.last().waitFor();
  expect(await page.locator("#main .runs-table button[aria-expanded=true]").count()).toBe(0);
  await opens.last().click();
  await page.waitForURL(/\/runs\?run=/u);
  const open = page.locator("#main .runs-table button[aria-expanded=true]");
  await page.reload();
  await open.waitFor();
  await open.click();
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

const drawer = () => drawerOf(merchant.page);

test("what was typed before a sign-in outlasts a reload, until it is taken", async () => {
  const { page } = merchant;
  const shop = () => drawer().getByRole("textbox", { name: "Store address" });
  await merchant.go(paths.connectShopify);
  await shop().fill("kelp-and-linen");
  await page.reload();
  await expect.poll(() => shop().inputValue()).toBe("kelp-and-linen");
  await shop().fill("");
  await page.reload();
  await expect.poll(() => shop().inputValue()).toBe("");
});

test("the step of a pasted key is gone back to, without the key", async () => {
  const { page } = merchant;
  const key = () => drawer().getByLabel("Private API key");
  const secret = "pk_notto1be2kept3anywhere4at5all6";
  await merchant.go(`${paths.datasources}/connect/klaviyo`);
  await drawer().getByRole("button", { name: "Paste the key" }).click();
  await key().fill(secret);
  await saysSearch("?step=key");
  await page.reload();
  await expect.poll(() => key().inputValue()).toBe("");
  expect(await page.evaluate("JSON.stringify({ ...sessionStorage, ...localStorage })")).not.toContain(secret);
  await merchant.go(`${paths.connectShopify}?step=key`);
  await drawer().getByRole("button", { name: "Continue to Shopify" }).waitFor();
});

test("accounts that are ticked, and what is searched, outlast a reload", async () => {
  const { page } = merchant;
  await merchant.go(`${paths.datasources}/connect/meta-ads`);
  const consent = await openedBy(merchant, () =>
    drawer().getByRole("button", { name: "Continue to Meta Ads" }).click(),
  );
  await consent.getByRole("radio", { name: "Arjun Mehta" }).check();
  await press(consent, "Continue");
  const search = () => drawer().getByRole("searchbox", { name: "Find an account" });
  for (const name of accounts) {
    await search().fill(name);
    await drawer()
      .getByRole("checkbox", { name: new RegExp(name, "u") })
      .check();
  }
  await page.reload();
  await expect.poll(() => search().inputValue()).toBe(accounts[1]);
  await drawer().getByRole("button", { name: "Connect 2 accounts" }).waitFor();
  expect(
    await drawer()
      .getByRole("checkbox", { name: new RegExp(accounts[1], "u") })
      .isChecked(),
  ).toBe(true);
});

test("accounts that were connected at once are each shown with how far they are, after a reload too", async () => {
  const { page } = merchant;
  await drawer().getByRole("button", { name: "Connect 2 accounts" }).click();
  const rows = drawer()
    .getByRole("listitem")
    .filter({ has: page.getByRole("link") });
  const areBoth = () =>
    expect.poll(async () => (await rows.getByRole("link").allTextContents()).toSorted()).toEqual([...accounts]);
  await areBoth();
  await page.reload();
  await areBoth();
  await rows.filter({ hasText: accounts[1] }).getByText("First numbers are ready").waitFor();
  await drawer().getByRole("link", { name: accounts[1] }).click();
  await page.getByRole("heading", { level: 1, name: accounts[1] }).waitFor();
});

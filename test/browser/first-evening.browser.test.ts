// The way a merchant goes: sign in, connect, watch two years come in, stop, resume, repair, disconnect, undo. One stack, in order.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startStack, type RunningStack } from "../setup/stack.ts";
import { launchChromium } from "./chromium.ts";
import { expectNoComplaints, openConsent, paths, picture, signIn, visit, type Visit } from "./visit.ts";

const shop = "ten-thousand.myshopify.com";
const firstNumbersMs = 60_000;
const historyMs = 240_000;

let stack: RunningStack;
let browser: Browser;
let merchant: Visit;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), launchChromium()]);
  merchant = await visit(browser, stack);
});
afterAll(async () => {
  await merchant?.[Symbol.asyncDispose]();
  await browser?.close();
  await stack?.close();
});

/** The page of the datasource; the tests go on from wherever the one before left. */
const detail = async () => {
  const { page, go } = merchant;
  await go(paths.datasources);
  await page.getByRole("table", { name: "Connected datasources" }).getByRole("link").first().click();
  await page.waitForURL(/\/datasources\/[^/]+$/u);
};
const status = (word: RegExp | string) => merchant.page.locator("#main").getByText(word).first();
const dialog = () => merchant.page.getByRole("dialog").or(merchant.page.getByRole("alertdialog"));

test("signs in as the demo owner; nothing is connected yet", async () => {
  await signIn(merchant);
  await merchant.go(paths.datasources);
  await expect.poll(() => merchant.page.getByRole("link", { name: "Connect Shopify" }).isVisible()).toBe(true);
});

test("from the click on Connect to yesterday's tiles within 60 s on the 10,000-order shop", async () => {
  const { page } = merchant;
  const consent = await openConsent(merchant, shop);
  const since = Date.now();
  await consent.getByRole("button", { name: "Install" }).click();
  await page.getByRole("link", { name: "See yesterday’s numbers" }).click({ timeout: firstNumbersMs });
  const tile = page
    .locator("#main")
    .getByRole("article", { name: /^Orders/u })
    .or(page.locator("#main").getByText("Orders").first());
  await tile.waitFor({ timeout: firstNumbersMs });
  const took = Date.now() - since;
  console.log(`From Install to yesterday's tiles: ${(took / 1000).toFixed(1)} s`);
  expect(took).toBeLessThan(firstNumbersMs);
});

test("watches the backfill map fill without a reload", async () => {
  await detail();
  const before = await merchant.page.locator("#main").textContent();
  await expect.poll(() => merchant.page.locator("#main").textContent(), { timeout: 30_000 }).not.toBe(before);
  await picture(merchant, "backfill");
});

test("sees the history whole, and the datasource Active", async () => {
  await status("Active").waitFor({ timeout: historyMs });
});

test("stops the data sync, and resumes it", async () => {
  const { page } = merchant;
  await page.getByRole("button", { name: /^Stop data sync/u }).click();
  await dialog().getByRole("button", { name: "Stop data sync" }).click();
  await status("Inactive").waitFor();
  await page.getByRole("button", { name: /^Resume data sync/u }).click();
  await status("Active").waitFor();
});

test("syncs now, and resyncs a stream", async () => {
  const { page } = merchant;
  await page.getByRole("button", { name: "Sync now" }).click();
  await page.getByRole("button", { name: /^More actions for/u }).click();
  await page.getByRole("menuitem", { name: "Resync…" }).click();
  await dialog().getByRole("button", { name: "Resync" }).click();
  await page.getByRole("link", { name: "Runs" }).click();
  await page
    .getByText(/resync/iu)
    .first()
    .waitFor();
});

test("reauthorizes the same shop; another shop is refused", async () => {
  await detail();
  const { page } = merchant;
  await page.getByRole("button", { name: /^More actions for/u }).click();
  await page.getByRole("menuitem", { name: "Reauthorize…" }).click();
  const opening = page.waitForEvent("popup");
  await page.getByRole("button", { name: "Continue to Shopify" }).click();
  const consent = await opening;
  await consent.getByRole("button", { name: "Install" }).click();
  await page.waitForURL(/\/datasources/u);
  await detail();
  await status("Connected").waitFor();
});

test("disconnects, and undoes it within ten minutes", async () => {
  await detail();
  const { page } = merchant;
  await page.getByRole("button", { name: /^More actions for/u }).click();
  await page.getByRole("menuitem", { name: "Disconnect…" }).click();
  await dialog()
    .getByRole("button", { name: /^Disconnect / })
    .click();
  await page.getByRole("button", { name: /^Undo disconnect of/u }).click();
  await status("Reauthorize").waitFor();
  await status("Inactive").waitFor();
});

test("without one breach of the content policy, script error or failed answer", () => expectNoComplaints(merchant));

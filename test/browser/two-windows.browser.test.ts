// On a running stack: two tabs of one person say the same without a reload, one connecting in two tabs is one datasource, and a
// consent that comes home too late is told so.
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { connectShopify, expectNoComplaints, openConsent, paths, press, signIn } from "./visit.ts";
import { ownStack } from "./own-stack.ts";

const own = ownStack();

const reads = (page: Page, status: string): Promise<void> =>
  page.locator("#main").getByText(status, { exact: true }).first().waitFor();

/** Keeps whatever a screen reader is told in a tab, from now on. */
const listen = (page: Page): Promise<void> =>
  page.evaluate(`(() => {
    globalThis.told = [];
    const region = [...document.querySelectorAll(".vh[role=status]")].at(-1);
    new MutationObserver(() => told.push(region.textContent)).observe(region, { childList: true, characterData: true, subtree: true });
  })()`);
const told = (page: Page): Promise<string> => page.evaluate("told.join(' ')");

test("what is done in one tab stands in the other without a reload", async () => {
  await using owner = await own.visit();
  const { page } = owner;
  await signIn(owner);
  const other = await owner.context.newPage();
  await other.goto(`${own.stack.appUrl}${paths.datasources}`);
  await other.getByRole("link", { name: "Connect Shopify" }).waitFor();
  await other.evaluate("globalThis.notReloaded = true");
  await connectShopify(owner, "monsoon-and-moss.myshopify.com");
  await other.getByRole("table", { name: "Connected datasources" }).getByText("monsoon-and-moss").first().waitFor();
  for (const tab of [page, other]) await reads(tab, "Active");
  for (const tab of [page, other]) await listen(tab);
  await page.getByRole("button", { name: /^Stop data sync/u }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Stop data sync" }).click();
  for (const tab of [page, other]) await reads(tab, "Inactive");
  await expect
    .poll(() => page.evaluate("document.activeElement.ariaLabel"), {
      message: "the focus stays on what takes its place",
    })
    .toMatch(/^Resume data sync/u);
  await other.getByRole("button", { name: /^Resume/u }).click();
  for (const tab of [other, page]) await reads(tab, "Active");
  expect(await other.evaluate("globalThis.notReloaded")).toBe(true);
  // Nobody is spoken to more than once in ten seconds: what came meanwhile is told together.
  await expect.poll(() => told(page)).toContain("Stopped. Credentials kept.");
  await expect.poll(() => told(other)).toContain("data sync is stopped.");
  await expectNoComplaints(owner);
});

test("a consent that comes home after it was cancelled connects nothing and says so", async () => {
  await using owner = await own.visit();
  const { page } = owner;
  await signIn(owner);
  const consent = await openConsent(owner, "kathmandu-tea.myshopify.com");
  await owner.go(paths.datasources);
  const cancel = page.getByRole("button", { name: /^Cancel connecting/u }).first();
  await cancel.click();
  await cancel.waitFor({ state: "detached" });
  const answered = consent.waitForResponse((response) => response.url().includes("/oauth/shopify/callback"));
  await press(consent, "Install");
  expect((await answered).status()).toBeLessThan(500);
  await consent
    .getByText(/start again/iu)
    .first()
    .waitFor();
  expect(await page.getByRole("row").filter({ hasText: "kathmandu-tea" }).count()).toBe(0);
  await expectNoComplaints(owner);
});

test("the same shop begun in two tabs is connected once: the other tab goes on with it, its consent changes nothing", async () => {
  await using owner = await own.visit();
  const { page } = owner;
  await signIn(owner);
  const shop = "kuwait-oud.myshopify.com";
  const address = (await openConsent(owner, shop)).url();
  const second = await owner.context.newPage();
  const other = {
    ...owner,
    page: second,
    go: async (path: string) => void (await second.goto(`${own.stack.appUrl}${path}`)),
  };
  const consent = await openConsent(other, shop);
  await press(consent, "Install");
  for (const tab of [second, page])
    await tab.getByRole("dialog").getByRole("link", { name: "Watch it come in" }).waitFor();
  const late = await owner.context.newPage();
  await late.goto(address);
  await late.getByRole("button", { name: "Install" }).click();
  await late.getByText(/came too late or was used before/u).waitFor();
  await page.getByRole("dialog").getByRole("link", { name: "Watch it come in" }).click();
  for (const status of ["Connected", "Active"]) await reads(page, status);
  await owner.go(paths.datasources);
  const rows = page
    .getByRole("table", { name: "Connected datasources" })
    .getByRole("row")
    .filter({ hasText: "kuwait-oud" });
  await rows.first().waitFor();
  expect(await rows.count()).toBe(1);
  await expectNoComplaints(owner);
});

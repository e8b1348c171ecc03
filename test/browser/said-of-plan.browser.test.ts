// What the screens say where the plan is full or about to be: before anything is typed, at the last step, and after it.
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { ownGallery } from "./own-gallery.ts";
import { said } from "./saying.ts";

const wide = { viewport: { width: 1440, height: 900 } };
const { context: open, show } = ownGallery();

const drawer = (page: Page) => page.locator("dialog[open]");
const begin = (page: Page) => drawer(page).getByRole("button", { name: "Continue to Shopify" });

test("a full plan is told in the first step, with its ways out, and nothing begins; in the place of another it does", async () => {
  await using own = await open(wide);
  const page = await own.newPage();
  await show(page, "connect-full");
  const note = await said(drawer(page).getByRole("alert"));
  expect(note).toContain(
    "All 10 slots of the plan are in use. Another app that takes a slot can be connected once one is free.",
  );
  expect(note).toContain("Disconnect one · Replace one · Upgrade the plan · Contact support");
  expect(await drawer(page).getByRole("alert").getAttribute("class"), "amber: somebody should act").toBe("note w");
  const ways = drawer(page).getByRole("alert").getByRole("link");
  expect(await ways.evaluateAll((all) => all.map((each) => each.getAttribute("href")))).toEqual([
    "/monsoon-and-moss/settings/integrations/datasources/klaviyo?ask=disconnect",
    "/monsoon-and-moss/settings/integrations/datasources/klaviyo?ask=replace",
    "/monsoon-and-moss/settings/plan",
    "mailto:help@headwater.example",
  ]);
  expect(await begin(page).count()).toBe(0);
  expect(await said(drawer(page)), "it stays open to read").toContain("What will be read, and never changed");
  await show(page, "connect-full-replacing");
  await begin(page).waitFor();
  expect(await drawer(page).getByRole("alert").count()).toBe(0);
});

test("a key that was good is not asked for twice where the last slot was taken meanwhile", async () => {
  await using own = await open(wide);
  const page = await own.newPage();
  await show(page, "connect-key-full");
  const field = drawer(page).getByLabel("Private API key");
  await field.fill("pk_good");
  await drawer(page).getByRole("button", { name: "Try the key" }).click();
  const connect = drawer(page).getByRole("button", { name: "Connect Klaviyo" });
  await connect.click();
  await drawer(page).getByRole("alert").waitFor();
  expect(await field.inputValue()).toBe("pk_good");
  await connect.waitFor();
  expect(await said(drawer(page)), "what was found").toContain("This key reads XyZ123");
  const upgrade = drawer(page).getByRole("alert").getByRole("link", { name: "Upgrade the plan" });
  expect(await upgrade.getAttribute("target"), "the key stands in no other place").toBe("_blank");
});

test("a sign-in is kept where the plan has no room for what was chosen of it, and so is the choice", async () => {
  await using own = await open(wide);
  const page = await own.newPage();
  await show(page, "connect-choose-full");
  const first = drawer(page).getByRole("checkbox").first();
  await first.check();
  await drawer(page).getByRole("button", { name: "Connect 1 account" }).click();
  await drawer(page).getByRole("alert").waitFor();
  expect(await said(drawer(page).locator("form"))).toContain(
    "Disconnect one · Replace one · Upgrade the plan · Contact support Your sign-in is kept until 22:56.",
  );
  expect(await first.isChecked()).toBe(true);
  const second = drawer(page).getByRole("checkbox").nth(1);
  await second.check();
  await drawer(page).getByText("The plan has room for 1 of these. Choose one.").waitFor();
  expect(await drawer(page).getByRole("alert").count(), "said of another choice").toBe(0);
  const two = drawer(page).getByRole("button", { name: "Connect 2 accounts" });
  expect(await two.getAttribute("aria-disabled")).toBe("true");
  await two.press("Enter");
  await second.uncheck();
  await drawer(page).getByText("10 of 10 apps after this").waitFor();
  expect(await drawer(page).getByRole("alert").count(), "nothing was asked of the server").toBe(0);
});

test("while no account is ticked the meter says what is in use, and what would be after it from the first on", async () => {
  await using own = await open(wide);
  const page = await own.newPage();
  await show(page, "connect-choose");
  const foot = drawer(page).locator("footer");
  expect(await said(foot)).toContain("6 of 10 apps in use");
  await drawer(page).getByRole("checkbox").first().check();
  expect(await said(foot)).toContain("7 of 10 apps after this");
});

test("an undo says what is deleted without it; refused for want of a slot it says so where it was asked, with links", async () => {
  await using own = await open(wide);
  const page = await own.newPage();
  const deleted = "Its 1,52,918 rows are deleted at 22:55 unless this is undone.";
  await show(page, "detail-disconnected");
  expect(await said(page.locator(".card.undo"))).toContain(deleted);
  await show(page, "datasources-undo-full");
  const box = page.getByRole("region", { name: "Just disconnected" });
  expect(await said(box)).toContain(deleted);
  await box.getByRole("button", { name: "Undo disconnect of Klaviyo" }).click();
  const why = box.getByRole("alert");
  expect(await said(why)).toContain(
    "All 10 slots of the plan are in use. Klaviyo was not brought back. Make room, then press Undo until 22:55.",
  );
  expect(await why.getByRole("link", { name: "Upgrade the plan" }).getAttribute("href")).toBe(
    "/monsoon-and-moss/settings/plan",
  );
  expect(await page.getByRole("alert").count(), "in one place").toBe(1);
});

test("the plan says of an app when it was connected as its own page does, and what was opened when", async () => {
  await using own = await open(wide);
  const page = await own.newPage();
  await show(page, "plan");
  const apps = await said(page.getByRole("region", { name: "Connected apps" }));
  expect(apps).toContain("Google Ads connected 10 Oct · last synced 9 days ago · page last opened 120 days ago");
  expect(apps).toContain("Klaviyo connected 10 Oct · not synced yet · no opening of its page on record");
  expect(apps).toContain("Stripe since 11 Oct · being connected");
});

test("more than the plan holds: how many pause is said and which is marked; its page offers the plan, and no stop", async () => {
  await using own = await open(wide);
  const page = await own.newPage();
  await show(page, "plan-over");
  expect(await said(page.getByRole("region", { name: "More apps than the plan has room for" }))).toContain(
    "The plan has room for 10 of the 12 connected apps. 1 of them is paused for it, and marked below. Nothing is deleted",
  );
  expect(await said(page.getByRole("listitem").filter({ hasText: "Google Ads" }))).toContain(
    "paused: the plan has no room for it",
  );
  await show(page, "detail-held-by-plan");
  const head = page.locator("#main .hd");
  expect(await head.getByRole("link", { name: /^Upgrade the plan/u }).getAttribute("href")).toBe(
    "/monsoon-and-moss/settings/plan",
  );
  expect(await head.getByRole("button", { name: /^Stop data sync/u }).count()).toBe(0);
});

test("of one name, sources are told apart by their accounts wherever they are listed, and others by their names alone", async () => {
  await using own = await open(wide);
  const page = await own.newPage();
  const shops = ["Shopify · moss-in.myshopify.com", "Shopify · moss-us.myshopify.com", "Klaviyo · XyZ123"];
  await show(page, "overview-alike");
  const strip = page.getByRole("region", { name: "Complete through" });
  for (const shop of shops) expect(await said(strip)).toContain(`Monsoon & Moss ${shop}`);
  expect(await said(strip)).toMatch(/Google Ads$/u);
  await show(page, "plan-alike");
  const apps = page.getByRole("region", { name: "Connected apps" }).getByRole("listitem");
  for (const [n, shop] of shops.entries())
    expect(await said(apps.nth(n))).toMatch(new RegExp(`Monsoon & Moss ${shop} · connected `, "u"));
  expect(await said(apps.nth(3))).toMatch(/Amazon Seller connected /u);
  await show(page, "plan-smaller-alike");
  const choices = page.getByRole("checkbox");
  expect(await choices.count()).toBe(4);
  for (const shop of shops) await page.getByRole("checkbox", { name: `Monsoon & Moss ${shop} ·` }).waitFor();
});

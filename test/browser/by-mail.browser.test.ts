// What goes by mail, read at /mailbox as on a machine without a mail server: a sign-up, and a link for whoever holds a login.
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { accessibilityFindings } from "./accessibility.ts";
import { atDesk } from "./desk.ts";
import { connectShopify, expectNoComplaints, paths, picture, signIn, syncUntil, type Visit } from "./visit.ts";
import { ownStack } from "./own-stack.ts";

const own = ownStack();

/** The link of the newest mail to them that says so, as soon as the worker has handed it on. */
async function linkMailedTo(page: Page, address: string, saying = ""): Promise<string> {
  const mails = page.locator("article").filter({ hasText: address }).filter({ hasText: saying });
  const link = mails.locator("a").first();
  await expect
    .poll(async () => {
      await page.goto(`${own.stack.appUrl}/mailbox`);
      return link.count();
    })
    .toBeGreaterThan(0);
  return (await link.getAttribute("href")) ?? "";
}

async function signUpAs({ page, go }: Visit, email: string): Promise<void> {
  await go("/sign-up");
  await page.getByLabel("Your name").fill("Dev Rao");
  await page.getByLabel("E-mail").fill(email);
  await page.locator('input[autocomplete="new-password"]').fill("a lamp in the rain at noon");
  await page.getByLabel("Brand", { exact: true }).fill("Lamp & Rain");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByText(email).first().waitFor();
}

test("a sign-up is a mail first, and one click on its page makes the organisation", async () => {
  await using newcomer = await own.visit();
  const { page } = newcomer;
  await signUpAs(newcomer, "dev@lamp.example");
  const link = await linkMailedTo(page, "dev@lamp.example");
  await page.goto(link);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.waitForURL("**/lamp-and-rain/**");
  await expectNoComplaints(newcomer);
});

test("whoever forgot the password chooses a new one by mail, and signs in with it", async () => {
  await using forgetful = await own.visit();
  const { page, go } = forgetful;
  await go("/sign-in");
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await page.getByLabel("E-mail").fill("dev@lamp.example");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("heading", { name: "Look into your mail" }).waitFor();
  const link = await linkMailedTo(page, "dev@lamp.example", "Choose a new password");
  expect(link).toContain("/recover#");
  await page.goto(link);
  await page.locator('input[autocomplete="new-password"]').fill("eleven grey herons at dusk");
  await page.getByRole("button", { name: "Change the password" }).click();
  await page.getByText("Your password is changed.").waitFor();
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.getByLabel("E-mail").fill("dev@lamp.example");
  await page.locator('input[autocomplete="current-password"]').fill("eleven grey herons at dusk");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.waitForURL("**/lamp-and-rain/**");
  await expectNoComplaints(forgetful);
});

test("for an address that is taken a stranger reads the same page, and its owner is told by mail", async () => {
  await using stranger = await own.visit();
  const { page } = stranger;
  const said: string[] = [];
  for (const email of ["nobody@lamp.example", own.stack.demo.email]) {
    await signUpAs(stranger, email);
    said.push((await page.locator("main").innerText()).replaceAll(email, "…"));
  }
  expect(said[1]).toBe(said[0]);
  expect(await linkMailedTo(page, own.stack.demo.email)).toContain("/sign-in");
  await expectNoComplaints(stranger);
});

/** The page that a mail speaks of is where whoever has to sign in first comes to. */
async function followsSignedOut(link: string): Promise<void> {
  await using receiver = await own.visit();
  const { page } = receiver;
  await page.goto(link);
  await page.waitForURL("**/sign-in?next=**");
  await page.getByLabel("E-mail").fill(own.stack.demo.email);
  await page.locator('input[autocomplete="current-password"]').fill(own.stack.demo.password);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.waitForURL(link);
  await expectNoComplaints(receiver);
}

/** The wrong one first: the link's own page says so, opened anew as well, and the next try begins there. */
async function answersAsAnother(holder: Visit): Promise<void> {
  const { page } = holder;
  await page.getByText("Answer as another shop").click();
  await page.getByRole("combobox").selectOption("kathmandu-tea.myshopify.com");
  await page.getByRole("button", { name: "Install" }).click();
  await page.waitForURL("**/reauthorize#**");
  const isTold = page.getByText(/came from another account than the one asked for/u);
  await isTold.waitFor();
  // As a browser brings a page back that it has kept: what it shows is read anew.
  const readAnew = page.waitForEvent("domcontentloaded");
  await page.evaluate('dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }))');
  await readAnew;
  await isTold.waitFor();
  await picture(holder, "link-other-login");
  expect(await accessibilityFindings(page)).toEqual([]);
  await page.getByRole("button", { name: "Use the other login" }).click();
  await page.getByRole("heading", { name: /^Install Headwater on/u }).waitFor();
}

test("a revoked grant is renewed by a link, in a browser that has no account, and the sender is told", async () => {
  const shop = "kuwait-oud.myshopify.com";
  await using owner = await own.visit();
  await signIn(owner);
  await connectShopify(owner, shop);
  const main = owner.page.locator("#main");
  await main.getByText("Active", { exact: true }).first().waitFor();
  const address = owner.page.url();
  await atDesk(own.stack.sandboxUrl, `shops/${shop}`, { action: "revoke" });
  await syncUntil(owner.page, "Reauthorize");
  await owner.page.goto(`${address}/access`);
  await owner.page.getByRole("button", { name: "Send a link…" }).click();
  await owner.page.getByLabel("E-mail of whoever holds the sign-in").fill("agency@oud.example");
  await owner.page.getByRole("button", { name: "Send the link" }).click();
  await owner.page.getByText("Mailed to").waitFor();
  await owner.page.getByRole("button", { name: "Done" }).click();

  await using holder = await own.visit();
  const link = await linkMailedTo(holder.page, "agency@oud.example");
  expect(link).toContain("/reauthorize#");
  await holder.page.goto(link);
  await holder.page.getByRole("heading", { name: /asks you to sign in at Shopify again/u }).waitFor();
  await picture(holder, "link-open");
  const ways = await holder.page.getByRole("link").evaluateAll((all) => all.map((one) => one.getAttribute("href")));
  expect(ways, "nothing of the brand to go to").toEqual([expect.stringMatching(/^https:\/\/www\.shopify\.com\//u)]);
  await holder.page.getByRole("button", { name: "Continue to Shopify" }).click();
  await answersAsAnother(holder);
  await holder.page.getByRole("button", { name: "Install" }).click();
  await holder.page.getByRole("heading", { name: "Done", exact: true }).waitFor();
  await holder.page.getByText(/ has been told\. You can close this\.$/u).waitFor();
  await picture(holder, "link-done");
  expect(await holder.page.getByRole("link").count(), "nowhere to go back to").toBe(0);
  // Nothing came with it: neither a session, nor a second use.
  await holder.page.goto(link);
  await holder.page.getByRole("heading", { name: "Done" }).waitFor();
  expect(await holder.page.getByRole("button", { name: /^Continue/u }).count()).toBe(0);
  await holder.go(paths.datasources);
  await holder.page.waitForURL("**/sign-in**");
  await expectNoComplaints(holder);

  await owner.page.goto(address);
  await main.getByText("Active", { exact: true }).first().waitFor();
  // The mail that told of the lost access leads there as well.
  expect(await linkMailedTo(owner.page, own.stack.demo.email, "agency@oud.example has signed in")).toBe(address);
  await owner.go(paths.plan);
  await owner.page.getByText(/last opened (just now|\d+ (s|min) ago)/u).waitFor();
  await picture(owner, "plan-opened");
  await expectNoComplaints(owner);
  await followsSignedOut(address);
});

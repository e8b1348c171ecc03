// What the drawer says between a press and what comes of it: of what was pressed, and of what stands in a field now; and what the
// catalog says leads to it.
import { expect, test } from "vitest";
import { drawerOf } from "./newcomer.ts";
import { ownGallery } from "./own-gallery.ts";

const { context, show } = ownGallery();

test("what was said of a field goes once something else stands in it", async () => {
  await using own = await context();
  const drawer = drawerOf(await show(await own.newPage(), "connect-bad-shop"));
  const field = drawer.getByRole("textbox", { name: "Your store’s address" });
  await drawer.getByText(/This is a storefront domain/u).waitFor();
  expect(await field.getAttribute("aria-invalid")).toBe("true");
  await field.fill("monsoon-and-moss");
  await drawer.getByText(/This is a storefront domain/u).waitFor({ state: "detached" });
  expect(await field.getAttribute("aria-invalid")).not.toBe("true");
});

test("whoever authorizes again is not told what a newcomer wants to know", async () => {
  await using own = await context();
  const page = await own.newPage();
  const drawer = drawerOf(await show(page, "connect-prepare"));
  const facts = drawer.getByText("First numbers", { exact: true });
  await facts.waitFor();
  await show(page, "connect-needs-no-sign-in");
  await drawer.getByText("What it powers", { exact: true }).waitFor();
  expect(await facts.count()).toBe(0);
});

test("and reads in the title whose access it is", async () => {
  await using own = await context();
  const drawer = drawerOf(await show(await own.newPage(), "reauthorize-stranger"));
  expect(await drawer.getByRole("heading", { level: 2 }).innerText()).toBe("Reauthorize Shopify · Monsoon & Moss");
});

test("the way to the rules of the source names it without bending its name", async () => {
  await using own = await context();
  const page = await own.newPage();
  await show(page, "connect-prepare");
  await drawerOf(page).getByRole("link", { name: "Policy of Shopify" }).waitFor();
  await show(page, "reauthorize-link");
  await page.getByRole("link", { name: "Policy of Meta Ads" }).waitFor();
});

test("what a key reads stands apart from the list of what it may", async () => {
  await using own = await context();
  const drawer = drawerOf(await show(await own.newPage(), "connect-key-works"));
  const reads = await drawer.getByText(/^This key reads/u).boundingBox();
  const list = await drawer.locator(".checks").boundingBox();
  expect((list?.y ?? 0) - (reads?.y ?? 0) - (reads?.height ?? 0)).toBeGreaterThanOrEqual(8);
});

test("what was typed for one organisation is not in the field of another that the same person opens in the same tab", async () => {
  await using own = await context();
  const page = await own.newPage();
  const address = drawerOf(page).getByRole("textbox", { name: "Your store’s address" });
  await show(page, "connect-prepare");
  await address.fill("monsoon-and-moss");
  await show(page, "connect-elsewhere");
  expect(await address.inputValue()).toBe("");
  await show(page, "connect-prepare");
  expect(await address.inputValue()).toBe("monsoon-and-moss");
});

test("of several that were connected what is there is green, and what moves blue, as everywhere", async () => {
  await using own = await context();
  const page = await show(await own.newPage(), "connect-first-several");
  const colour = (place: string) =>
    page
      .locator(place)
      .first()
      .evaluate((element) => getComputedStyle(element).color);
  const [there, moves, tick, dial] = await Promise.all(
    [".steps li svg", ".fdh .flow", ".fds .good svg", ".fds .flow"].map((place) => colour(place)),
  );
  expect([tick, dial]).toEqual([there, moves]);
});

test("of several of which the first came to nothing each says how far it is, and why", async () => {
  await using own = await context();
  const page = await show(await own.newPage(), "connect-first-failed");
  const drawer = drawerOf(page);
  const line = (name: string) => drawer.getByRole("listitem").filter({ has: page.getByRole("link", { name }) });
  await line("Moss India").getByText("The person lacks a role at Meta Ads: Analyst.").waitFor();
  await line("Moss Europe").getByText("First numbers are ready").waitFor();
  await line("Moss Nepal").getByText("Reading the account").waitFor();
  const colourOf = (place: string) => page.locator(place).evaluate((element) => getComputedStyle(element).color);
  expect(await colourOf(".fds .bad svg"), "red, as everywhere").toBe(await colourOf(".fds .bad"));
  expect(await drawer.getByRole("button", { name: "Start again" }).count()).toBe(0);
});

test("where the plan has become smaller since the sign-in, one account is connected all the same: its place is held", async () => {
  await using own = await context();
  const page = await show(await own.newPage(), "connect-choose-over");
  const drawer = drawerOf(page);
  await drawer.getByRole("checkbox").first().check();
  const connect = drawer.getByRole("button", { name: "Connect 1 account" });
  expect(await connect.getAttribute("aria-disabled")).toBe("false");
  await drawer.getByText("12 of 10 apps after this").waitFor();
  await drawer.getByRole("checkbox").nth(1).check();
  await drawer.getByText("The plan has room for 1 of these. Choose one.").waitFor();
  expect(await drawer.getByRole("button", { name: "Connect 2 accounts" }).getAttribute("aria-disabled")).toBe("true");
});

test("that no slot is free is said until one is", async () => {
  await using own = await context();
  const page = await show(await own.newPage(), "connect-choose-room");
  const drawer = drawerOf(page);
  await drawer.getByRole("checkbox").check();
  await drawer.getByRole("button", { name: "Connect 1 account" }).click();
  const refused = drawer.getByRole("alert").filter({ hasText: "All 10 slots of the plan are in use." });
  await refused.waitFor();
  await page.evaluate("dispatchEvent(new Event('word'))");
  await refused.waitFor({ state: "detached" });
  expect(await drawer.getByRole("checkbox").isChecked()).toBe(true);
});

test("accounts that were chosen are said to be connected, not to be out of reach", async () => {
  await using own = await context();
  const page = await own.newPage();
  let asked = 0;
  await page.exposeFunction("candidatesAsked", () => (asked += 1));
  await page.addInitScript(
    `addEventListener("asked", ({ detail }) => detail.operationName === "AccountCandidates" && candidatesAsked())`,
  );
  const drawer = drawerOf(await show(page, "connect-choice-given"));
  await drawer.getByRole("checkbox", { name: /Monsoon & Moss/u }).check();
  const before = asked;
  await drawer.getByRole("button", { name: "Connect 1 account" }).click();
  await drawer.getByRole("button", { name: "Connecting…" }).waitFor();
  await expect.poll(() => asked, { message: "the list is asked for anew" }).toBeGreaterThan(before);
  expect(await drawer.getByText(/onnected already/u).count()).toBe(0);
  expect(await drawer.getByRole("button", { name: "Start again" }).count()).toBe(0);
  await drawer.getByRole("button", { name: "Connecting…" }).waitFor();
  expect(await drawer.getByRole("checkbox", { name: /Monsoon & Moss/u }).isChecked()).toBe(true);
});

test("from the choice to the first data it says that it connects, whichever word on it comes first", async () => {
  await using own = await context();
  const page = await own.newPage();
  const drawer = drawerOf(await show(page, "connect-choice-given"));
  const becomes = async (state: string, event: string): Promise<void> => {
    await page.evaluate(`dispatchEvent(new Event("${event}"))`);
    await page.locator(`[data-attempt=${state}]`).waitFor({ state: "attached" });
  };
  await drawer.getByRole("checkbox", { name: /Monsoon & Moss/u }).check();
  await drawer.getByRole("button", { name: "Connect 1 account" }).click();
  for (const state of ["RETURNED", "CHOOSING_ACCOUNT", "RETURNED"]) {
    await becomes(state, "attempt-turns");
    expect(await drawer.getByRole("button", { name: "Connecting…" }).count(), state).toBe(1);
    expect(await drawer.getByText(/Checking what|onnected already/u).count(), state).toBe(0);
    expect(await drawer.getByText(/The choice is kept until 23:47\./u).count(), `${state}: until when`).toBe(1);
  }
  await becomes("VERIFYING", "attempt-goes-on");
  await drawer.getByRole("button", { name: "Connecting…" }).waitFor({ state: "detached" });
  await drawer.getByRole("listitem").filter({ hasText: "First data" }).and(page.locator("[aria-current]")).waitFor();
});

test("where one of several sources is needed first, any of them is said to do", async () => {
  await using own = await context();
  const page = await show(await own.newPage(), "catalog-needs");
  await page
    .locator("#main li")
    .filter({ hasText: "Loop Subscriptions" })
    .getByText("Needs Shopify or BigCommerce")
    .waitFor();
});

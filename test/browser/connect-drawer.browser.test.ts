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

test("where one of several sources is needed first, any of them is said to do", async () => {
  await using own = await context();
  const page = await show(await own.newPage(), "catalog-needs");
  await page
    .locator("#main li")
    .filter({ hasText: "Loop Subscriptions" })
    .getByText("Needs Shopify or BigCommerce")
    .waitFor();
});

// What the first steps suggest once they are done: what is missing, and why.
import { expect, test } from "vitest";
import { ownGallery } from "./own-gallery.ts";
import { region, said } from "./saying.ts";

const { context: open, show } = ownGallery();
const live = region("Your brand is live");

test("once the brand is live two sources are suggested, and none of a kind that is connected", async () => {
  await using context = await open();
  const page = await context.newPage();
  await show(page, "welcome-done");
  await live(page).getByRole("link", { name: "Klaviyo" }).waitFor();
  expect(await said(live(page))).toContain(
    "Add where you advertise next: what was spent stands beside what was sold. Connect Meta Ads Add what you send e-mail with: what it brought stands beside what was sold. Connect Klaviyo",
  );
  await show(page, "welcome-done-ads");
  await live(page).getByRole("link", { name: "Custom costs" }).waitFor();
  expect(await said(live(page))).not.toContain("advertise");
});

test("a brand is not called live while a check of what is connected now is open", async () => {
  await using context = await open();
  const page = await show(await context.newPage(), "welcome-done-before");
  await page.getByRole("link", { name: "Connect Shopify" }).waitFor();
  expect(await page.getByRole("heading", { name: "Three checks" }).count()).toBe(1);
  expect(await live(page).count()).toBe(0);
});

test("a source that says nothing and stands on a key is not asked for a sign-in", async () => {
  await using context = await open();
  const page = await show(await context.newPage(), "welcome-stuck-key");
  expect(await said(region("Gorgias")(page))).toContain(
    "Most often a permission or a role at Gorgias is missing. Authorize it again with a key or login that may read what is asked for.",
  );
});

// Quiet hours in the settings: saved when both times are left, and said so; one time alone is not sent.
import { expect, test } from "vitest";
import { ownGallery } from "./own-gallery.ts";
import { region, said } from "./saying.ts";

const { context: open, show } = ownGallery();

test("are saved when both are left, not on the way from one to the other", async () => {
  await using context = await open({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await show(page, "settings-quiet");
  const card = region("Quiet hours")(page);
  await card.getByLabel("From").fill("23:00");
  await card.getByLabel("To").focus();
  expect(await said(card)).toContain("Saved when you leave the fields");
  await page.getByLabel("Name").focus();
  await card.getByText("Saved", { exact: true }).waitFor();
});

test("one time without the other is kept to the page", async () => {
  await using context = await open({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  const page = await context.newPage();
  await show(page, "settings-quiet");
  const card = region("Quiet hours")(page);
  await card.getByLabel("To").fill("");
  await page.getByLabel("Name").focus();
  expect(await said(card)).toContain("Saved when you leave the fields");
});

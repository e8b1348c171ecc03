// The quota ceiling in the settings: saved when it is chosen, and said so.
import { expect, test } from "vitest";
import { ownGallery } from "./own-gallery.ts";
import { region, said } from "./saying.ts";

const { context: open, show } = ownGallery();

test("is saved when it is chosen, and says from when it holds", async () => {
  await using context = await open({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  const page = await context.newPage();
  await show(page, "settings-ceiling");
  const card = region("Quota ceiling")(page);
  const field = card.getByLabel("At most");
  expect(await field.inputValue()).toBe("25");
  await field.selectOption("50");
  await card.getByText("Saved", { exact: true }).waitFor();
  expect(await said(card)).toContain("What runs keeps to a change within ten minutes.");
});

test("files have none", async () => {
  await using context = await open({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await show(page, "settings-files");
  await page.getByRole("region", { name: "Quiet hours" }).waitFor();
  expect(await region("Quota ceiling")(page).count()).toBe(0);
});

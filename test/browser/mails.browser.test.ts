// What one is told under the bell, and which of it by mail: theirs to say, each saved when it is chosen.
import { expect, test } from "vitest";
import { ownGallery } from "./own-gallery.ts";

const { context: open, show } = ownGallery();

test("a kind of mail is turned off where one stands, and said to be saved", async () => {
  await using context = await open({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  const page = await context.newPage();
  await show(page, "mails");
  const box = (name: string) => page.getByRole("checkbox", { name });
  expect([await box("It works again").isChecked(), await box("A history is in").isChecked()]).toEqual([false, true]);
  await box("A history is in").click();
  const line = page.getByRole("listitem").filter({ hasText: "A history is in" });
  await line.getByText("Saved", { exact: true }).waitFor();
  expect(await box("A history is in").isChecked()).toBe(false);
  await page.getByText("is written in any case", { exact: false }).waitFor();
});

test("notices of one datasource stand together, and lead to where mails are chosen", async () => {
  await using context = await open({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await show(page, "inbox");
  const lines = await page.locator(".dp").getByRole("listitem").allTextContents();
  const klaviyo = lines.flatMap((line, n) => (line.includes("M&M main list at Klaviyo") ? [n] : []));
  expect(klaviyo).toEqual([0, 1]);
  const link = page.getByRole("link", { name: "Which of it is mailed to you" });
  expect(await link.getAttribute("href")).toBe("/me/notifications");
});

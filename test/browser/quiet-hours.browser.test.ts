// Quiet hours in the settings: saved when both times are left, and said so; of one time alone the server says what is missing.
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { ownGallery } from "./own-gallery.ts";
import { region, said } from "./saying.ts";

const { context: open, show } = ownGallery();

/** What the server is asked to keep, in turn. */
async function hoursAsked(page: Page): Promise<() => Promise<unknown>> {
  await page.addInitScript(`window.asked = [];
    addEventListener("asked", ({ detail }) =>
      detail.operationName === "SetQuietHours" && window.asked.push([detail.variables.input.from, detail.variables.input.to]))`);
  return () => page.evaluate("window.asked");
}

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

test("one time without the other is not passed over: the server says what is missing", async () => {
  await using context = await open({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  const page = await context.newPage();
  const asked = await hoursAsked(page);
  await show(page, "settings-quiet");
  const card = region("Quiet hours")(page);
  await card.getByLabel("To").fill("");
  await page.getByLabel("Name").focus();
  await expect.poll(asked).toEqual([["22:00", null]]);
});

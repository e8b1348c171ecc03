// Whoever is disturbed by what moves has it stand still, by a choice of their own that outlasts a reload.
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { ownGallery } from "./own-gallery.ts";

const { context: open, show } = ownGallery();

const moving = (page: Page): Promise<number> =>
  page.evaluate("document.getAnimations().filter((one) => one.playState === 'running').length");

test("what moves while something runs stands still once that is chosen, after a reload too, and moves again", async () => {
  await using context = await open({ reducedMotion: "no-preference" }, "running");
  const page = await show(await context.newPage(), "detail-fetching");
  await expect.poll(() => moving(page)).toBeGreaterThan(0);
  const choose = async (place: number): Promise<void> => {
    await page.getByRole("button", { name: /^Account/u }).click();
    await page
      .getByRole("group", { name: "Marks that move" })
      .getByRole("menuitemradio", { name: ["Stand still", "As the system"][place] ?? "" })
      .click();
  };
  await choose(0);
  await expect.poll(() => moving(page)).toBe(0);
  await page.reload();
  await page.getByRole("heading", { name: "Amazon Seller", level: 1 }).waitFor();
  expect(await moving(page)).toBe(0);
  await choose(1);
  await expect.poll(() => moving(page)).toBeGreaterThan(0);
});

test("so does the line at the foot of a row that syncs, by that choice and by the system's", async () => {
  const movingIn = async (reducedMotion: "reduce" | "no-preference", motion: string): Promise<number> => {
    await using context = await open({ reducedMotion }, "running");
    await context.addInitScript(
      `localStorage.setItem("headwater.preferences", JSON.stringify({ motion: "${motion}" }))`,
    );
    const page = await show(await context.newPage(), "datasources-syncing");
    await page.locator("tr.moving").first().waitFor();
    return await moving(page);
  };
  expect(await movingIn("no-preference", "system")).toBeGreaterThan(0);
  expect(await movingIn("no-preference", "none"), "chosen").toBe(0);
  expect(await movingIn("reduce", "system"), "the system's").toBe(0);
});

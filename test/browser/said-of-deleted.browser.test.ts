// What the page of a disconnected datasource says once its data goes or is gone: nothing that was true of the data.
import { expect, test } from "vitest";
import { ownGallery } from "./own-gallery.ts";
import { said } from "./saying.ts";

const { context: open, show } = ownGallery();
const words = async (scene: string): Promise<string> => {
  await using context = await open();
  const page = await show(await context.newPage(), scene);
  await page.locator("#main .card.undo").waitFor();
  return await said(page.locator("#main"));
};

test.each(["detail-data-deleting", "detail-data-deleted"])(
  "%s: who ended it and when, and no word of its data",
  async (scene) => {
    const text = await words(scene);
    expect(text).toMatch(/Disconnected \S.* by Ananya Das/u);
    expect(text).toMatch(/Its data (was deleted|is being deleted)/u);
    expect(text).toContain("Timeline");
    for (const gone of [
      "Complete through",
      "Show the days",
      "How fresh it is",
      "Streams",
      "Rows in all",
      "Where it stands",
    ])
      expect(text).not.toContain(gone);
  },
);

test("what is disconnected has no menu: its card asks whether its data goes, once", async () => {
  await using context = await open();
  const page = await show(await context.newPage(), "detail-data-kept");
  await page.getByRole("link", { name: /^Delete its data…/u }).waitFor();
  expect(await page.getByRole("button", { name: /^More actions/u }).count()).toBe(0);
});

test("its numbers have nothing left to check, its settings nothing left to set", async () => {
  const numbers = await words("detail-data-deleted-numbers");
  expect(numbers).toContain("There is nothing left to check.");
  expect(numbers).not.toContain("first check");
  const settings = await words("detail-data-deleted-settings");
  expect(settings).toContain("There is nothing left to set.");
  expect(settings).not.toContain("Cadence");
});

test("on a later page of the list, too, it is said that the deletion is over", async () => {
  await using context = await open({}, "running");
  const page = await show(await context.newPage(), "datasources-disconnected-older");
  await page.getByRole("button", { name: "Load more" }).click();
  const row = page.getByRole("listitem").filter({ hasText: "Meta Ads" });
  await row.getByText("Its data is being deleted").waitFor();
  await page.evaluate("dispatchEvent(new Event('word'))");
  await page.clock.runFor(120_000);
  await row.getByText("Its data was deleted").waitFor();
});

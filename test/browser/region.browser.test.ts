// A brand outside India: the organisation says how numbers and times are written, whatever the browser has.
import { expect, test } from "vitest";
import { ownGallery } from "./own-gallery.ts";
import { region, said } from "./saying.ts";

const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const { context: open, show } = ownGallery();

test.each([
  ["en-IN", "152,918 rows", "10:41 PM"],
  ["hi-IN", "1,52,918", "10:41 pm"],
  ["as-IN", "152,918", "10:41 PM"],
])("in the United States, for a browser of %s", async (locale, rows, time) => {
  await using context = await open({ ...phone, locale });
  const page = await show(await context.newPage(), "detail-in-us");
  await page.getByRole("main").getByText("152,918").or(page.getByRole("main").getByText("1,52,918")).first().waitFor();
  const all = await said(page.getByRole("main"));
  expect(all).toContain(rows);
  expect(all).toContain(time);
  expect(all).not.toMatch(/\b22:41\b/u);
});

test("in India, for a browser of the United States", async () => {
  await using context = await open({ ...phone, locale: "en-US" });
  const page = await show(await context.newPage(), "detail-active");
  expect(await said(region("Streams")(page))).toContain("1,52,918 rows");
  expect(await said(page.getByRole("main"))).not.toMatch(/\d [AP]M\b/u);
});

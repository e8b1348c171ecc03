// What somebody reads who looks around in sample data: that it is made up, until when, and the way back; and nobody to be asked.
import { expect, test } from "vitest";
import { ownGallery } from "./own-gallery.ts";
import { region, type Row, said, unsaid } from "./saying.ts";

const { context: open, show } = ownGallery();
const bar = region("Sample data");

const rows: readonly Row[] = ["sample-overview", "sample-list"].map((scene) => ({
  what: "under the top bar",
  scene,
  at: bar,
  says: "Sample data Made up, and removed on 4 Dec. Back to Monsoon & Moss Remove sample data",
}));
const offer: Row = {
  what: "under what one sells on",
  scene: "welcome",
  at: region("What do you sell on?"),
  says: "Look around with sample data",
};

test("every page of a sample brand says so, and the first steps offer one", async () => {
  await using context = await open();
  const page = await context.newPage();
  expect(await unsaid([...rows, offer], page, show)).toEqual([]);
});

test("nobody is named to be asked where nobody could do it, nothing is offered, and nothing counts", async () => {
  await using context = await open();
  const page = await context.newPage();
  await show(page, "sample-list");
  const main = page.locator("#main");
  await main.getByRole("link", { name: "Sample Store" }).first().waitFor();
  expect(await said(main)).not.toMatch(/Ask|Send a request|connected apps/u);
  await page.getByRole("link", { name: "Back to Monsoon & Moss" }).waitFor();
  expect(await page.getByRole("link", { name: "Back to Monsoon & Moss" }).getAttribute("href")).toBe(
    "/monsoon-and-moss/overview",
  );
});

test("of its settings it is said once that sample data can only be looked at, and of access nothing, whatever the address", async () => {
  await using context = await open();
  const page = await context.newPage();
  await show(page, "sample-settings");
  const main = page.locator("#main");
  await main.getByText("Sample data can only be looked at.").waitFor();
  expect(await said(main)).not.toMatch(/Your role/u);
  await show(page, "sample-access");
  const tabs = main.getByRole("navigation", { name: "Sample Store" });
  await tabs.getByRole("link", { name: "Overview" }).and(page.locator("[aria-current]")).waitFor();
  expect(await said(main)).not.toMatch(/No grant is held/u);
});

test("the switch between brands keeps its name where only its mark is shown", async () => {
  await using context = await open({ viewport: { width: 1024, height: 768 } });
  const page = await show(await context.newPage(), "sample-list");
  await bar(page).waitFor();
  expect(await page.getByRole("button", { name: "Sample brand" }).count()).toBe(1);
});

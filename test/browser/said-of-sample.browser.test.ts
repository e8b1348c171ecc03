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

test("once sample data is removed, the page that follows says so, once", async () => {
  await using context = await open();
  const page = await context.newPage();
  await show(page, "overview");
  const told = page.getByText("Sample data is removed. Monsoon & Moss is as it was.");
  expect(await told.count()).toBe(0);
  await page.evaluate("sessionStorage.setItem('headwater.sample-removed', '1')");
  await page.reload();
  await told.and(page.locator(".inkbar p")).waitFor();
  await told.and(page.locator("[role=status] *")).waitFor({ state: "attached" });
  await page.getByRole("button", { name: "Close" }).click();
  expect(await told.and(page.locator(".inkbar p")).count()).toBe(0);
  await page.reload();
  await page.getByRole("heading", { level: 1 }).waitFor();
  expect(await told.count()).toBe(0);
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

test("of what a sample brand does not have it is said why, and a card that can only be read keeps no empty line", async () => {
  await using context = await open();
  const page = await context.newPage();
  await show(page, "sample-review");
  expect(await said(page.locator("#main"))).toBe(
    "Access review Sample data can only be looked at. Go back to the start",
  );
  await show(page, "sample-list");
  const card = page.locator("#main .cat").filter({ hasText: "Meta Ads" });
  expect(await said(card)).toContain("Spend, clicks, conversions");
  expect(await card.locator(".ways").count()).toBe(0);
});

test("on a phone both ways out of sample data stand on one line", async () => {
  await using context = await open({ viewport: { width: 375, height: 812 }, isMobile: true, hasTouch: true });
  const page = await show(await context.newPage(), "sample-list");
  const [back, remove] = await Promise.all(
    [bar(page).getByRole("link"), bar(page).getByRole("button")].map((way) => way.boundingBox()),
  );
  expect(back?.y).toBe(remove?.y);
});

test("the page keeps its place while that bar is on its way", async () => {
  for (const viewport of [
    { width: 1280, height: 800 },
    { width: 375, height: 812 },
  ]) {
    await using context = await open({ viewport });
    const page = await show(await context.newPage(), "sample-list");
    const there = await bar(page).evaluate((element) => {
      const { height } = element.getBoundingClientRect();
      element.replaceWith(Object.assign(document.createElement("div"), { className: "inkbar waits", id: "room" }));
      return height;
    });
    const kept = await page.locator("#room").evaluate((room) => room.getBoundingClientRect().height);
    expect(Math.abs(kept - there), `${viewport.width} pixels`).toBeLessThanOrEqual(2);
  }
});

test("the switch between brands keeps its name where only its mark is shown", async () => {
  await using context = await open({ viewport: { width: 1024, height: 768 } });
  const page = await show(await context.newPage(), "sample-list");
  await bar(page).waitFor();
  expect(await page.getByRole("button", { name: "Sample brand" }).count()).toBe(1);
});

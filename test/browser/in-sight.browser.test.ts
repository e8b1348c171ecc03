// What has little room: that what matters of it stays in sight, and within what it belongs to.
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { ownGallery } from "./own-gallery.ts";

const { context: open, show } = ownGallery();
const phone = { viewport: { width: 375, height: 812 }, isMobile: true, hasTouch: true };

const sides = (page: Page, selector: string) =>
  page.locator(selector).evaluateAll((all) =>
    all.map((element) => {
      const { left, right } = element.getBoundingClientRect();
      return { left: Math.round(left), right: Math.round(right) };
    }),
  );

test("on a phone the open tab of a datasource is in sight, the last one too", async () => {
  await using context = await open(phone);
  const page = await show(await context.newPage(), "detail-settings");
  const [tab] = await sides(page, "#main nav [aria-current]");
  expect(tab?.left).toBeGreaterThanOrEqual(0);
  expect(tab?.right).toBeLessThanOrEqual(375);
  // Where one lies in the middle, its neighbours show that there are more.
  await show(page, "detail-access");
  const [first] = await sides(page, "#main nav a");
  const last = (await sides(page, "#main nav a")).at(-1);
  expect(first?.right).toBeGreaterThan(0);
  expect(last?.left).toBeLessThan(375);
});

test("the tabs of a datasource stay where they are, whichever is open", async () => {
  await using context = await open({ viewport: { width: 1280, height: 800 } });
  const page = await show(await context.newPage(), "detail-active");
  const tabs = await sides(page, "#main nav a");
  expect(tabs.length).toBe(6);
  await show(page, "detail-numbers");
  expect(await sides(page, "#main nav a")).toEqual(tabs);
});

test("what is named in one list begins in one line: accounts to be chosen or not, notices of a source or of none", async () => {
  await using context = await open({ viewport: { width: 1280, height: 800 } });
  const page = await show(await context.newPage(), "connect-choose");
  await page.locator("details.part > summary").click();
  expect(new Set((await sides(page, ".accounts li b")).map(({ left }) => left)).size).toBe(1);
  await show(page, "inbox");
  expect(new Set((await sides(page, "#main .dp li b")).map(({ left }) => left)).size).toBe(1);
});

test("a small chart gives way to its value, and never leaves its tile", async () => {
  await using context = await open();
  const page = await context.newPage();
  for (const width of [1181, 1280, 1440]) {
    await page.setViewportSize({ width, height: 800 });
    await show(page, "overview");
    const tiles = await sides(page, ".tile:has(.spk)");
    const charts = await sides(page, ".tile .spk");
    expect(charts.length).toBeGreaterThan(5);
    for (const [n, chart] of charts.entries()) expect(chart.right, `${width}`).toBeLessThan(tiles[n]?.right ?? 0);
    const values = await sides(page, ".tile:has(.spk) .v");
    for (const [n, value] of values.entries()) expect(value.right, `${width}`).toBeLessThan(charts[n]?.left ?? 0);
  }
});

test("a stream that is read whole has no map, and so no key to one", async () => {
  await using context = await open();
  const page = await show(await context.newPage(), "detail-read-whole");
  await page.getByText("It is read whole each time: it has no days of its own.").waitFor();
  expect(await page.getByText("Queued", { exact: true }).count()).toBe(0);
  expect(await page.getByLabel("Show the days of").count()).toBe(1);
});

test("the way back stands apart from the sentence that says why there is nothing", async () => {
  await using context = await open();
  const page = await context.newPage();
  for (const scene of ["sample-review", "access-review-viewer"]) {
    const main = (await show(page, scene)).locator("#main");
    const [why, back] = await Promise.all(
      [main.locator("p").last(), main.getByRole("link", { name: "Go back to the start" })].map((part) =>
        part.boundingBox(),
      ),
    );
    expect((back?.y ?? 0) - (why?.y ?? 0) - (why?.height ?? 0), scene).toBeGreaterThanOrEqual(8);
  }
});

test("what one sells on stands in whole rows", async () => {
  await using context = await open();
  const page = await context.newPage();
  for (const [width, rows] of [
    [1440, 1],
    [1280, 2],
    [375, 4],
  ] as const) {
    await page.setViewportSize({ width, height: 800 });
    await show(page, "welcome");
    const lefts = (await sides(page, ".shop")).map(({ left }) => left);
    expect(lefts).toHaveLength(4);
    expect(new Set(lefts).size, `${width}`).toBe(4 / rows);
  }
});

test("amounts of two currencies stand one under the other, beside a tile of three as well", async () => {
  await using context = await open({ viewport: { width: 1280, height: 800 } });
  const page = await show(await context.newPage(), "overview-apart");
  const amounts = page.getByRole("article").filter({ hasText: "Ad spend" }).locator(".v");
  await amounts.nth(2).evaluate((third) => third.remove());
  const between = await amounts.evaluateAll(([first, second]) => {
    const [upper, lower] = [first, second].map((each) => each?.getBoundingClientRect());
    return upper && lower ? lower.top - upper.bottom : null;
  });
  expect(between).toBeCloseTo(0, 0);
});

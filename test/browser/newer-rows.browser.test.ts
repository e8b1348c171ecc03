// Nothing is put above what somebody reads: what comes meanwhile waits behind a button.
import type { Locator, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { ownGallery } from "./own-gallery.ts";

const { context: open, show } = ownGallery();

const lists = [
  { scene: "detail-runs-told", name: "Runs", rows: "tbody > tr:not(.inner)", of: (n: number) => `History${n}` },
  { scene: "detail-timeline-told", name: "Timeline", rows: "li", of: (n: number) => `Told ${n}` },
];

/** The page is told that there are newer rows, and has had the time to read them. */
async function tell(page: Page): Promise<void> {
  await page.evaluate("dispatchEvent(new Event('word'))");
  await page.clock.runFor(20_000);
}

const topOf = (row: Locator): Promise<number> => row.evaluate((element) => element.getBoundingClientRect().top);

describe.each(lists)("$name", ({ scene, name, rows, of }) => {
  test("rows that come stand above the others at once while nobody reads below", async () => {
    await using context = await open({ viewport: { width: 1440, height: 900 } }, "running");
    const page = await show(await context.newPage(), scene);
    const list = page.getByRole("region", { name });
    await list.getByText(of(10_003)).waitFor();
    await tell(page);
    await list.getByText(of(10_000)).waitFor();
    expect(await list.getByRole("button", { name: "Show 3 new" }).count()).toBe(0);
  });

  test("rows that come while the top is out of sight wait, and stand there with the focus once asked for", async () => {
    await using context = await open({ viewport: { width: 1440, height: 900 } }, "running");
    const page = await show(await context.newPage(), scene);
    const list = page.getByRole("region", { name });
    const held = list.locator(rows).filter({ hasText: of(10_040) });
    await held.evaluate((row) => row.scrollIntoView());
    const before = await topOf(held);
    await tell(page);
    const button = list.getByRole("button", { name: "Show 3 new" });
    await button
      .or(list.getByText(of(10_000)))
      .first()
      .waitFor();
    expect(Math.abs((await topOf(held)) - before)).toBeLessThan(1);
    expect(await list.getByText(of(10_002)).count()).toBe(0);
    const told = page.getByRole("status").filter({ hasText: "3 new entries wait above the list" });
    await told.waitFor({ state: "attached" });
    expect(await told.count()).toBe(1);
    await button.click();
    await list.getByText(of(10_000)).waitFor();
    expect(await button.count()).toBe(0);
    const inFocus = page.locator(":focus");
    expect(await inFocus.getAttribute("role")).toBe("group");
    expect(await inFocus.getByText(of(10_000)).count()).toBe(1);
  });
});

test("rows that come while a run is open wait, and nothing moves, on a phone too", async () => {
  for (const viewport of [
    { width: 1440, height: 900 },
    { width: 390, height: 844 },
  ]) {
    await using context = await open({ viewport }, "running");
    const page = await show(await context.newPage(), "detail-runs-told");
    const list = page.getByRole("region", { name: "Runs" });
    const first = list.getByRole("button", { name: /^History/u }).first();
    await first.click();
    const before = await topOf(first);
    await tell(page);
    const button = list.getByRole("button", { name: "Show 3 new" });
    await button.or(list.getByText("10000")).first().waitFor();
    expect(await first.textContent()).toContain("10003");
    expect(await topOf(first)).toBe(before);
  }
});

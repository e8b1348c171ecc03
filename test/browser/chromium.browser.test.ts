import { expect, test } from "vitest";
import { launchChromium } from "./chromium.ts";
import { comesWithinMs } from "./visit.ts";

test("Chromium from npm starts, runs scripts and paints", async () => {
  await using browser = await launchChromium();
  const page = await browser.newPage();
  page.setDefaultTimeout(comesWithinMs);
  await page.setContent("<h1>Headwater</h1>");
  expect(await page.getByRole("heading").textContent()).toBe("Headwater");
  expect((await page.screenshot()).length).toBeGreaterThan(1000);
});

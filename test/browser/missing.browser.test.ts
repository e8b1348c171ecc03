// A form that is sent with something missing or wrong leads to it: the focus goes to the field, for eyes, keys and screen readers.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "./chromium.ts";
import { type GallerySite, serveGallery } from "./gallery-site.ts";
import { openScene } from "./scene.ts";
import { comesWithinMs } from "./visit.ts";

let site: GallerySite;
let browser: Browser;

beforeAll(async () => {
  site = await serveGallery();
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

test("a disconnect that deletes without the name leads to its field, each time that it is pressed", async () => {
  const page = await browser.newPage({ reducedMotion: "reduce" });
  page.setDefaultTimeout(comesWithinMs);
  await openScene(page, site.origin, "detail-disconnect-strong");
  await page.getByText("Delete it").click();
  const name = page.getByRole("alertdialog").getByRole("textbox");
  const disconnect = page.getByRole("alertdialog").getByRole("button", { name: /^Disconnect / });
  const isLedTo = () => expect.poll(() => name.evaluate((field) => field === document.activeElement)).toBe(true);
  await disconnect.click();
  await isLedTo();
  await disconnect.click();
  await isLedTo();
  await page.close();
});

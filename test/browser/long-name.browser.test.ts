// A datasource may be called by one long word: it breaks, and no page of a phone goes sideways for it.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "./chromium.ts";
import { type GallerySite, serveGallery } from "./gallery-site.ts";
import { openScene } from "./scene.ts";
import { sidewaysFindings } from "./sideways.ts";
import { comesWithinMs } from "./visit.ts";

const width = 390;
const longWord = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";

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

/** Where the datasource is named, and not its platform. */
const renamed = (name: string): string => `(() => {
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let count = 0;
  while (words.nextNode())
    if (words.currentNode.data.includes(${JSON.stringify(name)}) && words.currentNode.parentElement.closest("h1, h2, a, button")) {
      words.currentNode.data = words.currentNode.data.replaceAll(${JSON.stringify(name)}, ${JSON.stringify(longWord)});
      count += 1;
    }
  return count;
})()`;

test.each([
  ["detail-disconnect-strong", "Shiprocket"],
  ["detail-stop-strong", "Amazon Seller"],
  ["settings-history-limited", "Shopify"],
  ["plan", "Amazon Seller"],
  ["detail-replaces", "Amazon Seller"],
])("%s at 390 px, where %s has such a name", async (scene, name) => {
  const page = await browser.newPage({ viewport: { width, height: 844 }, reducedMotion: "reduce" });
  page.setDefaultTimeout(comesWithinMs);
  await openScene(page, site.origin, scene);
  expect(await page.evaluate<number>(renamed(name))).toBeGreaterThan(0);
  expect(await sidewaysFindings(page, width)).toEqual([]);
  const dialog = `document.querySelector("dialog[open]")`;
  expect(await page.evaluate(`${dialog}?.scrollWidth > ${dialog}?.clientWidth`)).toBe(false);
  await page.close();
});

// A datasource may be called by one long word: it breaks, and no page of a phone goes sideways for it.
import { expect, test } from "vitest";
import { ownGallery } from "./own-gallery.ts";
import { sidewaysFindings } from "./sideways.ts";

const width = 390;
const longWord = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";

const { context, show } = ownGallery();

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
  await using own = await context({ viewport: { width, height: 844 } });
  const page = await show(await own.newPage(), scene);
  expect(await page.evaluate<number>(renamed(name))).toBeGreaterThan(0);
  expect(await sidewaysFindings(page, width)).toEqual([]);
  const dialog = `document.querySelector("dialog[open]")`;
  expect(await page.evaluate(`${dialog}?.scrollWidth > ${dialog}?.clientWidth`)).toBe(false);
});

test("at 1280 px, with the menu open, names and accounts of usual length are read whole in the list", async () => {
  await using own = await context({ viewport: { width: 1280, height: 800 } });
  const page = await show(await own.newPage(), "datasources");
  const words = page.locator("table.src-table a.src .cut");
  await words.first().waitFor();
  const cut = await words.evaluateAll((all) =>
    all.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).map(({ textContent }) => textContent),
  );
  expect(cut).toEqual([]);
});

// Whether a page asks to be scrolled sideways, or what stands in a cell of a table lies over the next one. Measured against the width that was set: on a phone the browser widens its own
// viewport to what overflows, so that `innerWidth` would hide it.
import type { Page } from "playwright-core";

/** What reaches over the edge and is not inside something that scrolls or cuts by itself, named by its place. */
const tooWide = (width: number): string => `(() => {
  const width = ${width};
  if (document.documentElement.scrollWidth <= width) return [];
  const held = (element) => {
    for (let up = element.parentElement; up && up !== document.documentElement; up = up.parentElement)
      if (getComputedStyle(up).overflowX !== "visible") return true;
    return false;
  };
  const over = [...document.body.querySelectorAll("*")]
    .filter((element) => element.getBoundingClientRect().right > width + 0.5 && !held(element))
    .slice(0, 3)
    .map((element) => element.tagName.toLowerCase() + "." + element.className);
  return ["scrolls sideways to " + document.documentElement.scrollWidth + " of " + width + ": " + over.join(", ")];
})()`;

/** A cell that holds what is wider than itself, unless that is cut. */
const overNext = `[...document.querySelectorAll(":is(td, th):not(:last-child)")].flatMap((cell) => {
  const end = cell.getBoundingClientRect().right + 1;
  const over = [...cell.querySelectorAll(":not(.vh)")].find((element) => {
    const { right, width } = element.getBoundingClientRect();
    return right > end && width > 1 && element.checkVisibility() && getComputedStyle(element.parentElement).overflowX === "visible";
  });
  return over ? ["lies over the next cell: " + over.textContent.trim().slice(0, 40)] : [];
}).slice(0, 3)`;

export async function sidewaysFindings(page: Page, width: number): Promise<string[]> {
  const [wide, over] = await Promise.all([page.evaluate<string[]>(tooWide(width)), page.evaluate<string[]>(overNext)]);
  return [...wide, ...over];
}

// Whether a page asks to be scrolled sideways. Measured against the width that was set: on a phone the browser widens its own
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

export const sidewaysFindings = (page: Page, width: number): Promise<string[]> => page.evaluate(tooWide(width));
